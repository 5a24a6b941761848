import type { ReplaySource } from '../report/view/replay-source.ts'
import type { ViewOptions } from './live-view.ts'
import { replayProgram } from './replay-program.ts'

/** Shows a replay on the whole terminal: its progress, then what it found. Resolves when the user leaves. */
export async function runReplayView(
  source: ReplaySource,
  options: Omit<ViewOptions, 'utcOffsetMinutes'>,
): Promise<'left' | 'aborted'> {
  const { runScreen } = await import('./screen-app.tsx')
  const program = replayProgram(source, options)
  await runScreen(program, {
    stdin: options.stdin ?? process.stdin,
    stdout: options.stdout ?? process.stdout,
    color: options.color,
    signal: options.signal,
    interrupt: () => (options.interrupt === undefined ? void process.kill(process.pid, 'SIGINT') : options.interrupt()),
  })
  return program.aborted() ? 'aborted' : 'left'
}
