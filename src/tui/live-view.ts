import type { LiveSource } from '../report/view/live-feed.ts'
import { liveProgram } from './live-program.ts'
import { speakLive } from './spoken-live.ts'
import { showScreen, showSpoken, type ViewOptions } from './view-options.ts'

export interface LiveViewOptions extends ViewOptions {
  /** Minutes that the user's clock is ahead of UTC. */
  readonly utcOffsetMinutes: number
}

/** Shows the live request stream. Resolves when the user quits or `signal` aborts; the terminal is then as it was. */
export async function runLiveView(source: LiveSource, options: LiveViewOptions): Promise<void> {
  if (options.screenReader) await showSpoken((io) => speakLive(source, io), options)
  else await showScreen(liveProgram(source, options), options)
}
