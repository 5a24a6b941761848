import { DETAIL_TABS, type DetailTab } from '../report/view/detail.ts'
import type { LiveRow } from '../report/view/live-row.ts'
import { moved } from './cursor.ts'
import type { KeyPress } from './key-name.ts'
import { actionFor, type Action } from './keys.ts'
import { promptStep, type Prompt } from './prompt.ts'
import type { Effect } from './screen.ts'

type LiveSort = 'time' | 'cost' | 'total'

export interface LiveDetail {
  readonly seq: number
  readonly tab: DetailTab
  readonly scroll: number
  /** The model of the last why-not question. */
  readonly whyNot: string | null
}

/** Everything the user has set on the live screen. */
export interface LiveUi {
  readonly help: boolean
  /** Number of the selected request; null selects the last row. */
  readonly selected: number | null
  readonly follow: boolean
  readonly paused: boolean
  readonly filter: string
  readonly sort: LiveSort
  readonly detail: LiveDetail | null
  readonly prompt: Prompt<'filter' | 'why_not' | 'clear' | 'quit'> | null
}

export const LIVE_START: LiveUi = {
  help: false,
  selected: null,
  follow: true,
  paused: false,
  filter: '',
  sort: 'time',
  detail: null,
  prompt: null,
}

/** What the reducer must know of the screen besides the state. */
export interface LiveContext {
  /** The rows that are shown, filtered and sorted. */
  readonly rows: readonly LiveRow[]
  readonly page: number
  /** Lines of the open detail tab beyond the visible ones. */
  readonly detailOverflow: number
  /** Requests under way: quitting asks first. */
  readonly running: number
}

export interface LiveStep {
  readonly ui: LiveUi
  readonly effect: Effect | 'clear'
}

/** The rows that pass the filter, in the chosen order. Every word of the filter must be found. */
export function shownRows(rows: readonly LiveRow[], { filter, sort }: LiveUi): readonly LiveRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const kept = words.length === 0 ? rows : rows.filter((row) => words.every((word) => row.searchText.includes(word)))
  if (sort === 'time') return kept
  const value = (row: LiveRow): number => (sort === 'cost' ? row.costNanoUsd : row.totalMs) ?? -1
  return kept.toSorted((a, b) => value(b) - value(a) || a.seq - b.seq)
}

/** Row of the cursor; -1 on an empty list. Following, it is on the newest request. */
export function cursorOf(rows: readonly LiveRow[], ui: LiveUi): number {
  if (ui.follow) return newest(rows)
  if (ui.selected === null) return rows.length - 1
  const index = rows.findIndex(({ seq }) => seq === ui.selected)
  return index === -1 ? Math.min(0, rows.length - 1) : index
}

function newest(rows: readonly LiveRow[]): number {
  let best = rows.length - 1
  rows.forEach(({ seq }, index) => {
    if (seq > (rows[best]?.seq ?? 0)) best = index
  })
  return best
}

/** One key press. Pure: the same state and key give the same step. */
export function liveStep(ui: LiveUi, press: KeyPress, context: LiveContext): LiveStep {
  if (press.name === 'ctrl-c') return { ui, effect: 'interrupt' }
  if (press.name === 'ctrl-z') return { ui, effect: 'suspend' }
  if (ui.prompt !== null) return promptPress(ui, ui.prompt, press)
  if (ui.help) return { ui: actionFor('help', press.name) === 'back' ? { ...ui, help: false } : ui, effect: 'none' }
  if (ui.detail !== null) return detailPress(ui, ui.detail, { press, context })
  const action = actionFor('live', press.name)
  return action === null ? { ui, effect: 'none' } : listAction(ui, action, context)
}

function listAction(ui: LiveUi, action: Action, context: LiveContext): LiveStep {
  const { rows } = context
  const cursor = cursorOf(rows, ui)
  const to = moved(cursor, action, { count: rows.length, page: context.page })
  if (to !== null) return keep({ ...ui, follow: false, selected: rows[to]?.seq ?? null })
  const open = (): LiveStep => {
    const row = rows[cursor]
    return keep(row === undefined ? ui : { ...ui, detail: { seq: row.seq, tab: 'decision', scroll: 0, whyNot: null } })
  }
  const steps: Steps = {
    open,
    explain: open,
    filter: () => keep({ ...ui, prompt: { kind: 'filter', text: ui.filter } }),
    follow: () => keep({ ...ui, follow: !ui.follow, selected: rows[cursor]?.seq ?? null }),
    pause: () => keep({ ...ui, paused: !ui.paused }),
    sort: () => keep({ ...ui, sort: nextSort(ui.sort) }),
    clear: () => keep({ ...ui, prompt: { kind: 'clear', text: '' } }),
    help: () => keep({ ...ui, help: true }),
    repaint: () => ({ ui, effect: 'repaint' }),
    back: () => leave(ui, context),
  }
  return steps[action]?.() ?? keep(ui)
}

type Steps = Readonly<Partial<Record<Action, () => LiveStep>>>

/** `q` and esc: first the filter goes, then the program; running requests make it ask. */
function leave(ui: LiveUi, { running }: LiveContext): LiveStep {
  if (ui.filter !== '') return keep({ ...ui, filter: '' })
  return running > 0 ? keep({ ...ui, prompt: { kind: 'quit', text: '' } }) : { ui, effect: 'quit' }
}

function detailPress(
  ui: LiveUi,
  detail: LiveDetail,
  { press, context }: { press: KeyPress; context: LiveContext },
): LiveStep {
  const action = actionFor('detail', press.name)
  if (action === null) return keep(ui)
  const to = moved(detail.scroll, action, { count: context.detailOverflow + 1, page: context.page })
  if (to !== null) return keep({ ...ui, detail: { ...detail, scroll: to } })
  const open = (tab: DetailTab | undefined): LiveStep =>
    keep(tab === undefined ? ui : { ...ui, detail: { ...detail, tab, scroll: 0 } })
  const steps: Steps = {
    tab: () => open(DETAIL_TABS[Number(press.name) - 1]),
    next_tab: () => open(DETAIL_TABS[(DETAIL_TABS.indexOf(detail.tab) + 1) % DETAIL_TABS.length]),
    explain: () => open('decision'),
    why_not: () => keep({ ...ui, prompt: { kind: 'why_not', text: '' } }),
    help: () => keep({ ...ui, help: true }),
    repaint: () => ({ ui, effect: 'repaint' }),
    back: () => keep(detail.whyNot === null ? { ...ui, detail: null } : { ...ui, detail: { ...detail, whyNot: null } }),
  }
  return steps[action]?.() ?? keep(ui)
}

function promptPress(ui: LiveUi, prompt: NonNullable<LiveUi['prompt']>, press: KeyPress): LiveStep {
  if (prompt.kind === 'clear' || prompt.kind === 'quit') {
    const closed: LiveUi = { ...ui, prompt: null }
    if (press.name !== 'y') return keep(closed)
    return prompt.kind === 'quit'
      ? { ui: closed, effect: 'quit' }
      : { ui: { ...closed, follow: true, selected: null, paused: false }, effect: 'clear' }
  }
  const step = promptStep(prompt, press)
  if (step.kind === 'edit') {
    const next: LiveUi = { ...ui, prompt: step.prompt }
    // The list narrows while the filter is typed.
    return keep(prompt.kind === 'filter' ? { ...next, filter: step.prompt.text } : next)
  }
  const closed: LiveUi = { ...ui, prompt: null }
  if (prompt.kind === 'filter') return keep({ ...closed, filter: step.kind === 'submit' ? step.text : '' })
  if (step.kind === 'cancel' || ui.detail === null || step.text === '') return keep(closed)
  return keep({ ...closed, detail: { ...ui.detail, tab: 'decision', scroll: 0, whyNot: step.text } })
}

function nextSort(sort: LiveSort): LiveSort {
  switch (sort) {
    case 'time':
      return 'cost'
    case 'cost':
      return 'total'
    case 'total':
      return 'time'
  }
}

function keep(ui: LiveUi): LiveStep {
  return { ui, effect: 'none' }
}
