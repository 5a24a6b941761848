import { DIFF_STYLES, type DiffStyle } from '../report/view/diff-lines.ts'
import { PAIR_SORTS, type PairSort } from '../report/view/pair-entries.ts'
import { SUMMARY_TABS, type SummaryTab } from '../report/view/summary-view.ts'
import { moved } from './cursor.ts'
import type { KeyPress } from './key-name.ts'
import { actionFor, type Action, type ScreenName } from './keys.ts'
import { promptStep, type Prompt } from './prompt.ts'
import type { Effect } from './screen.ts'

/** Everything the user has set on the replay screens. */
export interface ReplayUi {
  readonly help: boolean
  readonly tab: SummaryTab
  /** Which candidate is shown, from 0. */
  readonly candidate: number
  /** Line of the list of fixtures. */
  readonly cursor: number
  /** First visible line of the other tabs. */
  readonly scroll: number
  readonly filter: string
  readonly sort: PairSort
  /** A fixture is open; it is the one under the cursor. */
  readonly pairOpen: boolean
  readonly pairScroll: number
  readonly diffStyle: DiffStyle
  readonly context: number
  readonly prompt: Prompt<'filter' | 'abort'> | null
}

export const REPLAY_START: ReplayUi = {
  help: false,
  tab: 'summary',
  candidate: 0,
  cursor: 0,
  scroll: 0,
  filter: '',
  sort: 'regressions',
  pairOpen: false,
  pairScroll: 0,
  diffStyle: 'word',
  context: 3,
  prompt: null,
}

/** What the reducer must know of the screen besides the state. */
export interface ReplayContext {
  readonly running: boolean
  readonly paused: boolean
  readonly canPause: boolean
  readonly candidates: number
  /** Lines of the list of fixtures as shown. */
  readonly entries: number
  readonly page: number
  /** Lines beyond the visible ones, of the open tab and of the open fixture. */
  readonly overflow: number
}

/** What a key asks of the run besides what it asks of the terminal. */
export type RunEffect = Effect | 'pause' | 'continue' | 'stop' | 'abort'

export interface ReplayStep {
  readonly ui: ReplayUi
  readonly effect: RunEffect
}

const MOST_CONTEXT = 50

export function replayScreen(ui: ReplayUi, running: boolean): ScreenName {
  if (running) return 'progress'
  return ui.pairOpen ? 'pair' : 'summary'
}

/** One key press. Pure: the same state and key give the same step. */
export function replayStep(ui: ReplayUi, press: KeyPress, context: ReplayContext): ReplayStep {
  // There is nothing to stop once the run is over.
  if (press.name === 'ctrl-c') return { ui, effect: context.running ? 'interrupt' : 'quit' }
  if (press.name === 'ctrl-z') return { ui, effect: 'suspend' }
  if (ui.prompt !== null) return promptPress(ui, ui.prompt, press)
  if (ui.help) return keep(actionFor('help', press.name) === 'back' ? { ...ui, help: false } : ui)
  const screen = replayScreen(ui, context.running)
  const action = actionFor(screen, press.name)
  if (action === null) return keep(ui)
  if (action === 'help') return keep({ ...ui, help: true })
  if (action === 'repaint') return { ui, effect: 'repaint' }
  if (screen === 'progress') return progressAction(ui, action, context)
  return screen === 'pair' ? pairAction(ui, action, context) : summaryAction(ui, action, { press, context })
}

function progressAction(ui: ReplayUi, action: Action, { paused, canPause }: ReplayContext): ReplayStep {
  const steps: Steps = {
    pause: () => ({ ui, effect: !canPause ? 'none' : paused ? 'continue' : 'pause' }),
    stop: () => ({ ui, effect: 'stop' }),
    abort: () => keep({ ...ui, prompt: { kind: 'abort', text: '' } }),
  }
  return steps[action]?.() ?? keep(ui)
}

type Steps = Readonly<Partial<Record<Action, () => ReplayStep>>>

function summaryAction(
  ui: ReplayUi,
  action: Action,
  { press, context }: { press: KeyPress; context: ReplayContext },
): ReplayStep {
  const moving = moveOnTab(ui, action, context)
  if (moving !== null) return keep(moving)
  const openTab = (tab: SummaryTab | undefined): ReplayStep => keep(tab === undefined ? ui : { ...ui, tab, scroll: 0 })
  const go = (step: number): ReplayStep => {
    const candidate = (ui.candidate + step + context.candidates) % Math.max(1, context.candidates)
    return keep({ ...ui, candidate, cursor: 0, scroll: 0 })
  }
  const openFixture = (): ReplayStep => keep(context.entries === 0 ? ui : { ...ui, pairOpen: true, pairScroll: 0 })
  const steps: Steps = {
    tab: () => openTab(SUMMARY_TABS[Number(press.name) - 1]),
    next_tab: () => openTab(nextOf(SUMMARY_TABS, ui.tab)),
    next_candidate: () => go(1),
    previous_candidate: () => go(-1),
    open: () => (ui.tab === 'fixtures' ? openFixture() : openTab('fixtures')),
    filter: () => keep({ ...ui, tab: 'fixtures', prompt: { kind: 'filter', text: ui.filter } }),
    sort: () => keep({ ...ui, tab: 'fixtures', sort: nextOf(PAIR_SORTS, ui.sort), cursor: 0 }),
    back: () => (ui.filter === '' ? { ui, effect: 'quit' } : keep({ ...ui, filter: '', cursor: 0 })),
  }
  return steps[action]?.() ?? keep(ui)
}

function moveOnTab(ui: ReplayUi, action: Action, { entries, page, overflow }: ReplayContext): ReplayUi | null {
  if (ui.tab === 'fixtures') {
    const cursor = moved(ui.cursor, action, { count: entries, page })
    return cursor === null ? null : { ...ui, cursor }
  }
  const scroll = moved(ui.scroll, action, { count: overflow + 1, page })
  return scroll === null ? null : { ...ui, scroll }
}

function pairAction(ui: ReplayUi, action: Action, { entries, page, overflow }: ReplayContext): ReplayStep {
  const scroll = moved(ui.pairScroll, action, { count: overflow + 1, page })
  if (scroll !== null) return keep({ ...ui, pairScroll: scroll })
  const go = (step: number): ReplayStep =>
    keep({ ...ui, cursor: Math.max(0, Math.min(entries - 1, ui.cursor + step)), pairScroll: 0 })
  const steps: Steps = {
    next: () => go(1),
    previous: () => go(-1),
    diff_style: () => keep({ ...ui, diffStyle: nextOf(DIFF_STYLES, ui.diffStyle), pairScroll: 0 }),
    less_context: () => keep({ ...ui, context: Math.max(0, ui.context - 1) }),
    more_context: () => keep({ ...ui, context: Math.min(MOST_CONTEXT, ui.context + 1) }),
    back: () => keep({ ...ui, pairOpen: false }),
  }
  return steps[action]?.() ?? keep(ui)
}

function promptPress(ui: ReplayUi, prompt: NonNullable<ReplayUi['prompt']>, press: KeyPress): ReplayStep {
  if (prompt.kind === 'abort') return { ui: { ...ui, prompt: null }, effect: press.name === 'y' ? 'abort' : 'none' }
  const step = promptStep(prompt, press)
  if (step.kind === 'edit') return keep({ ...ui, prompt: step.prompt, filter: step.prompt.text, cursor: 0 })
  return keep({ ...ui, prompt: null, filter: step.kind === 'submit' ? step.text : '', cursor: 0 })
}

function nextOf<T>(all: readonly T[], current: T): T {
  return all[(all.indexOf(current) + 1) % all.length] ?? current
}

function keep(ui: ReplayUi): ReplayStep {
  return { ui, effect: 'none' }
}
