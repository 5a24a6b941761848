import { pairEntry, shownEntries, type PairEntry } from '../report/view/pair-entries.ts'
import type { FinishedRun, ReplaySource } from '../report/view/replay-source.ts'
import { pairSentences, progressSentence, summarySentences } from '../report/view/spoken.ts'
import { untilEnded, type Say, type SpokenInput } from './spoken-input.ts'

const HELP_RUNNING = 'Type s and Enter to stop and hear the summary, q and Enter to abort.'
const HELP = 'Type 1 and Enter for the fixture that got worst, 2 for the next, q and Enter to leave.'
const STEPS = 10

/** The replay view for screen readers: progress every tenth, the summary, fixtures on demand. */
export async function speakReplay(
  source: ReplaySource,
  io: { readonly say: Say; readonly input: SpokenInput; readonly signal: AbortSignal },
): Promise<'left' | 'aborted'> {
  const { say, input, signal } = io
  const { ended, end } = untilEnded(signal)
  let aborted = false
  let step = 0
  let finished: Finished | null = null
  const speak = (): void => {
    const state = source.state()
    if (state.kind === 'running') {
      const [first] = state.progress.phases
      const now = first === undefined || first.of === 0 ? 0 : Math.floor((first.done / first.of) * STEPS)
      if (now > step && now < STEPS) say(progressSentence(state.progress))
      step = Math.max(step, now)
    } else if (finished === null) {
      finished = { run: state.run, entries: entriesOf(state.run) }
      for (const text of summarySentences(state.run.summary)) say(text)
      say(HELP)
    }
  }
  if (source.state().kind === 'running') say(HELP_RUNNING)
  input.onLine((text) => {
    if (text === 'q') {
      aborted = finished === null
      if (aborted) source.control?.abort()
      end()
    } else if (finished !== null) void sayPair(finished, text, say)
    else if (text === 's') source.control?.stop()
    else say(HELP_RUNNING)
  })
  const unsubscribe = source.subscribe(speak)
  speak()
  await ended
  unsubscribe()
  return aborted ? 'aborted' : 'left'
}

interface Finished {
  readonly run: FinishedRun
  readonly entries: readonly PairEntry[]
}

/** Fixtures of the first candidate, the worst first. */
function entriesOf(run: FinishedRun): readonly PairEntry[] {
  const all: PairEntry[] = []
  for (const row of run.pairs(0)) all.push(pairEntry(row, all.length))
  return shownEntries(all, '', 'regressions')
}

async function sayPair({ run, entries }: Finished, text: string, say: Say): Promise<void> {
  const entry = /^\d+$/.test(text) ? entries[Number(text) - 1] : undefined
  if (entry === undefined) {
    say(`There are ${entries.length} fixtures. ${HELP}`)
    return
  }
  const row = await run.pair(0, entry.index)
  if (row === null) say('This fixture is no longer in the run.')
  else for (const part of pairSentences(row, await run.texts(row, 0))) say(part)
}
