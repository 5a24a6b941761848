import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Size } from '../../../src/report/view/frame.ts'
import { createPainter } from '../../../src/tui/painter.ts'

describe('painter', () => {
  let written: string[] = []
  let size: Size = { columns: 80, rows: 20 }
  const painter = (): ReturnType<typeof createPainter> =>
    createPainter(
      (text) => void written.push(text),
      () => size,
    )
  const lines = (count: number, word = 'line'): string =>
    Array.from({ length: count }, (_, at) => `${word} ${at}`).join('\n')

  beforeEach(() => {
    written = []
    size = { columns: 80, rows: 20 }
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([5, 19, 20, 21, 300])(
    'of a frame of %i lines writes at most 19 to a terminal of 20, and never scrolls',
    (count) => {
      painter().show(lines(count))
      const text = written.join('')
      expect(text).not.toContain('\n')
      expect(text).not.toContain('\u001b[3J')
      expect(text.match(/line \d+/g)).toHaveLength(Math.min(count, 19))
      expect(text).not.toContain('\u001b[20;1H')
    },
  )

  it('writes only lines that changed', () => {
    const paint = painter()
    paint.show('one\ntwo\nthree')
    vi.advanceTimersByTime(1_000)
    written = []
    paint.show('one\n2\nthree')
    expect(written).toEqual(['\u001b[2;1H\u001b[2K2'])
  })

  it('erases lines that are no longer there', () => {
    const paint = painter()
    paint.show('one\ntwo')
    vi.advanceTimersByTime(1_000)
    written = []
    paint.show('one')
    expect(written).toEqual(['\u001b[2;1H\u001b[2K'])
  })

  it('draws at most twelve times a second, the newest frame last', () => {
    const paint = painter()
    for (let at = 0; at < 200; at += 1) {
      paint.show(`frame ${at}`)
      vi.advanceTimersByTime(10)
    }
    vi.advanceTimersByTime(1_000)
    expect(written.length).toBeLessThanOrEqual(25)
    expect(written.length).toBeGreaterThan(20)
    expect(written.at(-1)).toContain('frame 199')
  })

  it('writes nothing for a frame that did not change', () => {
    const paint = painter()
    paint.show('same')
    vi.advanceTimersByTime(1_000)
    paint.show('same')
    vi.advanceTimersByTime(1_000)
    expect(written).toHaveLength(1)
  })

  it('draws everything again after a resize, as high as the new size allows', () => {
    const paint = painter()
    paint.show(lines(19))
    vi.advanceTimersByTime(1_000)
    written = []
    size = { columns: 80, rows: 12 }
    paint.show(lines(19))
    expect(written.join('').match(/line \d+/g)).toHaveLength(11)
    expect(written.join('')).toContain('\u001b[2J')
    expect(written.join('')).not.toContain('\u001b[3J')
  })

  it('is silent while paused, and draws everything when it goes on', () => {
    const paint = painter()
    paint.show('one\ntwo')
    paint.pause()
    written = []
    paint.show('three')
    vi.advanceTimersByTime(1_000)
    expect(written).toEqual([])
    paint.resume()
    paint.show('one\ntwo')
    expect(written.join('')).toContain('one')
  })
})
