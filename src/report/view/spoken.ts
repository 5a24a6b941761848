import { duration } from '../../engine/describe/amounts.ts'
import type { ExchangeRecord } from '../../engine/record.ts'
import type { CandidateSummary, RunSummary } from '../../replay/summary/types.ts'
import type { ArmRow, PairRow } from '../../replay/types.ts'
import { describeGate } from '../describe-gate.ts'
import { describeAssumption, describeExit } from '../describe-verdict.ts'
import { explainSentences } from '../explain-tree.ts'
import { counted, percent } from '../format.ts'
import { headline } from '../headline.ts'
import { metricLines, metricName } from '../metric-lines.ts'
import { ASCII } from '../style.ts'
import type { LiveRow } from './live-row.ts'
import type { AnswerTexts } from './pair-view.ts'
import type { ReplayProgress } from './replay-progress.ts'
import { armRoute, evidenceWord } from './replay-texts.ts'
import { cleanText } from './width.ts'

// Sentences for screen readers and plain ears: append-only, no drawing, every mark as a word.

/** A finished request. */
export function requestSentence(row: LiveRow): string {
  const facts = [
    `Request ${row.seq} at ${row.time}`,
    ...(row.key === '' ? [] : [`key ${row.key}`]),
    ...(row.intent === '' ? [] : [`intent ${row.intent}`]),
    spokenRoute(row.route),
    `status ${row.code}`,
    ...(row.firstToken === '' ? [] : [`first token after ${row.firstToken}`]),
    ...(row.total === '' ? [] : [`done after ${row.total}`]),
    ...(row.tokens === '' ? [] : [`tokens ${row.tokens.replace('/', ' in, ')} out`]),
    ...(row.cost === '' ? [] : [`cost ${row.cost}`]),
  ]
  return sentence(facts.join(', '))
}

function spokenRoute(route: string): string {
  return route
    .replace(' >> ', ', failed over to ')
    .replace(/ v (\S+) \(budget\) /u, ', lowered by the budget to $1 ')
    .replace(/ v (\S+) \(tier\) /u, ', lowered to $1 ')
    .replace(' v ', ', fell back to ')
    .replace(' !chaos', ', with a fault on purpose')
}

/** Why a request went where it went. */
export function requestExplained(record: ExchangeRecord): readonly string[] {
  const text = explainSentences(record.decision, { now: record.at, attempts: record.attempts })
  return text.split('\n').map((entry) => sentence(unmarked(entry)))
}

/** The marks of the tree as words, its columns as commas. */
function unmarked(text: string): string {
  return text
    .replaceAll('  ->  ', ', then ')
    .replace(/^x (\d+) +/, '$1 dropped, ')
    .replaceAll(/ {2,}/g, ', ')
}

/** How far a replay is. */
export function progressSentence({ phases, candidates, elapsedMs, leftMs }: ReplayProgress): string {
  const steps = phases.map(({ name, done, of }) => `${name}: ${done} of ${of}`)
  const changed = candidates.map(({ name, changed: count, worse }) => {
    return `${name} ${counted(count, 'route')} changed${worse === 0 ? '' : `, ${worse} worse`}`
  })
  const left = leftMs === null ? '' : `, about ${duration(leftMs)} left`
  return sentence(`${steps.join(', ')}. So far ${changed.join('; ')}. Elapsed ${duration(elapsedMs)}${left}`)
}

/** What a replay found. */
export function summarySentences(summary: RunSummary): readonly string[] {
  const { count, sessions } = summary.fixtures
  return [
    `Replay run ${summary.runId}: ${counted(count, 'fixture')} in ${counted(sessions, 'session')}, baseline ${summary.baseline.label}${summary.complete ? '' : ', stopped early'}.`,
    sentence(headline(summary).replace(' -> ', ', so ')),
    ...summary.candidates.flatMap((candidate) => candidateSentences(candidate)),
    ...summary.assumptions.map((assumption) => sentence(`Note: ${describeAssumption(assumption)}`)),
    ...summary.exit.reasons.map((reason) => sentence(`Exit ${summary.exit.code}: ${describeExit(reason)}`)),
  ].map((entry) => cleanText(entry, false))
}

function candidateSentences(candidate: CandidateSummary): string[] {
  const { routes, gates, regressionCount } = candidate
  return [
    `Candidate ${candidate.name}: ${routes.changed} of ${routes.of} routes changed.`,
    ...metricLines(candidate, ASCII).map((row) => {
      const range =
        row.interval === ''
          ? ''
          : `, 90 percent interval ${row.interval.replace('[', '').replace(']', '').replace(', ', ' to ')}`
      const values = `baseline ${row.baseline}, candidate ${row.candidate}, change ${row.change}${range}`
      const name = row.indent === 0 ? row.name : `${metricName(row.metric)} where ${row.name}`
      return sentence(`${name}: ${values}, ${row.n} pairs: ${row.verdict.replace(/ [!*]$/, '')}`)
    }),
    ...gates.map((gate) => sentence(`Gate ${gate.label}: ${gate.status}. ${describeGate(gate)}`)),
    ...(regressionCount === 0 ? [] : [`${counted(regressionCount, 'fixture')} worse than the baseline.`]),
  ]
}

/** One fixture under both arms; the answers last. */
export function pairSentences(row: PairRow, texts: AnswerTexts): readonly string[] {
  const { baseline, candidate, fixture, intent, routeChanged } = row
  const [from, to] = [spokenArm(baseline), spokenArm(candidate)]
  const route = routeChanged ? `Route changed from ${from} to ${to}.` : `Same route: ${to}.`
  const scorers = [...new Set([...baseline.scores, ...candidate.scores].map(({ scorer }) => scorer))]
  return [
    `Fixture ${fixture}, ${intent}. ${route} ${costSentence(row)}`,
    ...scorers.map(
      (name) => `Scorer ${name}: baseline ${spokenScore(baseline, name)}, candidate ${spokenScore(candidate, name)}.`,
    ),
    ...(candidate.error === null ? [] : [`Error of the candidate: ${candidate.error}.`]),
    ...spokenAnswer('Baseline', texts.baseline),
    ...spokenAnswer('Candidate', texts.candidate),
  ].map((entry) => cleanText(entry, false))
}

function spokenArm(arm: ArmRow): string {
  return `${armRoute(arm)} (${evidenceWord(arm.evidence)})`
}

function costSentence({ baseline, candidate }: PairRow): string {
  const [before, after] = [baseline.costNanoUsd, candidate.costNanoUsd]
  if (before === null || after === null || before === 0) return 'Cost not compared.'
  if (before === after) return 'Cost unchanged.'
  const share = after / before - 1
  return `Cost ${percent(Math.abs(share), 0).replace('%', ' percent')} ${share < 0 ? 'lower' : 'higher'}.`
}

function spokenScore({ scores }: ArmRow, name: string): string {
  const score = scores.find(({ scorer }) => scorer === name)
  if (score === undefined) return 'not scored'
  const value = score.binary ? (score.score >= 1 ? 'pass' : 'fail') : score.score.toFixed(2)
  return score.detail === undefined ? value : `${value}, ${score.detail}`
}

function spokenAnswer(arm: string, text: string | null): string[] {
  return text === null ? [`${arm} answer: none on record.`] : [`${arm} answer:`, ...text.split('\n')]
}

function sentence(text: string): string {
  const clean = cleanText(text, false).trim()
  return clean.endsWith('.') ? clean : `${clean}.`
}
