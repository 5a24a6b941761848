import {
  bodyRows,
  BLANK,
  finish,
  line,
  rule,
  span,
  stack,
  type Frame,
  type Line,
  type Size,
} from '../report/view/frame.ts'
import { entryList, type PairEntry } from '../report/view/pair-entries.ts'
import { pairFrame, pairHeader } from '../report/view/pair-view.ts'
import { progressFrame } from '../report/view/progress-view.ts'
import type { FinishedRun, ReplaySource } from '../report/view/replay-source.ts'
import { overviewFrame, slicesFrame, summaryHeader } from '../report/view/summary-view.ts'
import { lookOf, type Look } from '../report/view/width.ts'
import { EntryList } from './entry-list.ts'
import { helpLines, hintLine } from './hints.ts'
import type { KeyPress } from './key-name.ts'
import { PairLoader } from './loaded-pair.ts'
import { REPLAY_START, replayScreen, replayStep, type ReplayUi, type RunEffect } from './replay-ui.ts'
import type { Effect, ScreenProgram } from './screen.ts'
import { textPart } from './text-part.ts'

/** Progress, summary and fixtures of a replay, as a program without a terminal. `aborted` tells how it ended. */
export function replayProgram(
  source: ReplaySource,
  options: { readonly ascii: boolean },
): ScreenProgram & { aborted(): boolean } {
  return new ReplayProgram(source, lookOf(options.ascii))
}

class ReplayProgram implements ScreenProgram {
  readonly #source: ReplaySource
  readonly #look: Look
  readonly #listeners = new Set<() => void>()
  #ui: ReplayUi = REPLAY_START
  #aborted = false
  #stopping = false
  #loader: PairLoader | null = null
  readonly #entries = new EntryList()

  constructor(source: ReplaySource, look: Look) {
    this.#source = source
    this.#look = look
  }

  aborted(): boolean {
    return this.#aborted
  }

  subscribe(redraw: () => void): () => void {
    this.#listeners.add(redraw)
    const unsubscribe = this.#source.subscribe(redraw)
    return () => {
      this.#listeners.delete(redraw)
      unsubscribe()
    }
  }

  frame(size: Size): Frame {
    return finish(this.#draw(size), size, this.#look)
  }

  press(press: KeyPress, size: Size): Effect {
    const state = this.#source.state()
    const running = state.kind === 'running'
    const step = replayStep(this.#ui, press, {
      running,
      paused: running && state.progress.paused,
      canPause: this.#source.control?.pause !== undefined,
      candidates: running ? 0 : state.run.summary.candidates.length,
      entries: running ? 0 : this.#shown(state.run).length,
      page: this.#page(size),
      overflow: running ? 0 : this.#overflow(state.run, size),
    })
    this.#ui = step.ui
    return this.#perform(step.effect)
  }

  #perform(effect: RunEffect): Effect {
    const { control } = this.#source
    if (effect === 'pause' || effect === 'continue') {
      control?.pause?.(effect === 'pause')
      return 'none'
    }
    if (effect === 'stop') {
      this.#stopping = true
      control?.stop()
      return 'none'
    }
    if (effect !== 'abort') return effect
    this.#aborted = true
    control?.abort()
    return 'quit'
  }

  #draw(size: Size): Frame {
    const state = this.#source.state()
    const screen = replayScreen(this.#ui, state.kind === 'running')
    if (this.#ui.help) {
      return stack(
        { header: [], body: helpLines(screen, size, this.#look), footer: [hintLine('help', size.columns)] },
        size,
      )
    }
    if (state.kind === 'running') {
      const paused = state.progress.paused
      const words = { pause: this.#source.control?.pause === undefined ? '' : paused ? 'continue' : 'pause' }
      const body = progressFrame(state.progress, size.columns, this.#look)
      return stack({ header: [], body, footer: this.#footer(size, hintLine('progress', size.columns, words)) }, size)
    }
    return this.#ui.pairOpen ? this.#pair(state.run, size) : this.#summary(state.run, size)
  }

  #footer({ columns }: Size, hints: Line): Frame {
    const { prompt } = this.#ui
    const ending = this.#stopping && this.#source.state().kind === 'running'
    if (prompt === null)
      return ending ? [line(' stopping after what is under way', 'warn')] : [rule(columns, this.#look), hints]
    const ask =
      prompt.kind === 'abort'
        ? line(' abort the run? it can be resumed. y/n', 'warn')
        : [span(' /', 'strong'), span(`${prompt.text}_`), span('   enter keep, esc clear', 'dim')]
    return [rule(columns, this.#look), ask]
  }

  #summary(run: FinishedRun, size: Size): Frame {
    const { tab, candidate, sort, filter, cursor, scroll } = this.#ui
    const header = [...summaryHeader(run.summary, { tab, candidate }, size.columns), rule(size.columns, this.#look)]
    const words = {
      open: tab === 'fixtures' ? 'compare' : 'drill down',
      sort: `sort ${sort}`,
      next_candidate: run.summary.candidates.length > 1 ? 'candidate' : '',
    }
    const footer = this.#footer(size, hintLine('summary', size.columns, words))
    const room = bodyRows({ header, footer }, size)
    if (tab !== 'fixtures')
      return stack({ header, body: textPart(this.#tabLines(run, size), scroll, room), footer }, size)
    const entries = this.#shown(run)
    const view = { cursor: Math.min(cursor, entries.length - 1), height: room, columns: size.columns, look: this.#look }
    const empty = filter === '' ? '   no fixtures' : `   nothing matches "${filter}"`
    return stack({ header, body: entries.length === 0 ? [BLANK, line(empty)] : entryList(entries, view), footer }, size)
  }

  #tabLines(run: FinishedRun, { columns }: Size): Frame {
    const view = { columns, look: this.#look }
    const chosen = run.summary.candidates[this.#ui.candidate]
    if (this.#ui.tab === 'slices' && chosen !== undefined) return slicesFrame(chosen, view)
    return overviewFrame(run.summary, this.#ui.candidate, view)
  }

  #pair(run: FinishedRun, size: Size): Frame {
    const footer = this.#footer(size, hintLine('pair', size.columns))
    const loaded = this.#loaded(run)
    if (loaded.kind !== 'row') {
      const text = loaded.kind === 'loading' ? 'reading' : loaded.message
      return stack({ header: [], body: [BLANK, line(`   ${text}`)], footer }, size)
    }
    const place = { position: this.#ui.cursor + 1, of: this.#shown(run).length }
    const header = [...pairHeader(loaded.row, place, size.columns), rule(size.columns, this.#look)]
    const room = bodyRows({ header, footer }, size)
    return stack({ header, body: textPart(this.#pairLines(run, size), this.#ui.pairScroll, room), footer }, size)
  }

  #pairLines(run: FinishedRun, { columns }: Size): Frame {
    const loaded = this.#loaded(run)
    if (loaded.kind !== 'row') return []
    const { diffStyle: style, context } = this.#ui
    return pairFrame(loaded.row, loaded.texts, { columns, look: this.#look, style, context })
  }

  #loaded(run: FinishedRun): ReturnType<PairLoader['at']> {
    this.#loader ??= new PairLoader(run, () => {
      for (const listener of this.#listeners) listener()
    })
    const entry = this.#shown(run)[this.#ui.cursor]
    if (entry === undefined) return { kind: 'failed', message: 'no such fixture' }
    return this.#loader.at(this.#ui.candidate, entry.index)
  }

  #shown(run: FinishedRun): readonly PairEntry[] {
    return this.#entries.of(run, this.#ui)
  }

  #overflow(run: FinishedRun, size: Size): number {
    const { pairOpen, tab } = this.#ui
    const lines = pairOpen ? this.#pairLines(run, size) : tab === 'fixtures' ? [] : this.#tabLines(run, size)
    return Math.max(0, lines.length - this.#page(size))
  }

  /** Lines of the part that scrolls: all but header, rules and hints. */
  #page({ rows }: Size): number {
    return Math.max(1, rows - 1 - (this.#ui.pairOpen ? 4 : 5))
  }
}
