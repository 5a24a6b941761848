import type { PlannedAttempt } from '../engine/decision.ts'
import { nextStep, type StopCause } from '../engine/failover-step.ts'
import type { FailoverConfig } from '../engine/routing-config.ts'
import { attemptRecord, isAbandoned, outcomeOf, SHUT } from './attempt-facts.ts'
import { withinMs } from './attempt-time.ts'
import { CostCap } from './cost-cap.ts'
import type { Exchange } from './exchange.ts'
import type {
  AdmissionPort,
  AttemptWatch,
  Clock,
  Sleep,
  StatePort,
  UpstreamFailure,
  UpstreamPort,
  UpstreamResult,
} from './ports.ts'
import type { Reached } from './reached.ts'
import { coolingError, exhaustedError, lateError, missingError } from './refusal.ts'
import { end, failed, type Tried } from './tried.ts'

export interface AttemptPorts {
  readonly clock: Clock
  readonly upstream: UpstreamPort
  readonly state: StatePort
  readonly admission: AdmissionPort
  readonly sleep: Sleep
}

/**
 * Tries the plan in order, and a target twice where the table of failures allows it. Every attempt is admitted on its own;
 * one that fails is settled at no cost before the next, one that its client left on an estimate.
 */
export function runAttempts(ports: AttemptPorts, exchange: Exchange, signal: AbortSignal): Promise<Reached> {
  return new Attempts(ports, exchange, signal).run()
}

class Attempts {
  readonly #ports: AttemptPorts
  readonly #exchange: Exchange
  readonly #signal: AbortSignal
  readonly #plan: readonly PlannedAttempt[]
  readonly #limits: FailoverConfig
  readonly #cap: CostCap
  #index = 0
  #repeats = 0
  #waitedMs = 0
  #last: UpstreamFailure | null = null

  constructor(ports: AttemptPorts, exchange: Exchange, signal: AbortSignal) {
    this.#ports = ports
    this.#exchange = exchange
    this.#signal = signal
    this.#plan = exchange.decided.decision.plan
    this.#limits = exchange.generation.routing.failover
    this.#cap = new CostCap(exchange.decided.decision, this.#limits.maxCostNanoUsd)
  }

  async run(): Promise<Reached> {
    for (;;) {
      if (this.#signal.aborted) return { kind: 'client_gone' }
      const target = this.#plan[this.#index]
      if (target === undefined) return this.#gaveUp('no_target')
      if (this.#leftMs() <= 0) return this.#gaveUp('deadline')
      const tried = await this.#try(target)
      if (tried.kind === 'end') return tried.reached
      if (this.#signal.aborted) return { kind: 'client_gone' }
      if (tried.kind === 'failed') {
        this.#last = tried.result
        this.#cap.failed(target, tried.result.failure)
      }
      const stopped = await this.#advance(tried.kind === 'failed' ? tried.result : SHUT)
      if (stopped !== null) return this.#gaveUp(stopped)
    }
  }

  #leftMs(): number {
    return this.#limits.deadlineMs - this.#exchange.elapsedMs()
  }

  #withinMs(): number {
    const { attempts, incoming } = this.#exchange
    return withinMs({
      leftMs: this.#leftMs(),
      stream: incoming.request.stream,
      attemptsLeft: this.#limits.maxAttempts - attempts.length,
      another: () => this.#plan.some((_target, index) => index > this.#index && this.#usable(index)),
    })
  }

  async #try(target: PlannedAttempt): Promise<Tried> {
    const { clock, state, admission: gate } = this.#ports
    const { decided, attempts } = this.#exchange
    const at = clock.now()
    const admission = gate.admit({ decision: decided.decision, target, attempt: attempts.length, at })
    if (admission.kind === 'refused') return end({ kind: 'error', error: admission.error, refused: true })
    const watch = state.attemptStarts?.(target, this.#limits, at) ?? null
    if (watch === null && state.attemptStarts !== undefined) {
      admission.settle({ kind: 'none' })
      return { kind: 'shut' }
    }
    const result = await this.#call(target, watch)
    const serving = { target, admission, watch }
    if (result.kind === 'answer') return end({ kind: 'answer', answer: result.answer, raw: result.raw, ...serving })
    if (result.kind === 'stream') return end({ kind: 'stream', parts: result.parts, ...serving })
    if (this.#signal.aborted && isAbandoned(result)) {
      this.#exchange.bookAbandoned(target.model, attempts.at(-1)?.ms ?? 0)
      admission.settle(this.#exchange.cost)
      return end({ kind: 'client_gone' })
    }
    admission.settle({ kind: 'none' })
    if (result.kind === 'missing') return end({ kind: 'error', error: missingError(result), refused: false })
    return { kind: 'failed', result }
  }

  async #call(target: PlannedAttempt, watch: AttemptWatch | null): Promise<UpstreamResult> {
    const { clock, upstream } = this.#ports
    const exchange = this.#exchange
    const { incoming, decided } = exchange
    const leftMs = this.#withinMs()
    const startedAt = clock.monotonic()
    const result = await upstream.call({
      exchangeId: incoming.exchangeId,
      requestId: incoming.requestId,
      attempt: exchange.attempts.length,
      target,
      decision: decided.decision,
      request: incoming.request,
      body: incoming.body,
      strictParams: exchange.generation.routing.strictParams,
      signal: this.#signal,
      firstTokenWithinMs: leftMs,
    })
    const ms = clock.monotonic() - startedAt
    exchange.upstreamMs += ms
    const cooldownMs = this.#tell(watch, result, leftMs)
    if (result.kind === 'answer' || result.kind === 'stream') {
      exchange.droppedParams = result.droppedParams
      exchange.firstTokenMs = exchange.elapsedMs()
    }
    const retryOf = this.#repeats > 0 ? exchange.attempts.length - 1 : null
    exchange.attempts.push(attemptRecord(target, result, { ms, cooldownMs, waitedMs: this.#waitedMs, retryOf }))
    this.#waitedMs = 0
    return result
  }

  /** Tells the health of the target; gives the cooldown that follows. */
  #tell(watch: AttemptWatch | null, result: UpstreamResult, leftMs: number): number | null {
    if (watch === null) return null
    const now = this.#ports.clock.now()
    if (result.kind === 'stream') {
      watch.reached(now)
      return null
    }
    const { deadlineMs } = this.#limits
    return watch.ended(outcomeOf(result, { aborted: this.#signal.aborted, leftMs, deadlineMs }), now)
  }

  /** Moves on to what comes next, after a wait where one is due; a cause when nothing does. */
  async #advance(failure: UpstreamFailure): Promise<StopCause | null> {
    const { incoming, decided, attempts } = this.#exchange
    const step = nextStep({
      failure,
      providers: this.#plan.map(({ provider }) => provider),
      index: this.#index,
      attempts: attempts.length,
      repeats: this.#repeats,
      leftMs: this.#leftMs(),
      config: this.#limits,
      clientRetry: incoming.clientRetry,
      roll: decided.roll,
      usable: (index) => this.#usable(index),
    })
    if (step.kind === 'stop') return step.why
    if (step.kind === 'next') {
      this.#index = step.index
      this.#repeats = 0
      return null
    }
    this.#repeats += 1
    const startedAt = this.#ports.clock.monotonic()
    await this.#ports.sleep(step.waitMs, this.#signal)
    this.#waitedMs = this.#ports.clock.monotonic() - startedAt
    return null
  }

  #usable(index: number): boolean {
    const target = this.#plan[index]
    if (target === undefined || !this.#cap.allows(target)) return false
    return this.#ports.state.callable?.(target, this.#ports.clock.now()) ?? true
  }

  #gaveUp(why: StopCause): Reached {
    const { attempts } = this.#exchange
    if (why === 'deadline') return failed(lateError(attempts, this.#limits.deadlineMs))
    return failed(this.#last === null ? coolingError() : exhaustedError(attempts, this.#last))
  }
}
