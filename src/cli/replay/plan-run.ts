import { runPlan, type PlannedPair } from '../../replay/driver/plan.ts'
import { replayItems, type ItemProblem } from '../../replay/driver/items.ts'
import { parseShard } from '../../replay/driver/where.ts'
import { GateForecaster } from '../../replay/gates/foresee.ts'
import type { Gate } from '../../replay/gates/types.ts'
import { describeForecast } from '../../report/describe-forecast.ts'
import { summarise } from '../../replay/summary/summarise.ts'
import type {
  CandidateSummary,
  ExitReason,
  MetricSummary,
  RouteChange,
  RunSummary,
} from '../../replay/summary/types.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { ReplayPlan } from './command.ts'
import { armOf } from './execute.ts'
import { fixturesPart, runPart } from './full-run.ts'
import type { Interrupt } from './interrupt.ts'

/** `--plan`: decides every fixture and counts; nothing is run and nothing is kept per fixture. */
export async function planRun(plan: ReplayPlan, interrupt: Interrupt): Promise<RunSummary> {
  const { options, setup, set } = plan
  const [first] = setup.candidates
  if (first === undefined) throw new Error('a replay has at least one candidate')
  if (options.where.length > 0)
    throw new GatewayError('usage_error', '--where can not be combined with --plan', { hint: 'leave one of them out' })
  const settings = { seed: options.seed, responses: null, latency: () => null, signal: interrupt.signal }
  const counts = setup.candidates.map(() => new PlanCounts(plan.gates))
  const problems: ItemProblem[] = [...set.alternatives.problems]
  const tiers = new Map(first.project.matrix.rows.map((row) => [String(row.id), row.tier]))
  const complete = await runPlan({
    items: replayItems(set, {
      sample: options.sample ?? null,
      shard: options.shard === undefined ? null : parseShard(options.shard),
      seed: options.seed,
      onProblem: (problem) => problems.push(problem),
    }),
    alternatives: set.alternatives,
    baseline: armOf(setup.baseline, settings, first.project.matrix),
    candidates: setup.candidates.map((spec) => armOf(spec, settings, first.project.matrix)),
    tierOf: (model) => tiers.get(model) ?? null,
    onPair: (candidate, pair) => counts[candidate]?.add(pair),
    signal: interrupt.signal,
  })
  warnOfGates(plan, counts)
  return withCounts(plan, { counts, problems, complete, signal: interrupt.caught() })
}

/** Said before any money is spent: which gates these fixtures can not decide. */
function warnOfGates({ setup, context }: ReplayPlan, counts: readonly PlanCounts[]): void {
  for (const [index, { name }] of setup.candidates.entries()) {
    for (const forecast of counts[index]?.forecaster.forecasts() ?? [])
      context.note(`${name}: ${describeForecast(forecast)}`)
  }
}

interface Planned {
  readonly counts: readonly PlanCounts[]
  readonly problems: readonly ItemProblem[]
  readonly complete: boolean
  readonly signal: 'SIGINT' | 'SIGTERM' | null
}

function withCounts(plan: ReplayPlan, { counts, problems, complete, signal }: Planned): RunSummary {
  const failures: ExitReason[] = []
  if (problems.length > 0)
    failures.push({ code: 'fixture_errors', count: problems.length, allowed: plan.options.maxErrors ?? 0 })
  for (const [index, { name }] of plan.setup.candidates.entries()) {
    const refused = counts[index]?.refused ?? 0
    if (refused > 0) failures.push({ code: 'not_routable', count: refused, candidate: name })
  }
  if (signal !== null && !complete) failures.push({ code: 'interrupted', signal })
  const empty = summarise({
    run: runPart(plan, 'plan', complete),
    fixtures: fixturesPart(plan, problems),
    candidates: plan.setup.candidates.map(({ name, label, project }) => ({
      name,
      label,
      configHash: project.configHash,
      rows: [],
    })),
    gates: [],
    failures,
    options: { exitZero: plan.options.exitZero ?? false },
  })
  return {
    ...empty,
    fixtures: { ...empty.fixtures, count: counts[0]?.pairs ?? 0 },
    candidates: empty.candidates.map((candidate, index) => ({ ...candidate, ...counts[index]?.summary() })),
  }
}

/** Running counts of one candidate: their size depends on the number of models, not of fixtures. */
class PlanCounts {
  readonly forecaster: GateForecaster
  pairs = 0
  refused = 0
  #same = 0
  #recorded = 0
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
    if (decision.outcome.kind === 'refused') this.refused += 1
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
    else if (!candidate.refused) {
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
    return {
      pairs: this.pairs,
      routes: { changed, of: this.pairs, matrix },
      evidence: {
        candidate: { '=': this.#same, R: this.#recorded, C: 0, L: 0, E: 0, '-': changed - this.#recorded },
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
