import type { PlannedAttempt } from '../engine/decision.ts'
import { bodyWithOutputLimit, withOutputLimit } from '../wire/output-limit.ts'
import { attemptRecord, isAbandoned, mayBeBilled, micros, outcomeOf } from './attempt-facts.ts'
import type { Exchange } from './exchange.ts'
import type {
  AdmissionPort,
  Admitted,
  AttemptWatch,
  Callee,
  Clock,
  Incoming,
  Settlement,
  Sleep,
  StatePort,
  UpstreamPort,
  UpstreamResult,
} from './ports.ts'
import { missingError } from './refusal.ts'
import { LOST, NOT_CALLED, settleAttempt } from './settling.ts'
import { end, type Tried } from './tried.ts'

export interface AttemptPorts {
  readonly clock: Clock
  readonly upstream: UpstreamPort
  readonly state: StatePort
  readonly admission: AdmissionPort
  readonly sleep: Sleep
}

export interface Attempt {
  readonly exchange: Exchange
  readonly target: PlannedAttempt
  readonly signal: AbortSignal
  /** Milliseconds to the first content; asked when the call starts. */
  readonly withinMs: () => number
  /** Position of the attempt that this one repeats. */
  readonly retryOf: number | null
  readonly waitedMs: number
}

interface Ticket {
  readonly admission: Admitted
  /** Null where health is not kept. */
  readonly watch: AttemptWatch | null
}

/**
 * One attempt: admitted on its own, then called. One that fails is settled before the next, at no cost where the provider
 * can bill nothing, else on an estimate; one that its client left on a high estimate.
 */
export async function tryTarget(ports: AttemptPorts, attempt: Attempt): Promise<Tried> {
  const { clock, state, admission: gate } = ports
  const { exchange, target, signal } = attempt
  const { incoming, decided, generation, attempts } = exchange
  const at = clock.now()
  const admission = gate.admit({ incoming, decided, generation, target, attempt: attempts.length, at })
  if (admission.kind === 'refused') {
    if (admission.why === 'budget') {
      exchange.spending.refused(target, admission.error)
      return { kind: 'unaffordable', error: admission.error }
    }
    return end({ kind: 'error', error: admission.error, refused: true })
  }
  exchange.spending.admitted(admission)
  exchange.steps.admitted()
  const settle = (how: Omit<Settlement, 'at'>): number => settleAttempt(ports, exchange, { admission, how })
  const watch = state.attemptStarts?.(calleeOf(exchange, target), at) ?? null
  if (watch === null && state.attemptStarts !== undefined) {
    settle(NOT_CALLED)
    return { kind: 'shut' }
  }
  const { result, bill } = await call(ports, attempt, { admission, watch }).catch((bug: unknown) => {
    settle(LOST)
    throw bug
  })
  const serving = { target, admission, watch }
  if (result.kind === 'answer') return end({ kind: 'answer', answer: result.answer, raw: result.raw, ...serving })
  if (result.kind === 'stream') return end({ kind: 'stream', parts: result.parts, ...serving })
  if (result.kind === 'missing') {
    settle({ ...NOT_CALLED, failure: 'missing' })
    return end({ kind: 'error', error: missingError(result), refused: false })
  }
  const { failure, status } = result
  if (signal.aborted && isAbandoned(result)) {
    exchange.bookAbandoned(target.model, attempts.at(-1)?.ms ?? 0)
    settle({ outcome: 'client_gone', failure, status, usage: exchange.usage, cost: exchange.cost })
    return end({ kind: 'client_gone' })
  }
  if (result.uncalled === true)
    settle({ ...NOT_CALLED, outcome: failure === 'aborted' ? 'refused' : 'failed', failure })
  else exchange.chargeLast(settle({ outcome: 'failed', failure, status, ...bill }))
  return { kind: 'failed', result }
}

/** What the state is asked about before a call. */
export function calleeOf({ incoming, decided, generation }: Exchange, target: PlannedAttempt): Callee {
  return { target, incoming, plan: decided.decision.plan, limits: generation.routing.failover }
}

interface Called {
  readonly result: UpstreamResult
  /** What the provider may bill for a failure. */
  readonly bill: Pick<Settlement, 'usage' | 'cost'>
}

const NO_BILL: Called['bill'] = { usage: null, cost: { kind: 'none' } }

async function call(ports: AttemptPorts, attempt: Attempt, ticket: Ticket): Promise<Called> {
  const { clock, upstream } = ports
  const { exchange, target, signal } = attempt
  const { incoming, decided, generation } = exchange
  const leftMs = attempt.withinMs()
  const most = exchange.row(target.model)?.maxOutput ?? null
  const startedAt = clock.monotonic()
  const result = await upstream.call({
    exchangeId: incoming.exchangeId,
    requestId: incoming.requestId,
    attempt: exchange.attempts.length,
    target,
    admitted: ticket.admission,
    decision: decided.decision,
    ...limited(incoming, ticket.admission.maxOutputTokens),
    ...(most === null ? {} : { mostOutputTokens: most }),
    strictParams: generation.routing.strictParams,
    signal,
    firstTokenWithinMs: leftMs,
  })
  // Rounded as the record keeps it, so that what is estimated from it can be estimated again.
  const ms = micros(clock.monotonic() - startedAt)
  exchange.upstreamMs += ms
  const cooldownMs = tell(ticket.watch, result, { attempt, now: clock.now(), leftMs })
  if (result.kind === 'answer' || result.kind === 'stream') {
    exchange.droppedParams = result.droppedParams
    exchange.firstTokenMs = exchange.elapsedMs()
  }
  const { retryOf, waitedMs } = attempt
  const failed = result.kind === 'failed' && !signal.aborted && mayBeBilled(result)
  const bill = failed ? exchange.failedCost(target.model, ms) : NO_BILL
  const costNanoUsd = bill.cost.kind === 'known' ? bill.cost.nanoUsd : 0
  exchange.steps.called()
  exchange.attempts.push(attemptRecord(target, result, { ms, cooldownMs, waitedMs, retryOf, costNanoUsd }))
  return { result, bill }
}

/** The request and the client's body, under the output limit that a budget needs. */
function limited(
  { request, body }: Pick<Incoming, 'request' | 'body'>,
  maxOutputTokens: number | null,
): Pick<Incoming, 'request' | 'body'> {
  if (maxOutputTokens === null) return { request, body }
  return {
    request: withOutputLimit(request, maxOutputTokens),
    body: body === null ? null : bodyWithOutputLimit(body, request.format, maxOutputTokens),
  }
}

/** Tells the health of the target; gives the cooldown that follows. */
function tell(
  watch: AttemptWatch | null,
  result: UpstreamResult,
  { attempt, now, leftMs }: { readonly attempt: Attempt; readonly now: number; readonly leftMs: number },
): number | null {
  if (watch === null) return null
  if (result.kind === 'stream') {
    watch.reached(now)
    return null
  }
  const { deadlineMs } = attempt.exchange.generation.routing.failover
  return watch.ended(outcomeOf(result, { aborted: attempt.signal.aborted, leftMs, deadlineMs }), now)
}
