import { createInterface } from 'node:readline'

/** Prints sentences; only ever appends. */
export type Say = (text: string) => void

export interface SpokenInput {
  /** Calls back for every line the user enters, without spaces at its ends. */
  onLine(listener: (text: string) => void): void
  close(): void
}

/** Lines typed by the user. The terminal stays as it is: no raw mode, Ctrl-C and Ctrl-Z work by themselves. */
export function spokenInput(stdin: NodeJS.ReadStream): SpokenInput {
  const reader = createInterface({ input: stdin, terminal: false })
  return {
    onLine(listener) {
      reader.on('line', (text) => listener(text.trim()))
    },
    close: () => reader.close(),
  }
}

/** Resolves when `signal` aborts or the returned function is called. */
export function untilEnded(signal: AbortSignal): { readonly ended: Promise<void>; readonly end: () => void } {
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  return { ended, end }
}
