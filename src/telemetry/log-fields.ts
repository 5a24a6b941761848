import type { ExchangeRecord } from '../engine/record.ts'
import { costText, fallbackOf, plannedOf, servedAttempt } from '../engine/record-facts.ts'
import { totalInput, totalOutput } from '../wire/usage.ts'

export type LogValue = string | number | boolean | null
/** In the order in which they are printed. Absent facts are null. */
export type LogFields = Readonly<Record<string, LogValue>>

/**
 * What a log line may hold of an exchange. A list of what goes out, not of what stays in: a field that is added to the
 * record later is not logged until somebody puts it here.
 */
export function logFields(record: ExchangeRecord): LogFields {
  const { decision, result, timing, usage } = record
  const { outcome, principal } = decision
  const served = servedAttempt(record)
  return {
    ts: new Date(record.at).toISOString(),
    id: record.requestId,
    status: result.status,
    code: 'code' in result ? result.code : result.kind === 'client_gone' ? 'client_gone' : null,
    key: principal.alias,
    user: principal.user,
    project: principal.project,
    session: record.session.id,
    asked: decision.asked.model,
    intent: decision.intent.label,
    confidence: decimals(decision.intent.confidence, 2),
    rule: outcome.rule?.name ?? null,
    policy: outcome.policy,
    model: served?.model ?? null,
    provider: served?.provider ?? null,
    tier: served === null ? null : (plannedOf(record, served)?.tier ?? null),
    fallback: fallbackOf(record),
    down_from: outcome.kind === 'chosen' ? (outcome.downgradedFrom?.tier ?? null) : null,
    attempts: record.attempts.length,
    failures: failures(record),
    waited_ms: waited(record),
    stream: decision.asked.stream,
    finish: result.kind === 'answered' ? result.finish : null,
    in: usage === null ? null : totalInput(usage),
    out: usage === null ? null : totalOutput(usage),
    tokens: usage?.basis ?? null,
    cost_usd: costText(record.cost),
    ttft_ms: decimals(timing.firstTokenMs, 1),
    total_ms: decimals(timing.totalMs, 1),
    overhead_ms: decimals(timing.overheadMs, 1),
    upstream: record.upstreamMode,
    chaos: record.attempts.some(({ injected }) => injected) ? true : null,
    retry: record.clientRetry === 0 ? null : record.clientRetry,
    config: decision.configHash.slice(0, 8),
  }
}

/** Milliseconds between attempts; null when none waited. */
function waited({ attempts }: ExchangeRecord): number | null {
  const total = attempts.reduce((sum, { waitedMs = 0 }) => sum + waitedMs, 0)
  return total === 0 ? null : decimals(total, 1)
}

/** `provider/model:503` of each attempt that failed, marked when it repeats one and with how long its target is out of use. */
function failures({ attempts }: ExchangeRecord): string | null {
  const failed = attempts.filter(({ failure }) => failure !== null)
  if (failed.length === 0) return null
  return failed
    .map(({ provider, model, status, failure, retryOf, cooldownMs }) => {
      const again = retryOf === undefined ? '' : ';again'
      const cooldown = cooldownMs === undefined ? '' : `;cooldown:${cooldownMs}`
      return `${provider}/${model}:${status ?? failure ?? ''}${again}${cooldown}`
    })
    .join(',')
}

function decimals(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits))
}
