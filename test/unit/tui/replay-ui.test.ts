import { describe, expect, it } from 'vitest'
import { REPLAY_START, replayStep, type ReplayContext, type ReplayUi } from '../../../src/tui/replay-ui.ts'

const DONE: ReplayContext = {
  running: false,
  paused: false,
  canPause: true,
  candidates: 2,
  entries: 20,
  page: 5,
  overflow: 8,
}
const RUNNING: ReplayContext = { ...DONE, running: true }

function step(ui: ReplayUi, name: string, context = DONE): ReturnType<typeof replayStep> {
  return replayStep(ui, { name, text: name.length === 1 ? name : '' }, context)
}

function after(keys: readonly string[], start: ReplayUi = REPLAY_START, context = DONE): ReplayUi {
  return keys.reduce((ui, name) => step(ui, name, context).ui, start)
}

describe('replay in progress', () => {
  it('pauses and continues, unless the run can not', () => {
    expect(step(REPLAY_START, 'p', RUNNING).effect).toBe('pause')
    expect(step(REPLAY_START, 'p', { ...RUNNING, paused: true }).effect).toBe('continue')
    expect(step(REPLAY_START, 'p', { ...RUNNING, canPause: false }).effect).toBe('none')
  })

  it('stops and summarises on s, aborts on q only after y', () => {
    expect(step(REPLAY_START, 's', RUNNING).effect).toBe('stop')
    const asked = step(REPLAY_START, 'q', RUNNING)
    expect([asked.effect, asked.ui.prompt?.kind]).toEqual(['none', 'abort'])
    expect(step(asked.ui, 'y', RUNNING).effect).toBe('abort')
    expect(step(asked.ui, 'q', RUNNING)).toEqual({ ui: REPLAY_START, effect: 'none' })
  })

  it('interrupts the run on Ctrl-C, and only leaves when there is none to interrupt', () => {
    expect(step(REPLAY_START, 'ctrl-c', RUNNING).effect).toBe('interrupt')
    expect(step(REPLAY_START, 'ctrl-c').effect).toBe('quit')
  })

  it('has no use for the keys of the summary', () => {
    expect(after(['2', 'enter', '/', 'o'], REPLAY_START, RUNNING)).toEqual(REPLAY_START)
  })
})

describe('summary', () => {
  it('drills down from the summary to the fixtures to one fixture, and back', () => {
    const list = after(['enter'])
    expect(list.tab).toBe('fixtures')
    const pair = after(['j', 'j', 'enter'], list)
    expect([pair.pairOpen, pair.cursor]).toEqual([true, 2])
    expect(after(['esc'], pair)).toMatchObject({ pairOpen: false, cursor: 2 })
    expect(step(list, 'q').effect).toBe('quit')
  })

  it('goes through tabs and candidates', () => {
    expect(after(['tab', 'tab']).tab).toBe('slices')
    expect(after(['3', '1']).tab).toBe('summary')
    expect(after(['right']).candidate).toBe(1)
    expect(after(['right', 'right']).candidate).toBe(0)
    expect(after(['left']).candidate).toBe(1)
  })

  it('scrolls text and moves in the list, never beyond the end', () => {
    expect(after(['G', 'j']).scroll).toBe(8)
    expect(after(['2', 'G', 'j']).cursor).toBe(19)
    expect(after(['2', 'pagedown', 'k']).cursor).toBe(4)
  })

  it('filters and sorts the fixtures from any tab', () => {
    const typing = after(['/', 'c', 'o'])
    expect(typing).toMatchObject({ tab: 'fixtures', filter: 'co', prompt: { text: 'co' } })
    expect(after(['enter'], typing)).toMatchObject({ filter: 'co', prompt: null })
    expect(after(['esc'], after(['enter'], typing)).filter).toBe('')
    expect(after(['o']).sort).toBe('cost')
    expect(after(['o', 'o', 'o']).sort).toBe('regressions')
  })

  it('opens nothing in an empty list', () => {
    expect(step(after(['2']), 'enter', { ...DONE, entries: 0 }).ui.pairOpen).toBe(false)
  })
})

describe('one fixture', () => {
  const open = after(['2', 'enter'])

  it('goes to the next and the previous', () => {
    expect(after(['n', 'n', 'N'], open).cursor).toBe(1)
    expect(after(['N'], open).cursor).toBe(0)
    expect(
      after(
        Array.from({ length: 30 }, () => 'n'),
        open,
      ).cursor,
    ).toBe(19)
  })

  it('cycles the styles of diff and the context', () => {
    expect(after(['d'], open).diffStyle).toBe('unified')
    expect(after(['d', 'd', 'd'], open).diffStyle).toBe('word')
    expect(after(['}', '}', '{'], open).context).toBe(4)
    expect(after(['{', '{', '{', '{', '{'], open).context).toBe(0)
  })
})
