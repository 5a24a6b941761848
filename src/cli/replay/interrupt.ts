/** Turns Ctrl-C and SIGTERM into an abort; a second signal ends the process at once. */
export interface Interrupt {
  readonly signal: AbortSignal
  /** The first signal that came; null while none did. */
  caught(): 'SIGINT' | 'SIGTERM' | null
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
    stop: onInt,
    dispose: () => {
      process.off('SIGINT', onInt)
      process.off('SIGTERM', onTerm)
    },
  }
}
