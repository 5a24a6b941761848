import type { Clock, UpstreamCall, UpstreamPort, UpstreamResult } from '../pipeline/ports.ts'
import { failed } from './failure.ts'
import { atStreamEnd } from './stream-end.ts'
import { timerMs } from './timer-ms.ts'

interface Waiter {
  take(): void
}

/** Bounds the calls that run at once; further ones wait their turn, within their own deadline. */
export class ConcurrencyLimit implements UpstreamPort {
  readonly #inner: UpstreamPort
  readonly #most: number
  readonly #clock: Clock
  readonly #queue = new Set<Waiter>()
  #running = 0

  constructor(inner: UpstreamPort, most: number, clock: Clock) {
    this.#inner = inner
    this.#most = most
    this.#clock = clock
  }

  get mode(): UpstreamPort['mode'] {
    return this.#inner.mode
  }

  async call(call: UpstreamCall): Promise<UpstreamResult> {
    const startedAt = this.#clock.monotonic()
    const turn = await this.#enter(call)
    if (turn === 'aborted')
      return { ...failed({ failure: 'aborted', message: 'the client went away' }), uncalled: true }
    if (turn === 'late') {
      return failed({ failure: 'overloaded', message: `all ${this.#most} places for calls to the provider are taken` })
    }
    const release = this.#releaser()
    try {
      const waitedMs = this.#clock.monotonic() - startedAt
      const result = await this.#inner.call({ ...call, firstTokenWithinMs: call.firstTokenWithinMs - waitedMs })
      if (result.kind === 'stream') return { ...result, parts: atStreamEnd(result.parts, call.signal, release) }
      release()
      return result
    } catch (error) {
      release()
      throw error
    }
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  #enter({ signal, firstTokenWithinMs }: UpstreamCall): Promise<'in' | 'aborted' | 'late'> {
    if (signal.aborted) return Promise.resolve('aborted')
    if (this.#running < this.#most) {
      this.#running += 1
      return Promise.resolve('in')
    }
    return new Promise((resolve) => {
      const leave = (turn: 'in' | 'aborted' | 'late'): void => {
        this.#queue.delete(waiter)
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        resolve(turn)
      }
      const onAbort = (): void => leave('aborted')
      const waiter: Waiter = { take: () => leave('in') }
      const timer = setTimeout(() => leave('late'), timerMs(firstTokenWithinMs))
      signal.addEventListener('abort', onAbort, { once: true })
      this.#queue.add(waiter)
    })
  }

  /** Gives the place to the next in line; calling it again does nothing. */
  #releaser(): () => void {
    let held = true
    return () => {
      if (!held) return
      held = false
      const [next] = this.#queue
      if (next === undefined) this.#running -= 1
      else next.take()
    }
  }
}
