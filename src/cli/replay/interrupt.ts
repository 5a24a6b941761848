/** Turns Ctrl-C and SIGTERM into an abort; a second signal ends the process at once. */
export interface Interrupt {
  readonly signal: AbortSignal
  /** The first signal that came; null while none did. */
  caught(): 'SIGINT' | 'SIGTERM' | null
  /** As Ctrl-C does where keys reach no terminal driver. */
  press(): void
  /** Ends the run after what is in flight, without a signal: its partial result can be looked at. */
  stop(): void
  dispose(): void
}

const EXIT_OF = { SIGINT: 130, SIGTERM: 143 } as const

export function catchInterrupt(): Interrupt {
  const controller = new AbortController()
  let first: 'SIGINT' | 'SIGTERM' | null = null
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (first !== null) process.exit(EXIT_OF[signal])
    first = signal
    controller.abort()
  }
  const onInt = (): void => onSignal('SIGINT')
  const onTerm = (): void => onSignal('SIGTERM')
  process.on('SIGINT', onInt)
  process.on('SIGTERM', onTerm)
  return {
    signal: controller.signal,
    caught: () => first,
    press: onInt,
    stop: () => controller.abort(),
    dispose: () => {
      process.off('SIGINT', onInt)
      process.off('SIGTERM', onTerm)
    },
  }
}
