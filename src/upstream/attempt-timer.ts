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
export class AttemptTimer {
  readonly #controller = new AbortController()
  readonly #caller: AbortSignal
  readonly #limits: AttemptLimits
  readonly #onCallerAbort = (): void => this.#abort('client')
  #firstToken: NodeJS.Timeout | undefined
  #total: NodeJS.Timeout | undefined
  #idle: NodeJS.Timeout | undefined
  #waiting = false
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

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Why the signal aborted; null while it has not. */
  get cause(): AbortCause | null {
    return this.#cause
  }

  /** The first content has arrived: from now on the idle limit counts. */
  contentArrived(): void {
    clearTimeout(this.#firstToken)
    this.#firstToken = undefined
    if (!this.#stopped) this.#idle ??= setTimeout(() => this.#idleOver(), timerMs(this.#limits.idleMs))
  }

  /** Call with true before waiting for bytes and with false when they came. */
  waitForBytes(waiting: boolean): void {
    this.#waiting = waiting
    if (waiting) this.#idle?.refresh()
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

  #idleOver(): void {
    if (this.#waiting) this.#abort('timeout_idle')
  }

  #abort(cause: AbortCause): void {
    if (this.#cause !== null) return
    this.#cause = cause
    this.stop()
    this.#controller.abort()
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
