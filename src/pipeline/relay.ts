import type { ExchangeRecord, ExchangeResult, UpstreamFailureClass } from '../engine/record.ts'
import type { CanonicalAnswer, StreamPart } from '../wire/canonical.ts'
import type { Exchange } from './exchange.ts'
import { UpstreamStreamError, type ExchangeContent } from './ports.ts'
import { SeenAnswer } from './seen-answer.ts'

export interface StreamEnd {
  readonly answer: CanonicalAnswer
  readonly chunks: ExchangeContent['chunks']
  readonly result: ExchangeResult
  /** Why the upstream broke off; null when it did not. */
  readonly failure: UpstreamFailureClass | null
  /** Time that we waited for parts after the first; null when the client was slower than the provider. */
  readonly flowMs: number | null
}

interface Relay {
  readonly parts: AsyncIterable<StreamPart>
  readonly exchange: Exchange
  readonly signal: AbortSignal
  settle(end: StreamEnd): ExchangeRecord
  /** Awaited before the last part is over, so that what was spent is on record first. */
  durable(): Promise<void> | undefined
}

/**
 * Hands the parts on and keeps what was seen. Settles exactly once, in `finally`: after the finish, after a failure, and
 * also when the consumer stops reading because its client left.
 */
export function relayStream(relay: Relay): { parts: AsyncIterable<StreamPart>; done: Promise<ExchangeRecord> } {
  const { promise: done, resolve } = withResolvers<ExchangeRecord>()
  const progress = { started: false }
  const settleUnread = (): void => {
    if (progress.started) return
    progress.started = true
    const answer = new SeenAnswer().answer()
    const result: ExchangeResult = { kind: 'client_gone', status: 499 }
    resolve(relay.settle({ answer, chunks: null, result, failure: null, flowMs: null }))
  }
  // `finally` of a generator that was never started does not run: a client that left that early is settled here.
  relay.signal.addEventListener('abort', settleUnread, { once: true })
  const settled = (record: ExchangeRecord): void => {
    relay.signal.removeEventListener('abort', settleUnread)
    resolve(record)
  }
  return { parts: relayParts(relay, progress, settled), done }
}

/** `Promise.withResolvers` of newer Node versions. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil
  })
  return { promise, resolve }
}

async function* relayParts(
  relay: Relay,
  progress: { started: boolean },
  resolve: (record: ExchangeRecord) => void,
): AsyncGenerator<StreamPart> {
  if (progress.started) return
  progress.started = true
  const { exchange, signal } = relay
  const seen = new SeenAnswer()
  const startedAt = exchange.elapsedMs()
  let result: ExchangeResult = { kind: 'client_gone', status: 499 }
  let broken: UpstreamFailureClass | null = null
  let heldMs = 0
  try {
    for await (const part of relay.parts) {
      const at = exchange.elapsedMs()
      seen.add(part, at)
      yield part
      heldMs += exchange.elapsedMs() - at
    }
    result = { kind: 'answered', status: 200, finish: seen.finish }
  } catch (error) {
    const failure = error instanceof UpstreamStreamError ? error.failure : 'cut_mid_stream'
    if (!signal.aborted) {
      result = { kind: 'failed', status: 200, code: failureCode(failure), afterFirstByte: true }
      markFailed(exchange, failure)
      broken = failure
    }
    throw error
  } finally {
    const ms = exchange.elapsedMs() - startedAt
    exchange.upstreamMs += ms
    const flowMs = heldMs > ms / 2 ? null : ms - heldMs
    resolve(relay.settle({ answer: seen.answer(), chunks: seen.chunks(), result, failure: broken, flowMs }))
    await relay.durable()
  }
}

function failureCode(failure: UpstreamFailureClass): 'deadline_exceeded' | 'upstream_exhausted' {
  return failure.startsWith('timeout_') ? 'deadline_exceeded' : 'upstream_exhausted'
}

/** The attempt had counted as reached; after a late failure the record must not say so any more. */
function markFailed(exchange: Exchange, failure: UpstreamFailureClass): void {
  const last = exchange.attempts.pop()
  if (last !== undefined) exchange.attempts.push({ ...last, failure })
}
