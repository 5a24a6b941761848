import { constants } from 'node:os'

type StopSignal = 'SIGINT' | 'SIGTERM'

export interface StopRequest {
  /** Resolves with the first signal. */
  readonly stopped: Promise<StopSignal>
  /** Called with the first signal, and just before the second one ends the process. */
  on(press: 'first' | 'second', listener: (signal: StopSignal) => void): void
  dispose(): void
}

/** The first signal asks for a clean stop; a second one ends the process at once with 130 or 143. */
export function stopSignals(): StopRequest {
  let first = true
  const listeners = { first: new Set<(signal: StopSignal) => void>(), second: new Set<(signal: StopSignal) => void>() }
  let resolveStopped: (signal: StopSignal) => void = () => undefined
  const stopped = new Promise<StopSignal>((resolve) => {
    resolveStopped = resolve
  })
  const handle = (signal: StopSignal): void => {
    if (first) {
      first = false
      resolveStopped(signal)
      for (const listener of listeners.first) listener(signal)
      return
    }
    for (const listener of listeners.second) listener(signal)
    process.exit(128 + constants.signals[signal])
  }
  const onInterrupt = (): void => handle('SIGINT')
  const onTerminate = (): void => handle('SIGTERM')
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  return {
    stopped,
    on: (press, listener) => void listeners[press].add(listener),
    dispose() {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
    },
  }
}
