import type { ScreenProgram } from './screen.ts'
import { spokenInput, type Say, type SpokenInput } from './spoken-input.ts'
import type { TerminalStreams } from './terminal.ts'

export interface ViewOptions extends Partial<TerminalStreams> {
  readonly color: boolean
  readonly ascii: boolean
  /** Sentences instead of a full screen. */
  readonly screenReader: boolean
  /** Ends the view from outside, for example on SIGTERM. */
  readonly signal: AbortSignal
  /** Ctrl-C; by default the process gets SIGINT, as it would without the view. */
  interrupt?(): void
}

/** Runs a program on the whole terminal. Only here Ink and React are loaded. */
export async function showScreen(program: ScreenProgram, options: ViewOptions): Promise<void> {
  const { runScreen } = await import('./screen-app.tsx')
  await runScreen(program, {
    stdin: options.stdin ?? process.stdin,
    stdout: options.stdout ?? process.stdout,
    color: options.color,
    signal: options.signal,
    interrupt: () => (options.interrupt === undefined ? void process.kill(process.pid, 'SIGINT') : options.interrupt()),
  })
}

/** Runs a spoken view: sentences out, typed lines in. */
export async function showSpoken<T>(
  speak: (io: { say: Say; input: SpokenInput; signal: AbortSignal }) => Promise<T>,
  options: ViewOptions,
): Promise<T> {
  const input = spokenInput(options.stdin ?? process.stdin)
  const stdout = options.stdout ?? process.stdout
  try {
    return await speak({ say: (text) => void stdout.write(`${text}\n`), input, signal: options.signal })
  } finally {
    input.close()
  }
}
