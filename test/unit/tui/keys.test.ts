import { describe, expect, it } from 'vitest'
import { plainText } from '../../../src/report/view/frame.ts'
import { lookOf, textWidth } from '../../../src/report/view/width.ts'
import { helpLines, hintLine } from '../../../src/tui/hints.ts'
import { keyPresses, type InkKey } from '../../../src/tui/key-name.ts'
import { actionFor, bindingsOf, KEYS, type ScreenName } from '../../../src/tui/keys.ts'
import { SIZES } from './samples.ts'

const SCREENS: readonly ScreenName[] = ['live', 'detail', 'progress', 'summary', 'pair', 'help']

describe('key table', () => {
  it.each(SCREENS)('gives every key of %s one meaning', (screen) => {
    const keys = bindingsOf(screen).flatMap((binding) => binding.keys)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('uses a key for the same action on every screen, but for the way out', () => {
    const meanings = new Map<string, Set<string>>()
    for (const { keys, action } of KEYS) {
      for (const key of keys) meanings.set(key, (meanings.get(key) ?? new Set()).add(action))
    }
    const several = [...meanings].filter(([, actions]) => actions.size > 1).map(([key]) => key)
    expect(several).toEqual(['q'])
  })

  it('has no action without a key on some screen', () => {
    for (const { action, keys, screens } of KEYS) {
      for (const screen of screens) for (const key of keys) expect(actionFor(screen, key)).toBe(action)
    }
  })
})

describe('help', () => {
  it.each(SIZES.flatMap((size) => SCREENS.map((screen) => [screen, size] as const)))(
    'of %s names every key of the screen at %o, uncut',
    (screen, size) => {
      const lines = helpLines(screen, size, lookOf(true)).map((line) => plainText(line))
      expect(lines.length).toBeLessThanOrEqual(size.rows - 2)
      for (const line of lines) expect(textWidth(line.trimEnd())).toBeLessThanOrEqual(size.columns)
      for (const { help } of bindingsOf(screen)) expect(lines.join('\n')).toContain(help)
    },
  )

  it.each(SIZES)('hints fit in one line and keep the way out at %o', ({ columns }) => {
    for (const screen of SCREENS) {
      const text = plainText(hintLine(screen, columns))
      expect(textWidth(text)).toBeLessThanOrEqual(columns)
      expect(text).toContain('q ')
    }
  })
})

const NO_KEY: InkKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageUp: false,
  pageDown: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  tab: false,
  backspace: false,
  delete: false,
  ctrl: false,
  meta: false,
}

describe('keyPresses', () => {
  it.each<[string, Partial<InkKey>, string[]]>([
    ['', { upArrow: true }, ['up']],
    ['', { return: true }, ['enter']],
    ['', { escape: true, meta: true }, ['esc']],
    ['', { delete: true }, ['backspace']],
    ['f', { ctrl: true }, ['ctrl-f']],
    ['G', {}, ['G']],
    ['jjq', {}, ['j', 'j', 'q']],
    ['abc\r', {}, ['a', 'b', 'c', 'enter']],
    ['x', { meta: true }, []],
    ['\u0000', {}, []],
  ])('%j %o', (input, key, names) => {
    expect(keyPresses(input, { ...NO_KEY, ...key }).map(({ name }) => name)).toEqual(names)
  })
})
