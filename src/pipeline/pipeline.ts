import type { ExchangeRecord, ExchangeResult } from '../engine/record.ts'
import type { CanonicalAnswer } from '../wire/canonical.ts'
import { GatewayError } from '../wire/errors.ts'
import { totalInput, totalOutput, type TokenUsage } from '../wire/usage.ts'
import { answerSeen } from './answer-seen.ts'
import { runAttempts } from './attempts.ts'
import { decideNow } from './deciding.ts'
import { Exchange } from './exchange.ts'
import type {
  AdmissionPort,
  Admitted,
  AttemptOutcome,
  Clock,
  ExchangeContent,
  ExchangeReply,
  Generation,
  Incoming,
  Pipeline,
  RecordSink,
  Settlement,
  Sleep,
  StatePort,
  UpstreamPort,
} from './ports.ts'
import type { Reached } from './reached.ts'
import { refusalError, strictRefusal } from './refusal.ts'
import { relayStream, type StreamEnd } from './relay.ts'
import { LOST, seeBudgets, settleAttempt } from './settling.ts'
import { realSleep } from './sleep.ts'
import { StepCounter, Steps } from './steps.ts'

export interface PipelinePorts {
  readonly clock: Clock
  readonly upstream: UpstreamPort
  readonly state: StatePort
  readonly admission: AdmissionPort
  readonly sinks: readonly RecordSink[]
  /** Waits between attempts; default: real time. */
  readonly sleep?: Sleep
  /** The settings in force; asked once at the start of every exchange. */
  generation(): Generation
}

/** The order of the stages, over ports. `dev` and `replay` differ in the ports they pass, in nothing else. */
export function createPipeline(ports: PipelinePorts): Pipeline {
  let arrivals = 0
  const counter = new StepCounter()
  return {
    decide: (incoming, at) => decideNow(ports, { incoming, generation: ports.generation(), at }),
    run: (incoming, signal) => new Run(ports, { incoming, arrival: arrivals++, counter }, signal).reply(),
  }
}

interface Begun {
  readonly incoming: Incoming
  readonly arrival: number
  readonly counter: StepCounter
}

class Run {
  readonly #ports: PipelinePorts
  readonly #exchange: Exchange
  readonly #signal: AbortSignal
  #leave: ((usage: TokenUsage | null, now: number) => void) | null = null

  constructor(ports: PipelinePorts, { incoming, arrival, counter }: Begun, signal: AbortSignal) {
    this.#ports = ports
    this.#signal = signal
    const { clock } = ports
    const generation = ports.generation()
    const at = clock.now()
    const startedAt = clock.monotonic()
    const decided = decideNow(ports, { incoming, generation, at })
    const steps = new Steps(counter)
    const decideMs = clock.monotonic() - startedAt
    this.#exchange = new Exchange({
      incoming,
      arrival,
      steps,
      generation,
      at,
      decided,
      decideMs,
      clock,
      startedAt,
      mode: ports.upstream.mode,
    })
  }

  async reply(): Promise<ExchangeReply> {
    try {
      return await this.#reply()
    } catch (bug) {
      // A bug must not keep a place under a limit for ever.
      this.#leaveNow(null)
      throw bug
    }
  }

  async #reply(): Promise<ExchangeReply> {
    const exchange = this.#exchange
    const refusal =
      refusalError(exchange.decided, exchange.at) ??
      strictRefusal(exchange.incoming.droppedParams ?? [], exchange.generation.routing.strictParams)
    if (refusal !== null) {
      seeBudgets(this.#ports, exchange)
      return this.#error(refusal, 'refused')
    }
    const turnedAway = this.#enter()
    if (turnedAway !== null) return this.#error(turnedAway, 'refused')
    const sleep = this.#ports.sleep ?? realSleep
    const reached = await runAttempts({ sleep, ...this.#ports }, exchange, this.#signal)
    const reply = this.#settledReply(reached)
    // What was spent is on record before the last byte goes out; a stream waits at its own end.
    if (reply.kind !== 'stream') await this.#ports.admission.durable?.()
    return reply
  }

  #settledReply(reached: Reached): ExchangeReply {
    try {
      return this.#replyTo(reached)
    } catch (bug) {
      if ('admission' in reached) reached.admission.settle({ ...LOST, at: this.#ports.clock.now() })
      throw bug
    }
  }

  #replyTo(reached: Reached): ExchangeReply {
    switch (reached.kind) {
      case 'client_gone': {
        const error = new GatewayError('request_timeout', 'the client closed the connection', { status: 499 })
        return { kind: 'error', error, record: this.#finish({ kind: 'client_gone', status: 499 }, null) }
      }
      case 'error':
        return this.#error(reached.error, reached.refused ? 'refused' : 'failed')
      case 'answer':
        return this.#answer(reached)
      case 'stream':
        return this.#stream(reached)
    }
  }

  /** Under the rate limits; an error when one of them is used up. */
  #enter(): GatewayError | null {
    const { incoming, decided, generation, at } = this.#exchange
    const entry = this.#ports.admission.enter?.({ incoming, decided, generation, at })
    if (entry === undefined) return null
    this.#exchange.rateLimits = entry.limits
    if (entry.kind === 'refused') return entry.error
    this.#leave = (usage, now) => entry.leave(usage, now)
    return null
  }

  #error(error: GatewayError, kind: 'refused' | 'failed'): ExchangeReply {
    const result: ExchangeResult =
      kind === 'refused'
        ? { kind, status: error.status, code: error.code }
        : { kind, status: error.status, code: error.code, afterFirstByte: false }
    return { kind: 'error', error, record: this.#finish(result, null) }
  }

  #answer({ answer, raw, target, admission }: Extract<Reached, { kind: 'answer' }>): ExchangeReply {
    const exchange = this.#exchange
    exchange.bookUsage(target.model, answer.usage, answer)
    this.#settle(admission, { outcome: 'answered', failure: null, status: 200 })
    const record = this.#finish({ kind: 'answered', status: 200, finish: answer.finish }, answer)
    return { kind: 'answer', answer, raw, record }
  }

  #stream(reached: Extract<Reached, { kind: 'stream' }>): ExchangeReply {
    const exchange = this.#exchange
    const relayed = relayStream({
      parts: reached.parts,
      exchange,
      signal: this.#signal,
      settle: (end) => this.#settleStream(reached, end),
      durable: () => this.#ports.admission.durable?.(),
    })
    seeBudgets(this.#ports, exchange)
    const draft = exchange.record({ kind: 'answered', status: 200, finish: null }, { kind: 'pending' })
    return { kind: 'stream', draft, ...relayed }
  }

  #settleStream({ target, admission, watch }: Extract<Reached, { kind: 'stream' }>, end: StreamEnd): ExchangeRecord {
    const exchange = this.#exchange
    const { answer, result, ...flow } = end
    const unseen = result.kind === 'client_gone' && answer.usage === null && answer.blocks.length === 0
    if (unseen) exchange.bookAbandoned(target.model, exchange.upstreamMs)
    else exchange.bookUsage(target.model, answer.usage, answer)
    const { failure } = end
    const outcome = result.kind === 'client_gone' ? 'client_gone' : failure === null ? 'answered' : 'failed'
    this.#settle(admission, { outcome, failure, status: 200 })
    watch?.ended(streamOutcome(end), this.#ports.clock.now())
    return this.#finish(result, answer, flow)
  }

  #settle(admission: Admitted, how: Pick<Settlement, 'outcome' | 'failure' | 'status'>): void {
    const { usage, cost } = this.#exchange
    settleAttempt(this.#ports, this.#exchange, { admission, how: { usage, cost, ...how } })
  }

  /** Once. */
  #leaveNow(usage: TokenUsage | null): void {
    this.#leave?.(usage, this.#ports.clock.now())
    this.#leave = null
  }

  /** The last stage of every exchange, whatever happened: session, record, sinks. */
  #finish(
    result: ExchangeResult,
    answer: CanonicalAnswer | null,
    { chunks, flowMs }: { chunks: ExchangeContent['chunks']; flowMs: number | null } = NOT_STREAMED,
  ): ExchangeRecord {
    const exchange = this.#exchange
    this.#leaveNow(exchange.usage)
    const record = exchange.record(result)
    const served = exchange.attempts.findLast((attempt) => attempt.failure === null)
    const row = served === undefined ? undefined : exchange.row(served.model)
    if (result.kind === 'answered' && row !== undefined && record.usage !== null) {
      this.#ports.state.sessionAdvanced({
        sessionId: exchange.incoming.sessionId,
        model: row.id,
        intent: record.decision.intent.label,
        prefixTokens: totalInput(record.usage) + totalOutput(record.usage),
        promptCaching: row.capabilities.promptCaching === true,
        at: this.#ports.clock.now(),
      })
    }
    if (result.kind === 'answered') {
      const seen = answerSeen(exchange, { result, flowMs, at: this.#ports.clock.now() })
      if (seen !== null) this.#ports.state.answered?.(seen)
    }
    const content = exchange.content(answer, chunks)
    for (const sink of this.#ports.sinks) sink.accept(record, content)
    return record
  }
}

const NOT_STREAMED = { chunks: null, flowMs: null }

function streamOutcome({ result, failure }: StreamEnd): AttemptOutcome {
  if (failure !== null) return { kind: 'failed', failure, status: 200, retryAfterMs: null }
  return { kind: result.kind === 'answered' ? 'succeeded' : 'no_verdict' }
}
