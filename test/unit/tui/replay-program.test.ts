import { describe, expect, it } from 'vitest'
import { finishedRun, followReplay, type ReplayRun } from './replay-run.ts'
import type { PairRow } from '../../../src/replay/types.ts'
import { replayProgram } from '../../../src/tui/replay-program.ts'
import type { ScreenProgram } from '../../../src/tui/screen.ts'
import { sampleRun } from '../report/sample-run.ts'
import { sampleRows } from '../replay/summary/sample-rows.ts'
import { screenText } from './samples.ts'

const ROWS = sampleRows(40)
const SIZE = { columns: 96, rows: 30 }

function start(over: { readonly texts?: (row: PairRow) => Promise<{ baseline: string; candidate: string }> } = {}): {
  run: ReplayRun
  program: ReturnType<typeof replayProgram>
  asked: string[]
  clock: { now: number }
  finish: () => void
} {
  const asked: string[] = []
  const clock = { now: 0 }
  const control = {
    pause: (paused: boolean) => void asked.push(paused ? 'pause' : 'continue'),
    stop: () => void asked.push('stop'),
    abort: () => void asked.push('abort'),
  }
  const facts = { candidates: ['cheap-first'], baseline: 'recorded', fixtures: 40, seed: 7, mode: 'full' } as const
  const run = followReplay({ facts, now: () => clock.now, control })
  const texts =
    over.texts ?? ((row) => Promise.resolve({ baseline: `old ${row.fixture}`, candidate: `new ${row.fixture}` }))
  const finish = (): void => run.finish(finishedRun(sampleRun({ rows: ROWS }).summary, [ROWS], texts))
  return { run, program: replayProgram(run.source, { ascii: false }), asked, clock, finish }
}

function press(program: ScreenProgram, ...keys: readonly string[]): string {
  return keys.map((name) => program.press({ name, text: name.length === 1 ? name : '' }, SIZE)).at(-1) ?? ''
}

function shown(program: ScreenProgram): string {
  return screenText(program.frame(SIZE))
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('replay program', () => {
  it('follows the run to its end and then shows what it found', () => {
    const { run, program, finish } = start()
    for (const row of ROWS.slice(0, 10)) run.add([row])
    expect(shown(program)).toMatch(/decide +\[#+-+\] 10\/40/)
    finish()
    expect(shown(program)).toContain('GATE FAILED')
  })

  it('stops the clock while it is paused', () => {
    const { program, asked, clock } = start()
    clock.now = 3_000
    press(program, 'p')
    clock.now = 60_000
    expect(shown(program)).toContain('PAUSED')
    expect(shown(program)).toContain('elapsed  3s')
    press(program, 'p')
    clock.now = 61_000
    expect(shown(program)).toContain('elapsed  4s')
    expect(asked).toEqual(['pause', 'continue'])
  })

  it('says that it is stopping until the summary is there', () => {
    const { program, asked, finish } = start()
    press(program, 's')
    expect(asked).toEqual(['stop'])
    expect(shown(program)).toContain('stopping after what is under way')
    finish()
    expect(shown(program)).not.toContain('stopping')
  })

  it('aborts only when that is confirmed', () => {
    const { program, asked } = start()
    expect(press(program, 'q', 'n')).toBe('none')
    expect(program.aborted()).toBe(false)
    expect(press(program, 'q', 'y')).toBe('quit')
    expect([program.aborted(), asked]).toEqual([true, ['abort']])
  })

  it('lists the worst fixtures first and compares the answers of the open one', async () => {
    const { program, finish } = start()
    finish()
    press(program, '2')
    const worst = ROWS.find(
      (row) => row.baseline.metrics['quality.score'] === 1 && row.candidate.metrics['quality.score'] === 0,
    )
    expect(shown(program)).toContain(` > ${worst?.fixture ?? ''}`)
    press(program, 'enter')
    expect(shown(program)).toContain('reading')
    await settle()
    expect(shown(program)).toContain(`[-old-]{+new+} ${worst?.fixture ?? ''}`)
    press(program, 'n')
    shown(program)
    await settle()
    expect(shown(program)).toContain('2 of 40')
  })

  it('tells its listeners when the answers have been read', async () => {
    const { program, finish } = start()
    finish()
    let redraws = 0
    program.subscribe(() => (redraws += 1))
    press(program, '2', 'enter')
    shown(program)
    await settle()
    expect(redraws).toBeGreaterThan(0)
  })

  it('shows the newest fixture when an older one is read more slowly', async () => {
    const waiting: (() => void)[] = []
    const texts = (row: PairRow): Promise<{ baseline: string; candidate: string }> =>
      new Promise((resolve) => {
        waiting.push(() => resolve({ baseline: `text of ${row.fixture}`, candidate: `text of ${row.fixture}` }))
      })
    const { program, finish } = start({ texts })
    finish()
    press(program, '2', 'o', 'o', 'enter')
    shown(program)
    await settle()
    press(program, 'n')
    shown(program)
    await settle()
    for (const answer of waiting.toReversed()) answer()
    await settle()
    expect(shown(program)).toContain('text of fx_001')
    expect(shown(program)).not.toContain('text of fx_000')
  })

  it('says what went wrong when the answers can not be read', async () => {
    const { program, finish } = start({ texts: () => Promise.reject(new Error('the fixture file has moved')) })
    finish()
    press(program, '2', 'enter')
    shown(program)
    await settle()
    expect(shown(program)).toContain('the fixture file has moved')
  })
})
