import { renderToString } from 'ink'
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { plainText, type Frame, type Size } from '../../../src/report/view/frame.ts'
import { finishedRun, followReplay, storedReplay } from './replay-run.ts'
import type { ReplaySource } from '../../../src/report/view/replay-source.ts'
import { textWidth } from '../../../src/report/view/width.ts'
import { liveProgram } from '../../../src/tui/live-program.ts'
import { replayProgram } from '../../../src/tui/replay-program.ts'
import type { ScreenProgram } from '../../../src/tui/screen.ts'
import { Lines } from '../../../src/tui/screen-app.tsx'
import { paintLine } from '../../../src/tui/theme.ts'
import { sampleRun } from '../report/sample-run.ts'
import { sampleRows } from '../replay/summary/sample-rows.ts'
import { ATTRIBUTES } from './escapes.ts'
import { busyFeed, feed, record, screenText, SIZES } from './samples.ts'

const ROWS = sampleRows(128)

function finished(): ReplaySource {
  const texts = { baseline: 'const total = 1\nreturn total', candidate: 'const total = 2\nreturn total' }
  return storedReplay(finishedRun(sampleRun({ rows: ROWS }).summary, [ROWS], () => Promise.resolve(texts)))
}

function running(): ReplaySource {
  const facts = {
    candidates: ['cheap-first'],
    baseline: 'git:main 9be1a70',
    fixtures: 128,
    seed: 7,
    mode: 'full',
  } as const
  const control = { pause: () => undefined, stop: () => undefined, abort: () => undefined }
  let now = 0
  const run = followReplay({ facts, now: () => now, control })
  for (const row of ROWS.slice(0, 40)) run.add([row])
  now = 4_000
  return run.source
}

function pressed(program: ScreenProgram, keys: readonly string[], size: Size): ScreenProgram {
  for (const name of keys) program.press({ name, text: name.length === 1 ? name : '' }, size)
  return program
}

type Screen = (ascii: boolean, size: Size) => ScreenProgram

const live =
  (keys: readonly string[]): Screen =>
  (ascii, size) =>
    pressed(liveProgram(busyFeed(), { ascii, utcOffsetMinutes: 0 }), keys, size)
const replay =
  (source: () => ReplaySource, keys: readonly string[]): Screen =>
  (ascii, size) =>
    pressed(replayProgram(source(), { ascii }), keys, size)

const SCREENS: Readonly<Record<string, Screen>> = {
  live: live([]),
  'live-filtered': live(['g', '/', 'd', 'e', 'a', 'r', 'enter', 'p']),
  'live-empty': (ascii) => liveProgram(feed(), { ascii, utcOffsetMinutes: 0 }),
  'detail-decision': live(['g', 'j', 'enter']),
  'detail-attempts': live(['g', 'j', 'enter', '2']),
  'detail-why-not': live(['g', 'enter', 'W', 'd', 'e', 'a', 'r', 'enter']),
  'detail-raw': live(['g', 'enter', '3', 'pagedown']),
  'detail-refused-at-the-door': live(['/', '4', '0', '1', 'enter', 'g', 'enter']),
  help: live(['?']),
  'replay-progress': replay(running, []),
  'replay-summary': replay(finished, []),
  'replay-fixtures': replay(finished, ['2', 'j']),
  'replay-slices': replay(finished, ['3']),
}

const ALL = Object.keys(SCREENS)

function frameOf(name: string, ascii: boolean, size: Size): Frame {
  return SCREENS[name]?.(ascii, size).frame(size) ?? []
}

/** Lines that are too many, too wide or not safe to print. */
function misfits(frame: Frame, size: Size): string[] {
  const texts = frame.map((line) => plainText(line))
  const bad = texts.filter((text) => textWidth(text) > size.columns || /[\p{Cc}\p{Cf}]/u.test(text))
  return [...bad, ...texts.slice(size.rows - 1)]
}

describe.each(ALL)('screen %s', (name) => {
  it('looks as agreed at every size, in Unicode and ASCII', async () => {
    const pages = SIZES.flatMap((size) =>
      [false, true].map((ascii) => {
        const title = `== ${name} ${size.columns}x${size.rows}${ascii ? ' ascii' : ''} ==`
        return `${title}\n${screenText(frameOf(name, ascii, size))}\n`
      }),
    )
    await expect(pages.join('\n')).toMatchFileSnapshot(`frames/${name}.txt`)
  })

  it.each(SIZES)('fits %o and is ASCII when asked', (size) => {
    expect(misfits(frameOf(name, false, size), size)).toEqual([])
    const ascii = frameOf(name, true, size)
    expect(misfits(ascii, size)).toEqual([])
    expect(screenText(ascii)).toMatch(/^[\n -~]*$/)
  })

  it('says everything without colour, and nothing but text', () => {
    const [, size = { columns: 80, rows: 24 }] = SIZES
    const frame = frameOf(name, false, size)
    const plain = frame.map((line) => paintLine(line, false))
    expect(plain.join('')).not.toContain('\u001b')
    expect(frame.map((line) => paintLine(line, true).replaceAll(ATTRIBUTES, ''))).toEqual(plain)
  })

  it.each(SIZES)('is what Ink draws at %o: no line wrapped or cut by it', (size) => {
    const frame = frameOf(name, false, size)
    const drawn = renderToString(<Lines lines={frame.map((line) => paintLine(line, false))} />, size)
    expect(
      drawn
        .split('\n')
        .map((text) => text.trimEnd())
        .join('\n'),
    ).toBe(screenText(frame))
  })
})

describe('one fixture', () => {
  it.each(SIZES)('looks as agreed at %o', async (size) => {
    const program = pressed(replayProgram(finished(), { ascii: false }), ['2', 'enter'], size)
    program.frame(size)
    await new Promise((resolve) => setImmediate(resolve))
    const frame = program.frame(size)
    expect(misfits(frame, size)).toEqual([])
    await expect(`${screenText(frame)}\n`).toMatchFileSnapshot(`frames/replay-pair-${size.columns}.txt`)
    pressed(program, ['d'], size)
    expect(screenText(program.frame(size))).toContain('unified diff')
  })
})

describe('any data', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom(
      '\u001b[2J\u001b[3J',
      '数学'.repeat(40),
      '🙂'.repeat(30),
      'e\u0301'.repeat(50),
      '\u202eabc',
      'a\nb\tc',
    ),
  )
  const size = fc.record({ columns: fc.integer({ min: 40, max: 200 }), rows: fc.integer({ min: 5, max: 60 }) })

  it('never makes a frame too wide or too high, and never reaches the terminal as a control character', () => {
    fc.assert(
      fc.property(fc.array(nasty, { minLength: 1, maxLength: 30 }), size, fc.boolean(), (texts, screen, ascii) => {
        const source = feed({
          status: { url: texts[0] ?? '', config: { file: texts[0] ?? '', hash: texts[0] ?? '', rejected: '' } },
        })
        for (const text of texts) {
          const incoming = { requestId: text, rights: { alias: text }, asked: { model: text } }
          source.accept({ kind: 'started', incoming, at: 0 })
          const rights = { alias: text }
          source.accept({ kind: 'finished', record: record({ requestId: text }, { model: text, rights }) })
        }
        source.accept({ kind: 'notice', text: texts.join(' ') })
        const program = liveProgram(source, { ascii, utcOffsetMinutes: 0 })
        for (const key of ['', 'enter', '2', '3', 'esc', '/', ...Array.from(texts[0] ?? '')]) {
          program.press({ name: key, text: key }, screen)
          expect(misfits(program.frame(screen), screen)).toEqual([])
        }
      }),
      { seed: 8, numRuns: 60 },
    )
  })

  it('holds for replays too', () => {
    fc.assert(
      fc.property(fc.array(nasty, { minLength: 1, maxLength: 10 }), size, (texts, screen) => {
        const rows = ROWS.map((row, index) => {
          const text = texts[index % texts.length] ?? ''
          return { ...row, fixture: text, tags: [text], candidate: { ...row.candidate, model: text, error: text } }
        })
        const facts = { candidates: texts, baseline: texts[0] ?? '', fixtures: 5, seed: 1, mode: 'full' } as const
        const control = { stop: () => undefined, abort: () => undefined }
        const run = followReplay({ facts, now: () => 0, control })
        for (const row of rows) run.add([row])
        const progress = replayProgram(run.source, { ascii: false })
        expect(misfits(progress.frame(screen), screen)).toEqual([])
        run.finish(finishedRun(sampleRun({ rows }).summary, [rows], () => Promise.reject(new Error('none kept'))))
        const summed = replayProgram(run.source, { ascii: false })
        for (const key of ['1', '2', 'enter', 'esc', '3']) {
          summed.press({ name: key, text: key }, screen)
          expect(misfits(summed.frame(screen), screen)).toEqual([])
        }
      }),
      { seed: 9, numRuns: 25 },
    )
  })
})
