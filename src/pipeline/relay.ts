import type { ExchangeRecord, ExchangeResult, UpstreamFailureClass } from '../engine/record.ts'
import type { Block, CanonicalAnswer, FinishReason, StreamPart } from '../wire/canonical.ts'
import type { TokenUsage } from '../wire/usage.ts'
import type { Exchange } from './exchange.ts'
import { UpstreamStreamError, type ExchangeContent } from './ports.ts'

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

interface SeenCall {
  id: string
  name: string
  readonly fragments: string[]
}

/** The answer so far, put together from its parts. */
class SeenAnswer {
  finish: FinishReason | null = null
  #id = ''
  #model = ''
  #usage: TokenUsage | null = null
  readonly #text: string[] = []
  readonly #reasoning: string[] = []
  readonly #refusal: string[] = []
  readonly #calls = new Map<number, SeenCall>()
  readonly #atMs: number[] = []
  readonly #length: number[] = []

  add(part: StreamPart, atMs: number): void {
    switch (part.kind) {
      case 'start':
        this.#id = part.id
        this.#model = part.model
        return
      case 'text':
        this.#text.push(part.text)
        this.#atMs.push(Math.round(atMs))
        this.#length.push(part.text.length)
        return
      case 'reasoning':
        this.#reasoning.push(part.text)
        return
      case 'refusal':
        this.#refusal.push(part.text)
        return
      case 'tool_delta':
        this.#addCall(part)
        return
      case 'finish':
        this.finish = part.reason
        return
      case 'usage':
        this.#usage = part.usage
        return
      case 'opaque':
    }
  }

  #addCall(part: Extract<StreamPart, { kind: 'tool_delta' }>): void {
    const call = this.#calls.get(part.index) ?? { id: '', name: '', fragments: [] }
    if (part.id !== undefined) call.id = part.id
    if (part.name !== undefined) call.name = part.name
    call.fragments.push(part.argumentsDelta)
    this.#calls.set(part.index, call)
  }

  answer(): CanonicalAnswer {
    const blocks: Block[] = []
    if (this.#reasoning.length > 0) blocks.push({ kind: 'reasoning', text: this.#reasoning.join('') })
    if (this.#text.length > 0) blocks.push({ kind: 'text', text: this.#text.join('') })
    if (this.#refusal.length > 0) blocks.push({ kind: 'refusal', text: this.#refusal.join('') })
    for (const { id, name, fragments } of this.#calls.values()) {
      blocks.push({ kind: 'tool_use', id, name, argumentsJson: fragments.join('') })
    }
    return { id: this.#id, model: this.#model, blocks, finish: this.finish, usage: this.#usage }
  }

  chunks(): ExchangeContent['chunks'] {
    return { atMs: this.#atMs, length: this.#length }
  }
}
