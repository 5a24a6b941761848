import { describe, expect, it } from 'vitest'
import { finishedRun, followReplay } from './replay-run.ts'
import type { ReplaySource } from '../../../src/report/view/replay-source.ts'
import { speakLive } from '../../../src/tui/spoken-live.ts'
import { speakReplay } from '../../../src/tui/spoken-replay.ts'
import type { SpokenInput } from '../../../src/tui/spoken-input.ts'
import { sampleRun } from '../report/sample-run.ts'
import { sampleRows } from '../replay/summary/sample-rows.ts'
import { ESC } from './escapes.ts'
import { until } from './fake-terminal.ts'
import { busyFeed, feed, record } from './samples.ts'

/** Box drawing, blocks, arrows, escape codes: nothing that a screen reader would spell out. */
const DRAWING = new RegExp(`[\\u2190-\\u21ff\\u2500-\\u259f${ESC}]|\\[#|>>|\\|`, 'u')

function ears(): { said: string[]; say(text: string): void; input: SpokenInput; type(text: string): void } {
  const said: string[] = []
  let listener: (text: string) => void = () => undefined
  return {
    said,
    say: (text) => void said.push(...text.split('\n')),
    input: {
      onLine: (next) => {
        listener = next
      },
      close: () => undefined,
    },
    type: (text) => listener(text),
  }
}

function expectSentences(said: readonly string[]): void {
  expect(said.length).toBeGreaterThan(0)
  for (const text of said) {
    expect(text).not.toMatch(DRAWING)
    expect(text).toMatch(/[.:]$/)
  }
}

describe('live view for screen readers', () => {
  it('says each finished request once, with its marks as words', async () => {
    const source = busyFeed()
    const { said, ...io } = ears()
    const done = speakLive(source, { ...io, signal: new AbortController().signal })
    expect(said).toContain(
      'Request 2 at 15:06:41, key dev, intent reasoning, premium dear, fell back to standard middle, status 200, first token after 310ms, done after 2.1s, tokens 1.2k in, 412 out, cost $.00090.',
    )
    expect(said.some((text) => text.includes('standard first, failed over to second'))).toBe(true)
    expect(said.some((text) => text.includes('free cheap, with a fault on purpose'))).toBe(true)
    const before = said.length
    source.accept({ kind: 'finished', record: record({ requestId: 'new' }) })
    source.accept({ kind: 'notice', text: 'gateway.yaml reloaded.' })
    expect(said).toHaveLength(before + 2)
    io.type('2')
    expect(said.some((text) => text.startsWith('chosen: dear'))).toBe(true)
    io.type('q')
    await done
    expectSentences(said)
  })

  it('answers what it does not understand with help, and an unknown number plainly', async () => {
    const { said, ...io } = ears()
    const stop = new AbortController()
    const done = speakLive(feed(), { ...io, signal: stop.signal })
    io.type('what')
    expect(said.at(-1)).toContain('Type the number of a request')
    io.type('99')
    expect(said.at(-1)).toBe('There is no record of request 99.')
    stop.abort()
    await done
  })
})

const ROWS = sampleRows(60)

interface Run {
  readonly source: ReplaySource
  readonly advance: (count: number) => void
  readonly finish: () => void
  readonly asked: readonly string[]
}

function replay(): Run {
  const facts = { candidates: ['cheap-first'], baseline: 'recorded', fixtures: 60, seed: 7, mode: 'full' } as const
  const asked: string[] = []
  const control = { stop: () => void asked.push('stop'), abort: () => void asked.push('abort') }
  const run = followReplay({ facts, now: () => 0, control })
  let at = 0
  return {
    source: run.source,
    asked,
    advance(count) {
      for (const row of ROWS.slice(at, at + count)) run.add([row])
      at += count
    },
    finish() {
      const texts = { baseline: 'Forty-two.', candidate: null }
      run.finish(finishedRun(sampleRun({ rows: ROWS }).summary, [ROWS], () => Promise.resolve(texts)))
    },
  }
}

describe('replay for screen readers', () => {
  it('says progress every tenth, then the summary, then a fixture on demand', async () => {
    const { source, advance, finish } = replay()
    const { said, ...io } = ears()
    const done = speakReplay(source, { ...io, signal: new AbortController().signal })
    advance(30)
    const progress = said.filter((text) => text.startsWith('decide:'))
    expect(progress).toHaveLength(5)
    expect(progress[0]).toMatch(
      /^decide: 6 of 60, respond: 6 of 60, score: 6 of 60\. So far cheap-first \d+ routes? changed/,
    )
    finish()
    expect(said.some((text) => text.startsWith('cost total: baseline $'))).toBe(true)
    expect(said.some((text) => text.startsWith('Gate quality.score non-inferior 0.03: fail.'))).toBe(true)
    io.type('1')
    await until(() => said.some((text) => text.startsWith('Candidate answer')))
    const fixture = said.find((text) => text.startsWith('Fixture fx_'))
    expect(fixture).toMatch(
      /^Fixture fx_\d+, \S+\. Route changed from premium big-model \(recorded\) to standard small-model \(recorded\)\. Cost \d+ percent lower\.$/,
    )
    expect(said).toContain('Scorer answer: baseline pass, got 1, candidate fail, got 0.')
    expect(said).toContain('Candidate answer: none on record.')
    io.type('q')
    expect(await done).toBe('left')
    expectSentences(said)
  })

  it('stops on s, aborts on q while it runs', async () => {
    const { source, asked } = replay()
    const { said, ...io } = ears()
    const done = speakReplay(source, { ...io, signal: new AbortController().signal })
    io.type('s')
    io.type('q')
    expect(await done).toBe('aborted')
    expect(asked).toEqual(['stop', 'abort'])
    expectSentences(said)
  })
})
