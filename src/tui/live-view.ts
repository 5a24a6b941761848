import type { LiveSource } from '../report/view/live-feed.ts'
import { liveProgram } from './live-program.ts'
import type { TerminalStreams } from './terminal.ts'

export interface ViewOptions extends Partial<TerminalStreams> {
  readonly color: boolean
  readonly ascii: boolean
  /** Minutes that the user's clock is ahead of UTC. */
  readonly utcOffsetMinutes: number
  /** Ends the view from outside, for example on SIGTERM. */
  readonly signal: AbortSignal
  /** Ctrl-C; by default the process gets SIGINT, as it would without the view. */
  interrupt?(): void
}

/** Shows the live request stream on the whole terminal. Resolves when the user quits or `signal` aborts. */
export async function runLiveView(source: LiveSource, options: ViewOptions): Promise<void> {
  const { runScreen } = await import('./screen-app.tsx')
  await runScreen(liveProgram(source, options), {
    stdin: options.stdin ?? process.stdin,
    stdout: options.stdout ?? process.stdout,
    color: options.color,
    signal: options.signal,
    interrupt: () => (options.interrupt === undefined ? void process.kill(process.pid, 'SIGINT') : options.interrupt()),
  })
}
