import { duration, usd } from '../../engine/describe/amounts.ts'
import { describePlanStep } from '../../engine/describe/outcome.ts'
import { describeWhyNot } from '../../engine/describe/why-not.ts'
import { whyNot } from '../../engine/explain/why-not.ts'
import type { AttemptRecord, Cost, ExchangeRecord, Timing } from '../../engine/record.ts'
import { explainTree } from '../explain-tree.ts'
import { noPaint, type Tone } from '../style.ts'
import { BLANK, joinSegments, line, span, type Frame } from './frame.ts'
import { clockTime, type LiveRow } from './live-row.ts'
import { usageText } from './usage-text.ts'
import { cleanText, wrapText, type Look } from './width.ts'

/** The parts of the request screen, in the order of their numbers. */
export const DETAIL_TABS = ['decision', 'attempts', 'raw'] as const

export type DetailTab = (typeof DETAIL_TABS)[number]

const TAB_NAMES: Readonly<Record<DetailTab, string>> = { decision: 'Decision', attempts: 'Attempts', raw: 'Raw JSON' }

export interface DetailView {
  readonly columns: number
  readonly look: Look
  readonly utcOffsetMinutes: number
}

/** The head of the request screen: which request, and the tabs with the open one in brackets. */
export function detailHeader(row: LiveRow, record: ExchangeRecord | null, tab: DetailTab, columns: number): Frame {
  const tabs = DETAIL_TABS.map((name, index) => {
    const label = `${index + 1} ${TAB_NAMES[name]}`
    return name === tab ? span(`[${label}] `, 'strong') : span(`${label} `, 'dim')
  })
  const asked =
    record === null ? '' : `${record.decision.asked.endpoint}${record.decision.asked.stream ? ' stream' : ''}`
  return [
    joinSegments(
      [
        { spans: line(` ${row.requestId}`, 'strong'), keep: 7 },
        { spans: line(row.time), keep: 4 },
        { spans: line(row.key), keep: 5 },
        { spans: line(asked), keep: 3 },
        { spans: line(row.code), keep: 6 },
        { spans: line('esc back', 'dim'), keep: 2 },
      ].filter(({ spans }) => spans[0]?.text !== ''),
      columns,
    ),
    [span(' '), ...tabs],
  ]
}

/** The lines of a tab, all of them; the screen shows a part. */
export function detailLines(record: ExchangeRecord, tab: DetailTab, view: DetailView): Frame {
  switch (tab) {
    case 'decision':
      return decisionLines(record, view)
    case 'attempts':
      return attemptLines(record, view)
    case 'raw':
      return rawLines(record, view)
  }
}

/** Why a model was not chosen, as wrapped lines. */
export function whyNotLines(record: ExchangeRecord, model: string, view: DetailView): Frame {
  const text = describeWhyNot(whyNot(record.decision, model), record.at)
  return wrapped(`why not ${model}: ${text}`, view).map((part) => line(part, 'strong'))
}

function decisionLines(record: ExchangeRecord, { columns, look }: DetailView): Frame {
  const style = { width: columns - 1, ascii: look.ascii, paint: noPaint, depth: 2 }
  const text = explainTree(record.decision, style, { now: record.at, attempts: record.attempts })
  return text.split('\n').map((part, index) => line(part, index === 0 ? 'strong' : 'plain'))
}

function attemptLines(record: ExchangeRecord, view: DetailView): Frame {
  const { decision, attempts } = record
  const tried = attempts.flatMap((attempt, index) => attemptFacts(attempt, index, view))
  const left = decision.plan.slice(attempts.length)
  return [
    line(attempts.length === 0 ? ' no upstream was called' : ` ${attempts.length} of ${decision.plan.length} planned`),
    ...tried,
    ...left.map((step) =>
      line(`   not needed  ${step.provider}/${step.upstreamModel}  ${describePlanStep(step.why)}`, 'dim'),
    ),
    BLANK,
    ...wrapped(`result   ${resultText(record)}`, view).map((part) => line(part)),
    ...wrapped(`tokens   ${usageText(record.usage)}`, view).map((part) => line(part)),
    ...wrapped(`cost     ${costText(record.cost)}`, view).map((part) => line(part)),
    ...budgetLines(record).flatMap((text) => wrapped(text, view).map((part) => line(part))),
    ...wrapped(`time     ${timingText(record.timing)}`, view).map((part) => line(part)),
    ...(record.droppedParams.length === 0
      ? []
      : wrapped(`left out ${record.droppedParams.join(', ')}`, view).map((part) => line(part, 'warn'))),
    ...wrapped(`arrived  ${clockTime(record.at, view.utcOffsetMinutes)}  upstream ${record.upstreamMode}`, view).map(
      (part) => line(part, 'dim'),
    ),
  ]
}

/** What was held and charged, and what is left; nothing where no budget concerned the request. */
function budgetLines({ budget }: ExchangeRecord): string[] {
  if (budget === undefined) return []
  const { reservedNanoUsd, settledNanoUsd, imposedMaxOutputTokens: imposed } = budget
  const limit = imposed === undefined ? '' : `, output held to ${imposed} tokens`
  return [
    `budget   reserved ${usd(reservedNanoUsd)}, charged ${usd(settledNanoUsd)}${limit}`,
    ...budget.left.map(({ budget: name, subject, leftNanoUsd, limitNanoUsd }) => {
      const who = subject === '' ? name : `${name} (${subject})`
      return `         ${who}: ${usd(leftNanoUsd)} left of ${usd(limitNanoUsd)}`
    }),
  ]
}

function attemptFacts(attempt: AttemptRecord, index: number, view: DetailView): Frame {
  const { provider, upstreamModel, status, failure, ms, firstTokenMs, retryAfterMs, injected } = attempt
  const { retryOf, waitedMs, cooldownMs } = attempt
  const facts = [
    `${index + 1} ${provider}/${upstreamModel}`,
    failure === null ? 'ok' : failure,
    ...(status === null ? [] : [String(status)]),
    duration(ms),
    ...(retryOf === undefined ? [] : [`again after ${retryOf + 1}`]),
    ...(waitedMs === undefined ? [] : [`waited ${duration(waitedMs)}`]),
    ...(firstTokenMs === null ? [] : [`first token ${duration(firstTokenMs)}`]),
    ...(retryAfterMs === null ? [] : [`retry after ${duration(retryAfterMs)}`]),
    ...(cooldownMs === undefined ? [] : [`out of use for ${duration(cooldownMs)}`]),
    ...(injected ? ['!chaos'] : []),
  ]
  const tone: Tone = failure === null ? 'good' : 'bad'
  return wrapped(`  ${facts.join('  ')}`, view).map((part) => line(part, tone))
}

function resultText({ result }: ExchangeRecord): string {
  switch (result.kind) {
    case 'answered':
      return `answered, ${result.status}, finish ${result.finish ?? 'unknown'}`
    case 'refused':
      return `refused, ${result.status}, ${result.code}`
    case 'failed':
      return `failed${result.afterFirstByte ? ' after the first byte' : ''}, ${result.status}, ${result.code}`
    case 'client_gone':
      return 'the client left'
  }
}

function costText(cost: Cost): string {
  switch (cost.kind) {
    case 'known':
      return `${usd(cost.nanoUsd)} (tokens ${cost.usageBasis}, price of ${cost.priceSource} ${cost.priceAsOf})`
    case 'unknown':
      return `unknown: ${cost.why === 'no_price' ? 'the model has no price' : 'no token counts'}`
    case 'pending':
      return 'pending'
    case 'none':
      return '$0, no upstream was called'
  }
}

function timingText(timing: Timing): string {
  const phases: readonly (readonly [string, number | null])[] = [
    ['parse', timing.parseMs],
    ['auth', timing.authMs],
    ['decide', timing.decideMs],
    ['first token', timing.firstTokenMs],
    ['upstream', timing.upstreamMs],
    ['total', timing.totalMs],
    ['in the gateway', timing.overheadMs],
  ]
  return phases.flatMap(([name, ms]) => (ms === null ? [] : [`${name} ${fine(ms)}`])).join(', ')
}

/** Phases inside the gateway take fractions of a millisecond. */
function fine(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)}ms` : duration(ms)
}

function rawLines(record: ExchangeRecord, view: DetailView): Frame {
  return JSON.stringify(record, null, 2)
    .split('\n')
    .flatMap((text) => wrapped(text, view))
    .map((part) => line(part))
}

function wrapped(text: string, { columns, look }: DetailView): string[] {
  const clean = cleanText(text, look.ascii)
  // Continuation lines stand a little deeper than the line they continue.
  const indent = Math.min((/^ */.exec(clean)?.[0].length ?? 0) + 2, 20)
  const [first = '', ...rest] = wrapText(clean, columns - 2 - indent)
  return [` ${first}`, ...rest.map((part) => ` ${' '.repeat(indent)}${part}`)]
}
