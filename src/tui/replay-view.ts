import type { ReplaySource } from '../report/view/replay-source.ts'
import { replayProgram } from './replay-program.ts'
import { speakReplay } from './spoken-replay.ts'
import { showScreen, showSpoken, type ViewOptions } from './view-options.ts'

/** Shows a replay: its progress, then what it found. Resolves when the user leaves; the terminal is then as it was. */
export async function runReplayView(source: ReplaySource, options: ViewOptions): Promise<'left' | 'aborted'> {
  if (options.screenReader) return showSpoken((io) => speakReplay(source, io), options)
  const program = replayProgram(source, options)
  await showScreen(program, options)
  return program.aborted() ? 'aborted' : 'left'
}
