import type { CandidateSummary, MetricSummary, RunSummary, Verdict } from '../replay/summary/types.ts'
import { interval, signedPercent, change } from './format.ts'
import { verdictLabel } from './describe-verdict.ts'
import type { Tone } from './style.ts'

/** How the whole run came out, in one word and a tone. */
export interface RunVerdict {
  readonly kind: 'fail' | 'undecided' | 'pass' | 'no_gates' | 'incomplete'
  readonly words: string
  readonly tone: Tone
}

/** From the gates and the exit code; an unfinished run is never "passed". */
export function runVerdict(summary: RunSummary): RunVerdict {
  const gates = summary.candidates.flatMap((candidate) => candidate.gates)
  if (gates.some((gate) => gate.status === 'fail')) return { kind: 'fail', words: 'gate failed', tone: 'bad' }
  if (!summary.complete || ![0, 1, 4].includes(summary.exit.code)) {
    return { kind: 'incomplete', words: 'could not finish', tone: 'bad' }
  }
  if (gates.length === 0) return { kind: 'no_gates', words: 'no gates', tone: 'strong' }
  if (gates.some((gate) => gate.status === 'undecided')) {
    return { kind: 'undecided', words: 'gates undecided', tone: 'warn' }
  }
  return { kind: 'pass', words: 'gates passed', tone: 'good' }
}

/** "cheap-first: cost -30.3% [-38.1, -21.0]%, quality undecided -> gate failed"; one clause a candidate. */
export function headline(summary: RunSummary): string {
  const clauses = summary.candidates.map((candidate) => `${candidate.name}: ${candidateClause(candidate)}`)
  return `${clauses.join('; ')} -> ${runVerdict(summary).words}`
}

function candidateClause(candidate: CandidateSummary): string {
  const cost = overall(candidate, 'cost.total')
  const quality = overall(candidate, 'quality.score')
  const worse = candidate.metrics.filter(
    (metric) => metric.slice.label !== 'all' && metric.metric === 'quality.score' && worseForSure(metric),
  )
  const parts = [
    cost === undefined ? [] : [`cost ${costWords(cost)}`],
    quality === undefined ? [] : [`quality ${qualityWords(quality)}`],
    worse.length === 0 ? [] : [`worse in ${worse.map((metric) => metric.slice.label).join(' and ')}`],
  ]
  return parts.flat().join(', ')
}

/** Slices of a gate count by themselves, exploratory ones only when they stand out. */
function worseForSure(metric: MetricSummary): boolean {
  return metric.verdict.kind === 'worse' && (!metric.exploratory || metric.standsOut)
}

function overall(candidate: CandidateSummary, name: string): MetricSummary | undefined {
  return candidate.metrics.find((metric) => metric.metric === name && metric.slice.label === 'all')
}

function costWords(cost: MetricSummary): string {
  if (cost.change === null || cost.verdict.kind === 'not_measured') return verdictLabel(cost.verdict)
  if (cost.verdict.kind === 'equal') return 'unchanged'
  const value = cost.changeKind === 'relative' ? signedPercent(cost.change) : change(cost.change, cost)
  return cost.interval90 === null ? value : `${value} ${interval(cost.interval90, cost)}`
}

function qualityWords(quality: MetricSummary): string {
  return verdictWord(quality.verdict)
}

function verdictWord(verdict: Verdict): string {
  return verdict.kind === 'inconclusive' ? 'undecided' : verdictLabel(verdict)
}
