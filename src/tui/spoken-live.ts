import type { LiveSource } from '../report/view/live-feed.ts'
import { requestExplained, requestSentence } from '../report/view/spoken.ts'
import { untilEnded, type Say, type SpokenInput } from './spoken-input.ts'

const HELP = 'Type the number of a request and Enter to hear why it went where it went, q and Enter to stop.'

/** The live view for screen readers: a sentence for every finished request, explanations on demand. */
export async function speakLive(
  source: LiveSource,
  io: { readonly say: Say; readonly input: SpokenInput; readonly signal: AbortSignal },
): Promise<void> {
  const { say, input } = io
  const { ended, end } = untilEnded(io.signal)
  const { url, upstream } = source.snapshot().status
  say(`The proxy answers at ${url}/v1, upstream ${upstream}. ${HELP}`)
  const spoken = new Set<number>()
  let notice: string | null = null
  const speak = (): void => {
    const snapshot = source.snapshot()
    for (const row of snapshot.rows) {
      if (row.state !== 'done' || spoken.has(row.seq)) continue
      spoken.add(row.seq)
      say(requestSentence(row))
    }
    const oldest = snapshot.rows[0]?.seq ?? 0
    for (const seq of spoken) if (seq < oldest) spoken.delete(seq)
    if (snapshot.notice !== null && snapshot.notice.text !== notice) say(snapshot.notice.text)
    notice = snapshot.notice?.text ?? null
  }
  input.onLine((text) => {
    if (text === 'q') end()
    else say(answerTo(source, text))
  })
  const unsubscribe = source.subscribe(speak)
  speak()
  await ended
  unsubscribe()
}

function answerTo(source: LiveSource, text: string): string {
  if (!/^\d+$/.test(text)) return HELP
  const record = source.record(Number(text))
  return record === null ? `There is no record of request ${text}.` : requestExplained(record).join('\n')
}
