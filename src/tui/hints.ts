import { joinSegments, line, rule, span, BLANK, type Frame, type Line, type Segment } from '../report/view/frame.ts'
import type { Look } from '../report/view/width.ts'
import { bindingsOf, type Action, type ScreenName } from './keys.ts'

const SCREEN_TITLES: Readonly<Record<ScreenName, string>> = {
  live: 'requests',
  detail: 'one request',
  progress: 'replay in progress',
  summary: 'replay summary',
  pair: 'one fixture',
  help: 'help',
}

/** The line at the bottom: the keys of this screen, as many as fit. `words` replaces a hint, such as `follow on`. */
export function hintLine(
  screen: ScreenName,
  columns: number,
  words: Readonly<Partial<Record<Action, string>>> = {},
): Line {
  const segments = bindingsOf(screen).flatMap((binding, index): Segment[] => {
    const word = words[binding.action] ?? binding.hint
    if (word === undefined || word === '') return []
    const key = binding.keys[0] ?? ''
    // Ways out and help are kept longest.
    const keep = binding.action === 'back' || binding.action === 'abort' || binding.action === 'help' ? 100 : 50 - index
    return [{ spans: [span(key, 'strong'), span(` ${word}`, 'dim')], keep }]
  })
  return [span(' '), ...joinSegments(segments, columns - 1, '  ')]
}

/** The help screen: every key of a screen, in two columns when there is room. */
export function helpLines(screen: ScreenName, size: { columns: number; rows: number }, look: Look): Frame {
  const entries = bindingsOf(screen).map(({ keys, help }) => `${keysText(keys).padEnd(18)} ${help}`)
  const half = Math.ceil(entries.length / 2)
  const tall = entries.length + 4 <= size.rows
  const width = Math.floor((size.columns - 2) / 2)
  const rows = tall
    ? entries.map((entry) => line(` ${entry}`))
    : entries.slice(0, half).map((entry, index) => {
        const other = entries[half + index] ?? ''
        return line(` ${short(entry, width)}${short(other, width)}`)
      })
  return [line(` keys: ${SCREEN_TITLES[screen]}`, 'strong'), rule(size.columns, look), ...rows, BLANK]
}

/** In two columns the keys stand directly in front of their meaning, so that 64 columns are enough. */
function short(text: string, width: number): string {
  return text.replace(/ {2,}/, ' ').padEnd(width)
}

/** `j down`; a run of digits becomes `1..9`. */
function keysText(keys: readonly string[]): string {
  return keys.length > 4 ? `${keys[0] ?? ''}..${keys.at(-1) ?? ''}` : keys.join(' ')
}
