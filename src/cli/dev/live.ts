import { createLiveFeed } from '../../report/view/live-feed.ts'
import type { CliContext } from '../context.ts'
import type { DevSession } from './session.ts'

export interface LiveView {
  /** Shows the requests on the whole terminal until the user quits or `stopped` resolves. */
  show(stopped: Promise<unknown>): Promise<void>
  close(): void
}

/** Listens from the start, so that no request is missed while the view loads. */
export function openLive({ color, ascii, screenReader }: CliContext, { bus, status }: DevSession): LiveView {
  const utcOffsetMinutes = -new Date().getTimezoneOffset()
  const feed = createLiveFeed({ status, now: () => Date.now(), utcOffsetMinutes })
  const close = bus.subscribe((event) => feed.accept(event))
  return {
    async show(stopped) {
      const ended = new AbortController()
      void stopped.then(() => ended.abort())
      const { runLiveView } = await import('../../tui/live-view.ts')
      await runLiveView(feed, { color, ascii, screenReader, utcOffsetMinutes, signal: ended.signal })
    },
    close,
  }
}
