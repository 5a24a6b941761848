import type { PlannedAttempt } from '../engine/decision.ts'
import { nextStep, type StopCause } from '../engine/failover-step.ts'
import type { FailoverConfig } from '../engine/routing-config.ts'
import type { GatewayError } from '../wire/errors.ts'
import { SHUT } from './attempt-facts.ts'
import { withinMs } from './attempt-time.ts'
import { calleeOf, tryTarget, type AttemptPorts } from './attempt.ts'
import { CostCap } from './cost-cap.ts'
import type { Exchange } from './exchange.ts'
import type { UpstreamFailure } from './ports.ts'
import type { Reached } from './reached.ts'
import { coolingError, exhaustedError, lateError } from './refusal.ts'
import { failed, type Tried } from './tried.ts'

/** Tries the plan in order, and a target twice where the table of failures allows it. */
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
  #unaffordable: GatewayError | null = null

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
        this.#cap.failed(target, tried.result)
      }
      if (tried.kind === 'unaffordable') this.#unaffordable = tried.error
      const stopped = await this.#advance(tried.kind === 'failed' ? tried.result : SHUT)
      if (stopped !== null) return this.#gaveUp(stopped)
    }
  }

  #try(target: PlannedAttempt): Promise<Tried> {
    const { attempts } = this.#exchange
    const waitedMs = this.#waitedMs
    this.#waitedMs = 0
    return tryTarget(this.#ports, {
      exchange: this.#exchange,
      target,
      signal: this.#signal,
      withinMs: () => this.#withinMs(),
      retryOf: this.#repeats > 0 ? attempts.length - 1 : null,
      waitedMs,
    })
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
    return this.#ports.state.callable?.(calleeOf(this.#exchange, target), this.#ports.clock.now()) ?? true
  }

  #gaveUp(why: StopCause): Reached {
    const { attempts } = this.#exchange
    if (why === 'deadline') return failed(lateError(attempts, this.#limits.deadlineMs))
    // The last word is that of a budget when nobody was called, or when only it kept the next target out.
    if (this.#unaffordable !== null && (this.#last === null || why === 'no_target'))
      return { kind: 'error', error: this.#unaffordable, refused: attempts.length === 0 }
    return failed(this.#last === null ? coolingError() : exhaustedError(attempts, this.#last))
  }
}
