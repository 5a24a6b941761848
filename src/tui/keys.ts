/** The screens that take keys. */
export type ScreenName = 'live' | 'detail' | 'progress' | 'summary' | 'pair' | 'help'

/** What a key does. One meaning everywhere; a screen that has no use for an action does not list it. */
export type Action =
  | 'up'
  | 'down'
  | 'page_up'
  | 'page_down'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'tab'
  | 'next_tab'
  | 'help'
  | 'filter'
  | 'follow'
  | 'pause'
  | 'clear'
  | 'sort'
  | 'explain'
  | 'why_not'
  | 'next'
  | 'previous'
  | 'next_candidate'
  | 'previous_candidate'
  | 'diff_style'
  | 'less_context'
  | 'more_context'
  | 'stop'
  | 'abort'
  | 'repaint'
  | 'suspend'
  | 'interrupt'

export interface KeyBinding {
  /** Names as `keyName()` gives them. */
  readonly keys: readonly string[]
  readonly action: Action
  /** What it does, for the help screen. */
  readonly help: string
  /** One word for the line at the bottom; left out there when absent. */
  readonly hint?: string
  readonly screens: readonly ScreenName[]
}

const LISTS: readonly ScreenName[] = ['live', 'summary']
const SCROLLING: readonly ScreenName[] = ['live', 'detail', 'summary', 'pair']
const EVERYWHERE: readonly ScreenName[] = ['live', 'detail', 'progress', 'summary', 'pair', 'help']
const WORKING: readonly ScreenName[] = ['live', 'detail', 'progress', 'summary', 'pair']

/** Every key there is. Help screens and the hints at the bottom are made from this table. */
export const KEYS: readonly KeyBinding[] = [
  { keys: ['j', 'down'], action: 'down', help: 'move down', screens: SCROLLING },
  { keys: ['k', 'up'], action: 'up', help: 'move up', screens: SCROLLING },
  { keys: ['pagedown', 'ctrl-f'], action: 'page_down', help: 'one page down', screens: SCROLLING },
  { keys: ['pageup', 'ctrl-b'], action: 'page_up', help: 'one page up', screens: SCROLLING },
  { keys: ['g', 'home'], action: 'first', help: 'first line', screens: SCROLLING },
  { keys: ['G', 'end'], action: 'last', help: 'last line', screens: SCROLLING },
  { keys: ['enter'], action: 'open', help: 'open this line', hint: 'detail', screens: LISTS },
  {
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    action: 'tab',
    help: 'open this tab',
    screens: ['detail', 'summary'],
  },
  { keys: ['tab'], action: 'next_tab', help: 'next tab', hint: 'next tab', screens: ['detail', 'summary'] },
  { keys: ['/'], action: 'filter', help: 'filter; esc clears', hint: 'filter', screens: LISTS },
  { keys: ['f'], action: 'follow', help: 'follow the newest', hint: 'follow', screens: ['live'] },
  { keys: ['e'], action: 'explain', help: 'explain the decision', hint: 'explain', screens: ['live', 'detail'] },
  { keys: ['W'], action: 'why_not', help: 'why not this model?', hint: 'why not', screens: ['detail'] },
  { keys: ['p'], action: 'pause', help: 'pause or continue', hint: 'pause', screens: ['live', 'progress'] },
  { keys: ['o'], action: 'sort', help: 'sort by something else', hint: 'sort', screens: LISTS },
  { keys: ['right'], action: 'next_candidate', help: 'next candidate', hint: 'candidate', screens: ['summary'] },
  { keys: ['left'], action: 'previous_candidate', help: 'previous candidate', screens: ['summary'] },
  { keys: ['n'], action: 'next', help: 'next fixture', hint: 'next', screens: ['pair'] },
  { keys: ['N'], action: 'previous', help: 'previous fixture', hint: 'previous', screens: ['pair'] },
  { keys: ['d'], action: 'diff_style', help: 'next style of diff', hint: 'diff style', screens: ['pair'] },
  { keys: ['{'], action: 'less_context', help: 'less context', screens: ['pair'] },
  { keys: ['}'], action: 'more_context', help: 'more context', screens: ['pair'] },
  { keys: ['s'], action: 'stop', help: 'stop and summarise', hint: 'stop and summarise', screens: ['progress'] },
  { keys: ['z'], action: 'clear', help: 'clear the list (asks)', screens: ['live'] },
  { keys: ['ctrl-r'], action: 'repaint', help: 'draw the screen again', screens: EVERYWHERE },
  { keys: ['?'], action: 'help', help: 'this help', hint: 'help', screens: WORKING },
  { keys: ['q'], action: 'abort', help: 'abort (resume later)', hint: 'abort', screens: ['progress'] },
  { keys: ['q', 'esc'], action: 'back', help: 'back', hint: 'back', screens: ['detail', 'pair', 'help'] },
  { keys: ['q', 'esc'], action: 'back', help: 'quit (esc: filter first)', hint: 'quit', screens: LISTS },
  { keys: ['ctrl-c'], action: 'interrupt', help: 'stop; twice: at once', screens: EVERYWHERE },
  { keys: ['ctrl-z'], action: 'suspend', help: 'suspend', screens: EVERYWHERE },
]

/** What a key does on a screen; null when it does nothing there. */
export function actionFor(screen: ScreenName, key: string): Action | null {
  return KEYS.find((binding) => binding.screens.includes(screen) && binding.keys.includes(key))?.action ?? null
}

export function bindingsOf(screen: ScreenName): readonly KeyBinding[] {
  return KEYS.filter(({ screens }) => screens.includes(screen))
}
