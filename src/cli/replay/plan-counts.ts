import type { PlannedPair } from '../../replay/driver/plan.ts'
import { GateForecaster } from '../../replay/gates/foresee.ts'
import type { Gate } from '../../replay/gates/types.ts'
import type { CandidateSummary, MetricSummary, RouteChange } from '../../replay/summary/types.ts'

/** Running counts of one candidate: their size depends on the number of models, not of fixtures. */
export class PlanCounts {
  readonly forecaster: GateForecaster
  pairs = 0
  /** Requests that no model can serve, and those that a budget refuses. */
  refused = 0
  spent = 0
  #same = 0
  #recorded = 0
  #turnedAway = 0
  #needed = 0
  #neededNanoUsd: number | null = 0
  #unpriced = 0
  #baselineNanoUsd = 0
  #candidateNanoUsd = 0
  readonly #changes = new Map<string, RouteChange & { count: number }>()

  constructor(gates: readonly Gate[]) {
    this.forecaster = new GateForecaster(gates)
  }

  add({ item, intent, baseline, candidate, recorded, routeChanged, decision }: PlannedPair): void {
    this.pairs += 1
    const { tags, session } = item.fixture
    this.forecaster.add({ intent, tags, session, baseline, routeChanged })
    const { outcome } = decision
    if (outcome.kind === 'refused' && outcome.code === 'budget_exceeded') this.spent += 1
    else if (outcome.kind === 'refused') this.refused += 1
    this.#addCosts(baseline, candidate)
    if (!routeChanged) {
      this.#same += 1
      return
    }
    this.#count({
      fromTier: baseline.tier,
      fromModel: baseline.model,
      toTier: candidate.tier,
      toModel: candidate.model,
    })
    if (recorded) this.#recorded += 1
    else if (candidate.refused) this.#turnedAway += 1
    else {
      this.#needed += 1
      const known = this.#neededNanoUsd !== null && candidate.expectedNanoUsd !== null
      this.#neededNanoUsd = known ? (this.#neededNanoUsd ?? 0) + (candidate.expectedNanoUsd ?? 0) : null
    }
  }

  /** Only pairs with both costs count, so that the two sums can be compared. */
  #addCosts(baseline: PlannedPair['baseline'], candidate: PlannedPair['candidate']): void {
    if (baseline.expectedNanoUsd === null || candidate.expectedNanoUsd === null) {
      this.#unpriced += 1
      return
    }
    this.#baselineNanoUsd += baseline.expectedNanoUsd
    this.#candidateNanoUsd += candidate.expectedNanoUsd
  }

  #count(change: Omit<RouteChange, 'count'>): void {
    const key = JSON.stringify(change)
    const entry = this.#changes.get(key) ?? { ...change, count: 0 }
    entry.count += 1
    this.#changes.set(key, entry)
  }

  summary(): Pick<CandidateSummary, 'pairs' | 'routes' | 'evidence' | 'calls' | 'metrics'> {
    const matrix = [...this.#changes.values()].sort(
      (a, b) => b.count - a.count || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1),
    )
    const changed = this.pairs - this.#same
    const missing = changed - this.#recorded - this.#turnedAway
    return {
      pairs: this.pairs,
      routes: { changed, of: this.pairs, matrix },
      evidence: {
        candidate: { '=': this.#same, R: this.#recorded, C: 0, L: 0, E: 0, '-': missing },
        ...(this.#turnedAway === 0 ? {} : { refused: this.#turnedAway }),
        qualityMeasured: 0,
        of: this.pairs,
      },
      calls: { needed: this.#needed, expectedNanoUsd: this.#neededNanoUsd },
      metrics: [this.#expectedCost()],
    }
  }

  /** The sums of expected costs: estimates, so without an interval or a verdict. */
  #expectedCost(): MetricSummary {
    const priced = this.pairs - this.#unpriced
    const [baseline, candidate] = [this.#baselineNanoUsd, this.#candidateNanoUsd]
    const estimated = this.pairs - this.#same
    return {
      metric: 'cost.total',
      slice: { label: 'all', where: {} },
      unit: 'nano_usd',
      good: 'lower',
      baseline: priced === 0 ? null : baseline,
      candidate: priced === 0 ? null : candidate,
      changeKind: 'relative',
      change: baseline === 0 ? null : candidate / baseline - 1,
      interval90: null,
      interval95: null,
      method: null,
      mcnemarP: null,
      n: priced,
      of: this.pairs,
      clusters: 0,
      verdict:
        estimated === 0
          ? { kind: 'equal' }
          : { kind: 'not_compared', reason: { code: 'cost_estimated', estimated, of: this.pairs } },
      margin: null,
      canSee: null,
      neededPairs: null,
      bounds: null,
      candidateRange: null,
      estimated,
      exploratory: false,
      standsOut: false,
    }
  }
}
