import { describe, expect, it } from 'vitest'
import { cursorOf, LIVE_START, liveStep, shownRows, type LiveContext, type LiveUi } from '../../../src/tui/live-ui.ts'
import { busyFeed } from './samples.ts'

const ROWS = busyFeed().snapshot().rows
const CONTEXT: LiveContext = { rows: ROWS, page: 3, detailOverflow: 10, running: 0 }

/** The state after some keys; single characters type themselves. */
function after(keys: readonly string[], start: LiveUi = LIVE_START, context: Partial<LiveContext> = {}): LiveUi {
  return keys.reduce((ui, name) => step(ui, name, context).ui, start)
}

function step(ui: LiveUi, name: string, context: Partial<LiveContext> = {}): ReturnType<typeof liveStep> {
  const rows = shownRows(context.rows ?? ROWS, ui)
  return liveStep(ui, { name, text: name.length === 1 ? name : '' }, { ...CONTEXT, ...context, rows })
}

describe('live list', () => {
  it('follows the newest request until the cursor is moved, and again on f', () => {
    expect(cursorOf(ROWS, LIVE_START)).toBe(7)
    const up = after(['k', 'up'])
    expect([cursorOf(ROWS, up), up.follow]).toEqual([5, false])
    expect(cursorOf(ROWS.slice(0, 6), up)).toBe(5)
    expect(after(['f'], up).follow).toBe(true)
  })

  it.each([
    [['g'], 0],
    [['g', 'j', 'down'], 2],
    [['g', 'pagedown'], 3],
    [['g', 'ctrl-f', 'ctrl-f', 'ctrl-f'], 7],
    [['pageup'], 4],
    [['g', 'k'], 0],
    [['g', 'G'], 7],
    [['home', 'end'], 7],
  ])('moves by %j to row %i', (keys, row) => {
    expect(cursorOf(ROWS, after(keys))).toBe(row)
  })

  it('keeps its place by request, not by row, when older rows go', () => {
    const ui = after(['g', 'j', 'j', 'j'])
    expect(cursorOf(ROWS.slice(2), ui)).toBe(1)
  })

  it('filters while typing, keeps the filter on enter, clears it on esc', () => {
    const typing = after(['/', 'c', 'h', 'a', 'o', 's'])
    expect(shownRows(ROWS, typing).map(({ requestId }) => requestId)).toEqual(['req_3'])
    const kept = after(['enter'], typing)
    expect([kept.prompt, kept.filter]).toEqual([null, 'chaos'])
    expect(after(['esc'], typing).filter).toBe('')
    expect(after(['esc'], kept).filter).toBe('')
    expect(step(after(['esc'], kept), 'q').effect).toBe('quit')
  })

  it('types letters into the filter instead of obeying them', () => {
    expect(after(['/', 'q', 'z', 'backspace']).prompt).toEqual({ kind: 'filter', text: 'q' })
  })

  it('sorts by cost, by time taken, and back', () => {
    expect(after(['o']).sort).toBe('cost')
    const rows = shownRows(ROWS, after(['o', 'o']))
    expect(rows[0]?.totalMs).toBe(2_100)
    expect(shownRows(ROWS, after(['o', 'o', 'o']))).toBe(ROWS)
  })

  it('asks before clearing', () => {
    const asked = after(['z'])
    expect(asked.prompt?.kind).toBe('clear')
    expect(step(asked, 'n').effect).toBe('none')
    expect(step(asked, 'y').effect).toBe('clear')
  })

  it('quits at once when nothing runs, and asks when requests are running', () => {
    expect(step(LIVE_START, 'q').effect).toBe('quit')
    const asked = step(LIVE_START, 'q', { running: 2 })
    expect([asked.effect, asked.ui.prompt?.kind]).toEqual(['none', 'quit'])
    expect(step(asked.ui, 'n').effect).toBe('none')
    expect(step(asked.ui, 'y').effect).toBe('quit')
  })

  it('interrupts and suspends from anywhere', () => {
    for (const ui of [LIVE_START, after(['?']), after(['/']), after(['enter'])]) {
      expect(step(ui, 'ctrl-c').effect).toBe('interrupt')
      expect(step(ui, 'ctrl-z').effect).toBe('suspend')
    }
  })

  it('does nothing for keys without a meaning here', () => {
    expect(step(LIVE_START, 'x')).toEqual({ ui: LIVE_START, effect: 'none' })
    expect(after(['enter'], LIVE_START, { rows: [] }).detail).toBeNull()
  })
})

describe('request detail', () => {
  const open = after(['g', 'j', 'enter'])

  it('opens the selected request and goes back with esc or q', () => {
    expect(open.detail).toEqual({ seq: 2, tab: 'decision', scroll: 0, whyNot: null })
    expect(after(['esc'], open).detail).toBeNull()
    expect(after(['q'], open).detail).toBeNull()
  })

  it('goes through the tabs by number and by tab', () => {
    expect(after(['3'], open).detail?.tab).toBe('raw')
    expect(after(['tab', 'tab'], open).detail?.tab).toBe('raw')
    expect(after(['tab', 'tab', 'tab'], open).detail?.tab).toBe('decision')
    expect(after(['9'], open).detail?.tab).toBe('decision')
  })

  it('scrolls no further than there is text', () => {
    expect(after(['G'], open).detail?.scroll).toBe(10)
    expect(after(['G', 'j'], open).detail?.scroll).toBe(10)
    expect(after(['pagedown', 'k'], open).detail?.scroll).toBe(2)
  })

  it('asks why a model was not chosen, and esc leaves the answer first', () => {
    const answered = after(['W', 'd', 'e', 'a', 'r', 'enter'], open)
    expect(answered.detail).toMatchObject({ whyNot: 'dear', tab: 'decision' })
    expect(after(['esc'], answered).detail).toMatchObject({ whyNot: null })
    expect(after(['W', 'd', 'esc'], open).detail?.whyNot).toBeNull()
  })

  it('shows help above and returns to where it was', () => {
    expect(after(['?', 'j', 'esc'], open)).toEqual(open)
  })
})
