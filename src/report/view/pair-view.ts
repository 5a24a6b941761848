import { count, duration } from '../../engine/describe/amounts.ts'
import type { ArmRow, PairRow, ScoreResult } from '../../replay/types.ts'
import { signedPercent } from '../format.ts'
import type { Tone } from '../style.ts'
import { diffFrame, type DiffStyle } from './diff-lines.ts'
import { joinSegments, line, rule, span, type Frame, type Line } from './frame.ts'
import { armCost, armRoute, evidenceWord } from './replay-texts.ts'
import { cutText, fit, type Look } from './width.ts'

/** The answers of both arms; null where none is kept. */
export interface AnswerTexts {
  readonly baseline: string | null
  readonly candidate: string | null
}

export interface PairView {
  readonly columns: number
  readonly look: Look
  readonly style: DiffStyle
  readonly context: number
}

/** The head of the fixture screen: which one, and where it stands in the list. */
export function pairHeader(row: PairRow, place: { position: number; of: number }, columns: number): Frame {
  const { fixture, session, turn, intent, tags } = row
  return [
    joinSegments(
      [
        { spans: line(` ${fixture}`, 'strong'), keep: 9 },
        { spans: line(`session ${session} turn ${turn}`), keep: 3 },
        { spans: line(`intent ${intent}`), keep: 6 },
        { spans: tags.length === 0 ? [] : line(`tags ${tags.join(',')}`, 'dim'), keep: 2 },
        { spans: line(`${place.position} of ${place.of}`), keep: 7 },
        { spans: line('n/N next/prev', 'dim'), keep: 1 },
      ],
      columns,
    ),
  ]
}

/** Both arms side by side, then how their answers differ. `null` texts are still being read. */
export function pairFrame(row: PairRow, texts: AnswerTexts | null, view: PairView): Frame {
  const { baseline, candidate } = row
  const cells = (label: string, before: string, after: string, end?: Line): Line =>
    armLine({ label, before, after, end }, view)
  return [
    cells('', 'baseline', 'candidate'),
    cells('route', armRoute(baseline), armRoute(candidate)),
    cells('answer', evidenceWord(baseline.evidence), evidenceWord(candidate.evidence)),
    cells('decisive', decisive(baseline), decisive(candidate)),
    cells('cost', armCost(baseline), armCost(candidate), costChange(row)),
    cells('tokens', tokensText(baseline), tokensText(candidate)),
    ...(baseline.totalMs === null && candidate.totalMs === null
      ? []
      : [cells('time', timeText(baseline), timeText(candidate))]),
    ...errorLines(row, view),
    ...scorerLines(row, view),
    rule(view.columns, view.look, `answer (${view.style} diff)`),
    ...answerLines(texts, row, view),
  ]
}

const LABEL = 10

function armLine(
  { label, before, after, end = [] }: { label: string; before: string; after: string; end: Line | undefined },
  { columns, look }: PairView,
): Line {
  const tail = end.reduce((sum, { text }) => sum + text.length, 0)
  const width = Math.floor((columns - LABEL - 3) / 2)
  return [
    span(` ${label.padEnd(LABEL)}`, 'dim'),
    span(`${fit(before, width, { look })}  `),
    span(fit(after, width - tail - 1, { look })),
    ...end,
  ]
}

function decisive({ rule: name, reason }: ArmRow): string {
  const [code = ''] = reason.split(';')
  const words = code.replaceAll('_', ' ')
  return name === null ? words : `${words}, rule ${name}`
}

function costChange({ baseline, candidate }: PairRow): Line {
  const [before, after] = [baseline.costNanoUsd, candidate.costNanoUsd]
  if (before === null || after === null || before === 0) return []
  const share = after / before - 1
  const tone: Tone = share < 0 ? 'good' : share > 0 ? 'bad' : 'dim'
  return [span(` ${signedPercent(share)}`, tone)]
}

function tokensText({ inputTokens, outputTokens }: ArmRow): string {
  const text = (tokens: number | null): string => (tokens === null ? 'unknown' : count(tokens))
  return `${text(inputTokens)} in / ${text(outputTokens)} out`
}

function timeText({ totalMs, latencyBasis }: ArmRow): string {
  return totalMs === null ? 'unknown' : `${duration(totalMs)}${latencyBasis === null ? '' : ` ${latencyBasis}`}`
}

function errorLines({ baseline, candidate }: PairRow, view: PairView): Frame {
  if (baseline.error === null && candidate.error === null) return []
  const cells = armLine(
    { label: 'error', before: baseline.error ?? '', after: candidate.error ?? '', end: undefined },
    view,
  )
  return [cells.map((part) => ({ ...part, tone: 'bad' as const }))]
}

/** One line a scorer; the detail of what failed follows where there is room. */
function scorerLines({ baseline, candidate }: PairRow, view: PairView): Frame {
  const names = [...new Set([...baseline.scores, ...candidate.scores].map(({ scorer }) => scorer))]
  return names.map((name, index): Line => {
    const [before, after] = [find(baseline, name), find(candidate, name)]
    const text = (score: ScoreResult | undefined): string =>
      cutText(`${name} ${scoreText(score)}`, view.columns, view.look)
    const label = index === 0 ? 'scorers' : ''
    const worse = (after?.score ?? 0) < (before?.score ?? 0)
    const cells = armLine({ label, before: text(before), after: text(after), end: undefined }, view)
    return worse && after !== undefined
      ? [...cells.slice(0, 2), ...cells.slice(2).map((part) => ({ ...part, tone: 'bad' as const }))]
      : cells
  })
}

function find({ scores }: ArmRow, name: string): ScoreResult | undefined {
  return scores.find(({ scorer }) => scorer === name)
}

function scoreText(score: ScoreResult | undefined): string {
  if (score === undefined) return '-'
  const value = score.binary ? (score.score >= 1 ? 'pass' : 'FAIL') : score.score.toFixed(2)
  return score.detail === undefined ? value : `${value}  ${score.detail}`
}

function answerLines(texts: AnswerTexts | null, { candidate }: PairRow, view: PairView): Frame {
  if (texts === null) return [line('   reading the answers', 'dim')]
  if (texts.baseline === null && texts.candidate === null) return [line('   no answer is kept for either arm', 'dim')]
  if (texts.candidate === null) {
    const why = candidate.evidence === 'E' ? 'only its cost and latency are estimated' : 'none is on record'
    return [
      line(`   no answer of the candidate: ${why}; the baseline answered:`, 'warn'),
      ...oneSided(texts.baseline, view),
    ]
  }
  if (texts.baseline === null) {
    return [
      line('   no answer of the baseline is on record; the candidate answered:', 'warn'),
      ...oneSided(texts.candidate, view),
    ]
  }
  return diffFrame(texts.baseline, texts.candidate, view)
}

function oneSided(text: string | null, view: PairView): Frame {
  return diffFrame(text ?? '', text ?? '', view).slice(1)
}
