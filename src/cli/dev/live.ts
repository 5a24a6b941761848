import { createLiveFeed } from '../../report/view/live-feed.ts'
import type { CliContext } from '../context.ts'
import type { DevSession } from './session.ts'

/** Shows the requests on the whole terminal until the user quits or `stopped` resolves. */
export async function showLive(
  { color, ascii, screenReader }: CliContext,
  { bus, status }: DevSession,
  stopped: Promise<unknown>,
): Promise<void> {
  const utcOffsetMinutes = -new Date().getTimezoneOffset()
  const feed = createLiveFeed({ status, now: () => Date.now(), utcOffsetMinutes })
  const unsubscribe = bus.subscribe((event) => feed.accept(event))
  const ended = new AbortController()
  void stopped.then(() => ended.abort())
  try {
    const { runLiveView } = await import('../../tui/live-view.ts')
    await runLiveView(feed, { color, ascii, screenReader, utcOffsetMinutes, signal: ended.signal })
  } finally {
    unsubscribe()
  }
}
