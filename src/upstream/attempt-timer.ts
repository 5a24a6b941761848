import type { StopSignal } from './incoming-answer.ts'
import { timerMs } from './timer-ms.ts'

export type TimeoutCause = 'timeout_first_token' | 'timeout_idle' | 'timeout_total'
export type AbortCause = 'client' | TimeoutCause

export interface AttemptLimits {
  readonly firstTokenMs: number
  readonly idleMs: number
  readonly totalMs: number
}

/**
 * The time limits of one attempt and the caller's signal in a single signal that says why it aborted. The idle limit
 * runs only while we wait for the provider, so that a slow reader of ours does not make the provider look dead.
 */
export class AttemptTimer implements StopSignal {
  readonly #caller: AbortSignal
  readonly #limits: AttemptLimits
  readonly #onCallerAbort = (): void => this.#abort('client')
  #firstToken: NodeJS.Timeout | undefined
  #total: NodeJS.Timeout | undefined
  #idle: NodeJS.Timeout | undefined
  /** Since when we wait for bytes, in milliseconds; null while we do not. */
  #waitingSince: number | null = null
  #onAbort: (() => void) | null = null
  #stopped = false
  #cause: AbortCause | null = null

  constructor(caller: AbortSignal, limits: AttemptLimits) {
    this.#caller = caller
    this.#limits = limits
    this.#firstToken = setTimeout(() => this.#abort('timeout_first_token'), timerMs(limits.firstTokenMs))
    this.#total = setTimeout(() => this.#abort('timeout_total'), timerMs(limits.totalMs))
    if (caller.aborted) this.#abort('client')
    else caller.addEventListener('abort', this.#onCallerAbort, { once: true })
  }

  get signal(): StopSignal {
    return this
  }

  get aborted(): boolean {
    return this.#cause !== null
  }

  onAbort(listener: () => void): void {
    this.#onAbort = listener
  }

  /** Why the signal aborted; null while it has not. */
  get cause(): AbortCause | null {
    return this.#cause
  }

  /** The first content has arrived: from now on the idle limit counts. */
  contentArrived(): void {
    clearTimeout(this.#firstToken)
    this.#firstToken = undefined
    if (!this.#stopped && this.#idle === undefined) this.#watchIdle(this.#limits.idleMs)
  }

  /** Call with true before waiting for bytes and with false when they came. */
  waitForBytes(waiting: boolean): void {
    this.#waitingSince = waiting ? performance.now() : null
  }

  /** Ends the limits; the signal stays as it is. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#firstToken)
    clearTimeout(this.#total)
    clearTimeout(this.#idle)
    this.#firstToken = this.#total = this.#idle = undefined
    this.#caller.removeEventListener('abort', this.#onCallerAbort)
  }

  /** Looks again when the limit may be over: setting a timer back at every event costs more than the event. */
  #watchIdle(ms: number): void {
    this.#idle = setTimeout(() => {
      const since = this.#waitingSince
      const leftMs = since === null ? this.#limits.idleMs : since + this.#limits.idleMs - performance.now()
      if (leftMs > 0) this.#watchIdle(leftMs)
      else this.#abort('timeout_idle')
    }, timerMs(ms))
  }

  #abort(cause: AbortCause): void {
    if (this.#cause !== null) return
    this.#cause = cause
    this.stop()
    this.#onAbort?.()
  }
}

/** The sentence for a limit that was reached. */
export function describeTimeout(cause: TimeoutCause, limits: AttemptLimits): string {
  switch (cause) {
    case 'timeout_first_token':
      return `no content within ${Math.round(limits.firstTokenMs)} ms`
    case 'timeout_idle':
      return `the stream stood still for ${Math.round(limits.idleMs)} ms`
    case 'timeout_total':
      return `not finished within ${Math.round(limits.totalMs)} ms`
  }
}
