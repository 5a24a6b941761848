import type { EvidenceLabel, PairRow } from '../../replay/types.ts'

/** What a replay is about to do. */
export interface ReplayFacts {
  readonly candidates: readonly string[]
  readonly baseline: string
  /** Fixtures on disk; a filter or a sample may take fewer. */
  readonly fixtures: number
  readonly seed: number
  /** `plan` decides only: nothing is answered or scored. */
  readonly mode: 'full' | 'plan'
}

export interface Phase {
  readonly name: 'decide' | 'respond' | 'score'
  readonly done: number
  readonly of: number
}

interface CandidateSoFar {
  readonly name: string
  readonly changed: number
  readonly worse: number
}

/** One finished pair, for the list of the newest. */
export interface RecentPair {
  readonly fixture: string
  readonly intent: string
  readonly route: string
  readonly evidence: EvidenceLabel
  readonly note: string
}

export interface ReplayProgress {
  readonly facts: ReplayFacts
  readonly phases: readonly Phase[]
  /** Where the candidates' answers come from; only labels that occur. */
  readonly evidence: readonly (readonly [EvidenceLabel, number])[]
  readonly candidates: readonly CandidateSoFar[]
  /** Newest first. */
  readonly recent: readonly RecentPair[]
  readonly elapsedMs: number
  /** Null while there is too little to go by. */
  readonly leftMs: number | null
  readonly paused: boolean
}

export interface ProgressTracker {
  /** The rows of one fixture, one a candidate. */
  add(rows: readonly PairRow[]): void
  setPaused(paused: boolean): void
  snapshot(): ReplayProgress
}

const RECENT = 20
const LABELS: readonly EvidenceLabel[] = ['=', 'R', 'C', 'L', 'E', '-']
/** Shortest run that an estimate of the rest is based on. */
const ESTIMATE_FROM_MS = 2_000

/** Counts what a replay has done so far. The clock is handed in; time spent paused does not count. */
export function trackProgress(facts: ReplayFacts, now: () => number): ProgressTracker {
  return new Tracker(facts, now)
}

class Tracker implements ProgressTracker {
  readonly #facts: ReplayFacts
  readonly #now: () => number
  readonly #evidence = new Map<EvidenceLabel, number>()
  readonly #candidates: { name: string; changed: number; worse: number }[]
  readonly #recent: RecentPair[] = []
  #fixtures = 0
  #answered = 0
  #scored = 0
  #pairs = 0
  #startedAt: number
  #pausedAt: number | null = null

  constructor(facts: ReplayFacts, now: () => number) {
    this.#facts = facts
    this.#now = now
    this.#startedAt = now()
    this.#candidates = facts.candidates.map((name) => ({ name, changed: 0, worse: 0 }))
  }

  add(rows: readonly PairRow[]): void {
    this.#fixtures += 1
    for (const [index, row] of rows.entries()) {
      const { evidence, scores } = row.candidate
      this.#pairs += 1
      this.#evidence.set(evidence, (this.#evidence.get(evidence) ?? 0) + 1)
      if (evidence !== '-') this.#answered += 1
      if (scores.length > 0) this.#scored += 1
      const candidate = this.#candidates[index]
      if (candidate !== undefined) {
        if (row.routeChanged) candidate.changed += 1
        if (isWorse(row)) candidate.worse += 1
      }
      this.#recent.unshift(recentPair(row))
    }
    this.#recent.length = Math.min(this.#recent.length, RECENT)
  }

  setPaused(paused: boolean): void {
    if (paused) this.#pausedAt ??= this.#now()
    else if (this.#pausedAt !== null) {
      this.#startedAt += this.#now() - this.#pausedAt
      this.#pausedAt = null
    }
  }

  snapshot(): ReplayProgress {
    const { fixtures, candidates, mode } = this.#facts
    const elapsedMs = (this.#pausedAt ?? this.#now()) - this.#startedAt
    const of = fixtures * candidates.length
    const phases: Phase[] = [{ name: 'decide', done: this.#pairs, of }]
    if (mode === 'full') {
      phases.push({ name: 'respond', done: this.#answered, of }, { name: 'score', done: this.#scored, of })
    }
    const perFixture = this.#fixtures === 0 ? 0 : elapsedMs / this.#fixtures
    return {
      facts: this.#facts,
      phases,
      evidence: LABELS.flatMap((label) => {
        const count = this.#evidence.get(label) ?? 0
        return count === 0 ? [] : [[label, count] as const]
      }),
      candidates: this.#candidates.map((candidate) => ({ ...candidate })),
      recent: [...this.#recent],
      elapsedMs,
      leftMs: elapsedMs < ESTIMATE_FROM_MS ? null : Math.max(0, perFixture * (fixtures - this.#fixtures)),
      paused: this.#pausedAt !== null,
    }
  }
}

/** A new error or refusal, or a metric that fell. */
function isWorse({ baseline, candidate }: PairRow): boolean {
  if (candidate.error !== null && baseline.error === null) return true
  if (candidate.refused && !baseline.refused) return true
  return Object.entries(baseline.metrics).some(([metric, value]) => (candidate.metrics[metric] ?? value) < value)
}

function recentPair(row: PairRow): RecentPair {
  const { baseline, candidate } = row
  const target = candidate.model ?? 'not routed'
  return {
    fixture: row.fixture,
    intent: row.intent,
    route: row.routeChanged ? `${baseline.model ?? 'none'} -> ${target}` : 'same route',
    evidence: candidate.evidence,
    note: candidate.error ?? (candidate.refused ? 'refused' : isWorse(row) ? 'worse' : ''),
  }
}
