/** The parts of Ink's key description that we use. */
export interface InkKey {
  readonly upArrow: boolean
  readonly downArrow: boolean
  readonly leftArrow: boolean
  readonly rightArrow: boolean
  readonly pageUp: boolean
  readonly pageDown: boolean
  readonly home: boolean
  readonly end: boolean
  readonly return: boolean
  readonly escape: boolean
  readonly tab: boolean
  readonly backspace: boolean
  readonly delete: boolean
  readonly ctrl: boolean
  readonly meta: boolean
}

/** A key press: its name (`j`, `down`, `ctrl-f`, `enter`), and the text it types into a prompt. */
export interface KeyPress {
  readonly name: string
  readonly text: string
}

const NAMED: readonly (readonly [keyof InkKey, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  // Most terminals send DEL for the backspace key.
  ['delete', 'backspace'],
]

/** Key presses of one input event. Fast typing and pasting arrive as one event with several characters. */
export function keyPresses(input: string, key: InkKey): readonly KeyPress[] {
  const named = NAMED.find(([flag]) => key[flag])
  if (named !== undefined) return [{ name: named[1], text: '' }]
  if (key.ctrl) return [{ name: `ctrl-${input}`, text: '' }]
  if (key.meta) return []
  return Array.from(input).flatMap((character) => typed(character))
}

function typed(character: string): KeyPress[] {
  if (character === '\r' || character === '\n') return [{ name: 'enter', text: '' }]
  if (character === '\t') return [{ name: 'tab', text: '' }]
  if (character === '\u007f' || character === '\b') return [{ name: 'backspace', text: '' }]
  if (character === '\u0003') return [{ name: 'ctrl-c', text: '' }]
  if (character < ' ') return []
  return [{ name: character, text: character }]
}
