import type { PlannedAttempt } from '../engine/decision.ts'
import { afterFailure } from '../engine/failover.ts'
import type { CanonicalAnswer, StreamPart } from '../wire/canonical.ts'
import { GatewayError } from '../wire/errors.ts'
import type { JsonObject } from '../wire/json.ts'
import type { Exchange } from './exchange.ts'
import type { Admission, AdmissionPort, Clock, UpstreamFailure, UpstreamPort, UpstreamResult } from './ports.ts'
import { exhaustedError, missingError } from './refusal.ts'

type Admitted = Extract<Admission, { kind: 'admitted' }>

/** How far the attempts got: an answer, a stream whose first part has arrived, or why neither. */
export type Reached =
  | {
      readonly kind: 'answer'
      readonly answer: CanonicalAnswer
      readonly raw: JsonObject | null
      readonly target: PlannedAttempt
      readonly admission: Admitted
    }
  | {
      readonly kind: 'stream'
      readonly parts: AsyncIterable<StreamPart>
      readonly target: PlannedAttempt
      readonly admission: Admitted
    }
  | { readonly kind: 'error'; readonly error: GatewayError; readonly refused: boolean }
  | { readonly kind: 'client_gone' }

interface AttemptPorts {
  readonly clock: Clock
  readonly upstream: UpstreamPort
  readonly admission: AdmissionPort
}

/** Tries the plan in order. Every attempt is admitted on its own; one that fails is settled at no cost before the next. */
export async function runAttempts(ports: AttemptPorts, exchange: Exchange, signal: AbortSignal): Promise<Reached> {
  const { decision } = exchange.decided
  const deadlineMs = exchange.generation.routing.failover.deadlineMs
  let last: UpstreamFailure | null = null
  for (const [attempt, target] of decision.plan.entries()) {
    if (signal.aborted) return { kind: 'client_gone' }
    const leftMs = deadlineMs - exchange.elapsedMs()
    if (leftMs <= 0) break
    const admission = ports.admission.admit({ decision, target, attempt, at: ports.clock.now() })
    if (admission.kind === 'refused') return { kind: 'error', error: admission.error, refused: true }
    const result = await callOnce(ports, exchange, { target, attempt, leftMs, signal })
    if (result.kind === 'answer') return { kind: 'answer', answer: result.answer, raw: result.raw, target, admission }
    if (result.kind === 'stream') return { kind: 'stream', parts: result.parts, target, admission }
    admission.settle({ kind: 'none' })
    if (result.kind === 'missing') return { kind: 'error', error: missingError(result), refused: false }
    if (signal.aborted) return { kind: 'client_gone' }
    last = result
    if (afterFailure(result.failure) === 'stop') break
  }
  const error =
    last === null
      ? new GatewayError('deadline_exceeded', `no provider was reached within ${deadlineMs} ms`)
      : exhaustedError(exchange.attempts, last)
  return { kind: 'error', error, refused: false }
}

interface OneAttempt {
  readonly target: PlannedAttempt
  readonly attempt: number
  readonly leftMs: number
  readonly signal: AbortSignal
}

async function callOnce(ports: AttemptPorts, exchange: Exchange, one: OneAttempt): Promise<UpstreamResult> {
  const { incoming, decided } = exchange
  const startedAt = ports.clock.monotonic()
  const result = await ports.upstream.call({
    exchangeId: incoming.exchangeId,
    requestId: incoming.requestId,
    attempt: one.attempt,
    target: one.target,
    decision: decided.decision,
    request: incoming.request,
    body: incoming.body,
    signal: one.signal,
    firstTokenWithinMs: one.leftMs,
  })
  const ms = ports.clock.monotonic() - startedAt
  exchange.upstreamMs += ms
  note(exchange, one.target, { result, ms })
  return result
}

function note(
  exchange: Exchange,
  target: PlannedAttempt,
  { result, ms }: { result: UpstreamResult; ms: number },
): void {
  const reached = result.kind === 'answer' || result.kind === 'stream'
  if (reached) {
    exchange.droppedParams = result.droppedParams
    exchange.firstTokenMs = exchange.elapsedMs()
  }
  exchange.attempts.push({
    model: target.model,
    provider: target.provider,
    upstreamModel: target.upstreamModel,
    status: result.kind === 'missing' ? null : result.status,
    failure: reached ? null : result.kind === 'missing' ? 'missing' : result.failure,
    ms: Math.round(ms * 1000) / 1000,
    // For a whole answer the first byte is not seen apart from the last one.
    firstTokenMs: result.kind === 'stream' ? Math.round(ms * 1000) / 1000 : null,
    retryAfterMs: result.kind === 'failed' ? result.retryAfterMs : null,
    injected: result.kind === 'missing' ? false : result.injected,
  })
}
