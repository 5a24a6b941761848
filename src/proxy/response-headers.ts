import { costText, fallbackOf, plannedOf, reasonCode, servedAttempt, usdText } from '../engine/record-facts.ts'
import type { AttemptRecord, BudgetFacts, ExchangeRecord } from '../engine/record.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'

export type HeaderMap = Readonly<Record<string, string>>

const MAX_VALUE = 256
const MAX_ATTEMPTS_VALUE = 1_024

/**
 * The `x-gateway-*` headers of an exchange. Successes, errors and streams all come through here, so they can not
 * disagree with the log, which reads the same record. Never holds prompt or answer text.
 */
export function headersOf(record: ExchangeRecord): HeaderMap {
  const { decision, timing } = record
  const served = servedAttempt(record)
  const headers: Record<string, string> = {
    'x-gateway-request-id': record.requestId,
    'x-request-id': record.requestId,
    'x-gateway-requested-model': clean(decision.asked.model),
    'x-gateway-intent': `${decision.intent.label};${decision.intent.confidence.toFixed(2)}`,
    'x-gateway-decision': clean(reasonCode(decision)),
    'x-gateway-fallback': fallbackOf(record),
    'x-gateway-cache': record.cache.kind,
    'x-gateway-cost-usd': costText(record.cost),
    'x-gateway-overhead-ms': timing.overheadMs.toFixed(1),
    'x-gateway-upstream': record.upstreamMode,
    'x-gateway-config': clean(decision.configHash.slice(0, 16)),
    'server-timing': serverTiming(record),
  }
  if (served !== null) {
    headers['x-gateway-model'] = clean(served.model)
    headers['x-gateway-provider'] = clean(served.provider)
    headers['x-gateway-tier'] = clean(plannedOf(record, served)?.tier ?? '')
  }
  if (record.attempts.length > 0)
    headers['x-gateway-attempts'] = clean(record.attempts.map(attemptText).join(', '), MAX_ATTEMPTS_VALUE)
  if (record.budget !== undefined) headers['x-gateway-budget-remaining'] = clean(budgetText(record.budget))
  if (record.budget?.imposedMaxOutputTokens !== undefined)
    headers['x-gateway-max-output'] = String(record.budget.imposedMaxOutputTokens)
  if (record.rateLimits !== undefined) Object.assign(headers, rateLimitHeaders(record.rateLimits))
  if (record.droppedParams.length > 0) headers['x-gateway-dropped-params'] = clean(record.droppedParams.join(','))
  return headers
}

/** The least that is left in each scope, in dollars. */
function budgetText({ left }: BudgetFacts): string {
  const least = new Map<string, number>()
  for (const { scope, leftNanoUsd } of left)
    least.set(scope, Math.max(0, Math.min(leftNanoUsd, least.get(scope) ?? Infinity)))
  return [...least].map(([scope, nanoUsd]) => `${scope}=${usdText(nanoUsd)}`).join(', ')
}

function attemptText(attempt: AttemptRecord): string {
  const outcome = attempt.status !== null && attempt.failure === null ? attempt.status : failureText(attempt)
  const keys = (attempt.refusedCredentials ?? []).map((refused) => `;key=${failureText(refused)}`).join('')
  return `${attempt.provider}/${attempt.model}=${outcome};t=${Math.round(attempt.ms)}${keys}`
}

function failureText({ status, failure }: Pick<AttemptRecord, 'status' | 'failure'>): string {
  return status !== null && status >= 400 ? String(status) : (failure ?? 'ok')
}

function serverTiming({ timing }: ExchangeRecord): string {
  const spans: (readonly [string, number | null])[] = [
    ['parse', timing.parseMs],
    ['auth', timing.authMs],
    ['decide', timing.decideMs],
    ['upstream', timing.upstreamMs],
    ['overhead', timing.overheadMs],
  ]
  let text = ''
  for (const [name, ms] of spans) if (ms !== null) text += `${text === '' ? '' : ', '}${name};dur=${ms.toFixed(1)}`
  return text
}

/** Header values come from configs and clients: only printable ASCII gets out, and only so much of it. */
function clean(value: string, longest = MAX_VALUE): string {
  const printable = value.replace(/[^\u0020-\u007e]/g, '?').trim()
  return printable.length <= longest ? printable : `${printable.slice(0, longest - 3)}...`
}
