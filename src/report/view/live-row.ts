import { duration, usd } from '../../engine/describe/amounts.ts'
import type { Cost, ExchangeRecord } from '../../engine/record.ts'
import { fallbackOf, plannedOf, servedAttempt } from '../../engine/record-facts.ts'
import type { Tone } from '../style.ts'
import { usageCell } from './usage-text.ts'

/** One request of the live list as finished strings. */
export interface LiveRow {
  /** Number of the request in this session, from 1. */
  readonly seq: number
  readonly requestId: string
  readonly state: 'waiting' | 'streaming' | 'done'
  readonly time: string
  readonly key: string
  readonly intent: string
  readonly route: string
  /** The same without tiers, for narrow columns: the marks must stay in sight. */
  readonly shortRoute: string
  readonly code: string
  readonly firstToken: string
  readonly total: string
  readonly tokens: string
  readonly cost: string
  readonly tone: Tone
  /** For sorting; null when unknown. */
  readonly costNanoUsd: number | null
  readonly totalMs: number | null
  /** Lower case, what the filter looks in. */
  readonly searchText: string
}

export interface RowPlace {
  readonly seq: number
  /** Minutes that the user's clock is ahead of UTC. */
  readonly utcOffsetMinutes: number
}

/** `12:04:31` on the user's clock. */
export function clockTime(at: number, utcOffsetMinutes: number): string {
  return new Date(at + utcOffsetMinutes * 60_000).toISOString().slice(11, 19)
}

/** The row of an exchange that is streaming or over. */
export function recordRow(record: ExchangeRecord, state: 'streaming' | 'done', place: RowPlace): LiveRow {
  const { decision, timing, usage, cost, result } = record
  const streaming = state === 'streaming'
  const firstMs = timing.firstTokenMs
  return withSearch({
    seq: place.seq,
    requestId: record.requestId,
    state,
    time: clockTime(record.at, place.utcOffsetMinutes),
    key: decision.principal.alias,
    intent: decision.intent.label,
    ...routeTexts(record),
    code: String(result.status),
    firstToken: firstMs === null ? '' : `${streaming ? '~' : ''}${duration(firstMs)}`,
    total: streaming ? '' : duration(timing.totalMs),
    tokens: streaming ? 'streaming' : usageCell(usage),
    cost: costCell(cost),
    tone: toneOf(record, streaming),
    costNanoUsd: cost.kind === 'known' ? cost.nanoUsd : null,
    totalMs: streaming ? null : timing.totalMs,
  })
}

/** The row of a request that has arrived and is not answered yet. */
export function waitingRow(
  start: { requestId: string; at: number; key: string; model: string },
  place: RowPlace,
): LiveRow {
  return withSearch({
    ...EMPTY,
    seq: place.seq,
    requestId: start.requestId,
    state: 'waiting',
    time: clockTime(start.at, place.utcOffsetMinutes),
    key: start.key,
    route: `asked for ${start.model}`,
    shortRoute: start.model,
    tokens: 'waiting',
    tone: 'dim',
  })
}

/** The row of a request that was turned away before it was routed. */
export function refusalRow(
  refusal: { requestId: string; at: number; endpoint: string; status: number; code: string; ms: number },
  place: RowPlace,
): LiveRow {
  return withSearch({
    ...EMPTY,
    seq: place.seq,
    requestId: refusal.requestId,
    state: 'done',
    time: clockTime(refusal.at, place.utcOffsetMinutes),
    route: `refused ${refusal.code} ${refusal.endpoint}`,
    shortRoute: `refused ${refusal.code}`,
    code: String(refusal.status),
    total: duration(refusal.ms),
    cost: '$0',
    tone: 'warn',
    totalMs: refusal.ms,
  })
}

const EMPTY = {
  key: '',
  intent: '',
  code: '',
  firstToken: '',
  total: '',
  tokens: '',
  cost: '',
  costNanoUsd: null,
  totalMs: null,
} as const

/**
 * `standard qwen3-coder`; `>>` for failover to another model, `v` for a lower tier, `!chaos` for a fault on purpose. The
 * words say the same as the marks, so nothing hangs on colour.
 */
function routeTexts(record: ExchangeRecord): Pick<LiveRow, 'route' | 'shortRoute'> {
  return { route: routeText(record, true), shortRoute: routeText(record, false) }
}

function routeText(record: ExchangeRecord, tiers: boolean): string {
  const { outcome, plan } = record.decision
  if (outcome.kind === 'refused') return `refused ${outcome.code}`
  const served = servedAttempt(record)
  const step = served === null ? undefined : plannedOf(record, served)
  const { tier, model, downgradedFrom: down } = outcome
  const parts = tiers ? [tier, model] : [model]
  // `premium v standard (budget) model`: where it was to go, where it went, and why.
  if (down !== null)
    parts.splice(0, parts.length, ...(tiers ? [down.tier, 'v', tier] : ['v']), `(${down.cause})`, model)
  if (step !== undefined && step !== plan[0]) {
    parts.push(fallbackOf(record) === 'tier' ? 'v' : '>>')
    if (tiers && step.tier !== tier) parts.push(step.tier)
    parts.push(step.model === model ? `${step.model} on ${step.provider}` : step.model)
  }
  const chaos = record.attempts.some(({ injected }) => injected) ? ['!chaos'] : []
  return [...parts, ...ending(record), ...chaos].join(' ')
}

function ending({ result }: ExchangeRecord): string[] {
  switch (result.kind) {
    case 'answered':
      return []
    case 'failed':
      return ['failed', result.code]
    case 'refused':
      return ['refused', result.code]
    case 'client_gone':
      return ['client left']
  }
}

function costCell(cost: Cost): string {
  switch (cost.kind) {
    case 'known':
      return usd(cost.nanoUsd)
    case 'unknown':
      return 'unknown'
    case 'pending':
      return ''
    case 'none':
      return '$0'
  }
}

function toneOf(record: ExchangeRecord, streaming: boolean): Tone {
  if (streaming) return 'dim'
  if (record.result.kind === 'failed') return 'bad'
  if (record.result.kind !== 'answered' || fallbackOf(record) !== 'none') return 'warn'
  return 'plain'
}

function withSearch(row: Omit<LiveRow, 'searchText'>): LiveRow {
  const words = [row.requestId, row.key, row.intent, row.route, row.code, row.state]
  return { ...row, searchText: words.join(' ').toLowerCase() }
}
