import { describe, expect, it } from 'vitest'
import { runLiveView } from '../../../src/tui/live-view.ts'
import type { LiveFeed } from '../../../src/report/view/live-feed.ts'
import { ATTRIBUTES, ESC } from './escapes.ts'
import { fakeTerminal, until, type FakeTerminal } from './fake-terminal.ts'
import { busyFeed, feed, record } from './samples.ts'

const ENTER = '\u001b[?1049h'
const LEAVE = '\u001b[?1049l'
const SHOW_CURSOR = '\u001b[?25h'

interface Shown {
  readonly terminal: FakeTerminal
  readonly done: Promise<void>
  readonly stop: AbortController
  readonly interrupts: () => number
}

function show(source: LiveFeed, over: { rows?: number; color?: boolean } = {}): Shown {
  const terminal = fakeTerminal({ columns: 80, rows: over.rows ?? 20 })
  const stop = new AbortController()
  let interrupts = 0
  const done = runLiveView(source, {
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    color: over.color ?? false,
    ascii: false,
    screenReader: false,
    utcOffsetMinutes: 0,
    signal: stop.signal,
    interrupt: () => (interrupts += 1),
  })
  return { terminal, done, stop, interrupts: () => interrupts }
}

describe('full-screen view', () => {
  it('takes the terminal, shows the list, and gives the terminal back on q', async () => {
    const { terminal, done } = show(busyFeed())
    await until(() => terminal.output().includes('dear v'))
    expect(terminal.output().startsWith(ENTER)).toBe(true)
    terminal.type('q')
    await done
    expect(terminal.output().endsWith(LEAVE)).toBe(true)
    expect(terminal.output()).toContain(SHOW_CURSOR)
    expect(terminal.rawModes.at(-1)).toBe(false)
  })

  it('gives the terminal back when it is stopped from outside', async () => {
    const { terminal, done, stop } = show(busyFeed())
    await until(() => terminal.output().includes('dear v'))
    stop.abort()
    await done
    expect(terminal.output().endsWith(LEAVE)).toBe(true)
  })

  it('ends also when it is stopped while its first frame is drawn', async () => {
    const stop = new AbortController()
    const source = busyFeed()
    const terminal = fakeTerminal({ columns: 80, rows: 20 })
    const stopping: LiveFeed = Object.assign(Object.create(source) as LiveFeed, {
      snapshot: () => {
        stop.abort()
        return source.snapshot()
      },
      subscribe: () => () => undefined,
    })
    const options = { color: false, ascii: false, screenReader: false, utcOffsetMinutes: 0, signal: stop.signal }
    await runLiveView(stopping, { ...options, stdin: terminal.stdin, stdout: terminal.stdout })
    expect(terminal.output().endsWith(LEAVE)).toBe(true)
  })

  it('gives the terminal back when drawing throws, and says what was thrown', async () => {
    const source = busyFeed()
    const broken: LiveFeed = Object.assign(Object.create(source) as LiveFeed, {
      snapshot: () => {
        throw new Error('broken snapshot')
      },
      subscribe: () => () => undefined,
    })
    const { terminal, done } = show(broken)
    await expect(done).rejects.toThrow('broken snapshot')
    expect(terminal.output().endsWith(LEAVE)).toBe(true)
  })

  it.each(['exit', 'uncaughtExceptionMonitor'] as const)('restores the screen at %s', async (event) => {
    const before = new Set(process.listeners(event as 'exit'))
    const { terminal, done, stop } = show(busyFeed())
    await until(() => terminal.output().includes('dear v'))
    const ours = process.listeners(event as 'exit').find((listener) => !before.has(listener))
    ours?.(0)
    expect(terminal.output().endsWith(LEAVE)).toBe(true)
    stop.abort()
    await done
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('restores the screen and ends at %s', async (signal) => {
    // Somebody else handles the signal, as every command does; without one the view would end the process.
    const handled = (): void => undefined
    process.on(signal, handled)
    const before = new Set(process.listeners(signal))
    const { terminal, done } = show(busyFeed())
    await until(() => terminal.output().includes('dear v'))
    const ours = process.listeners(signal).find((listener) => !before.has(listener))
    ours?.(signal)
    expect(terminal.output().endsWith(LEAVE)).toBe(true)
    await done
    process.off(signal, handled)
  })

  it('leaves no listener behind', async () => {
    const count = (): number[] =>
      ['exit', 'uncaughtExceptionMonitor', 'SIGINT', 'SIGTERM'].map((name) => process.listenerCount(name))
    const warm = show(feed())
    await until(() => warm.terminal.output().includes('no requests yet'))
    warm.terminal.type('q')
    await warm.done
    const before = count()
    const { terminal, done } = show(feed())
    await until(() => terminal.output().includes('no requests yet'))
    terminal.type('q')
    await done
    expect(count()).toEqual(before)
  })

  it('never erases the scrollback nor scrolls: streaming, 5,000 rows, resized to 12 rows', async () => {
    const source = busyFeed()
    const { terminal, done } = show(source)
    await until(() => terminal.output().includes('dear v'))
    for (let at = 0; at < 5_100; at += 1) source.accept({ kind: 'finished', record: record({ requestId: `r${at}` }) })
    terminal.type('?')
    await until(() => terminal.output().includes('keys: requests'))
    terminal.type('q')
    terminal.resize({ columns: 80, rows: 12 })
    source.accept({ kind: 'notice', text: 'after the resize' })
    await until(() => terminal.output().includes('after the resize'))
    terminal.resize({ columns: 64, rows: 30 })
    terminal.type('\r')
    await until(() => terminal.output().includes('[1 Decision]'))
    terminal.type('\u001b')
    await until(() => terminal.output().lastIndexOf('ROUTE') > terminal.output().lastIndexOf('[1 Decision]'))
    terminal.type('q')
    await done
    expect(terminal.output()).not.toContain('\u001b[3J')
    expect(terminal.output()).not.toContain('\n')
    const rows = [...terminal.output().matchAll(new RegExp(`${ESC}\\[(\\d+);1H`, 'g'))].map(([, row]) => Number(row))
    expect(Math.max(...rows)).toBeLessThanOrEqual(29)
  })

  it('writes no colour when colour is off, and some when it is on', async () => {
    for (const color of [false, true]) {
      const { terminal, done } = show(busyFeed(), { color })
      await until(() => terminal.output().includes('dear v'))
      terminal.type('q')
      await done
      // The reset that belongs to giving the terminal back is no colour.
      const found = terminal.output().replace(`\u001b[0m${SHOW_CURSOR}${LEAVE}`, '').match(ATTRIBUTES)
      expect(found === null).toBe(!color)
    }
  })

  it('hands Ctrl-C on and keeps running until it is stopped', async () => {
    const { terminal, done, stop, interrupts } = show(busyFeed())
    await until(() => terminal.output().includes('dear v'))
    terminal.type('\u0003')
    await until(() => interrupts() === 1)
    expect(terminal.output()).not.toContain(LEAVE)
    stop.abort()
    await done
  })
})
