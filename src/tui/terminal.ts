import type { Size } from '../report/view/frame.ts'
import { createPainter } from './painter.ts'

export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
}

/** The terminal while a full-screen view has it. */
export interface Terminal {
  size(): Size
  /** The stream to give to Ink: every write is taken as a whole frame. */
  readonly frames: NodeJS.WriteStream
  onResize(listener: () => void): () => void
  repaint(): void
  /** Gives the terminal back to the shell until it continues us. */
  suspend(resumed: () => void): void
  /** Restores the screen and the cursor; what is printed afterwards stays in the scrollback. */
  close(): void
}

// Alternate screen, cursor hidden, cursor home; and the way back, with attributes reset.
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[H'
const LEAVE = '\u001b[0m\u001b[?25h\u001b[?1049l'
/** How the switches of a terminal begin (cursor shown or hidden); Ink writes such too, and they are no frames. */
const MODE = '\u001b[?'
const SMALLEST_ROWS = 2
/** Time for the shell to stop us; without job control nothing stops and we come back by ourselves. */
const SUSPEND_MS = 50

/**
 * Takes the terminal: alternate screen now, the normal one back on `close`, exit, signals and uncaught errors. A signal
 * also ends the view, through `stopped`.
 */
export function openTerminal({ stdin, stdout }: TerminalStreams, stopped: () => void): Terminal {
  const size = (): Size => ({ columns: stdout.columns || 80, rows: Math.max(SMALLEST_ROWS, stdout.rows || 24) })
  const painter = createPainter((text) => void stdout.write(text), size)
  let entered = false
  const enter = (): void => {
    entered = true
    stdout.write(ENTER)
    painter.resume()
  }
  const leave = (): void => {
    painter.pause()
    if (entered) stdout.write(LEAVE)
    entered = false
  }
  const unguard = guard(leave, stopped)
  enter()
  return {
    size,
    frames: frameStream(stdout, (text) => painter.show(text)),
    onResize(listener) {
      stdout.on('resize', listener)
      return () => void stdout.off('resize', listener)
    },
    repaint: () => painter.forget(),
    suspend(resumed) {
      leave()
      stdin.setRawMode(false)
      // The whole group, as a terminal does it: a wrapper such as npx has to stop with us.
      process.kill(0, 'SIGTSTP')
      setTimeout(() => {
        stdin.setRawMode(true)
        enter()
        resumed()
      }, SUSPEND_MS)
    },
    close() {
      leave()
      unguard()
    },
  }
}

/** The real stream with its `write` replaced; sizes, `isTTY` and events stay those of the terminal. */
function frameStream(stdout: NodeJS.WriteStream, show: (text: string) => void): NodeJS.WriteStream {
  const write = (text: string, ...rest: readonly unknown[]): boolean => {
    if (text !== '' && !text.startsWith(MODE)) show(text)
    for (const callback of rest) if (typeof callback === 'function') queueMicrotask(() => void callback())
    return true
  }
  return new Proxy(stdout, {
    get(target, property) {
      if (property === 'write') return write
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Calls `leave` whatever ends the process. Signals that nobody else handles still end it, as they would without us. */
function guard(leave: () => void, stopped: () => void): () => void {
  const handlers = STOP_SIGNALS.map((signal) => {
    const handledElsewhere = process.listenerCount(signal) > 0
    const handler = (): void => {
      leave()
      stopped()
      if (handledElsewhere) return
      process.off(signal, handler)
      process.kill(process.pid, signal)
    }
    process.on(signal, handler)
    return () => void process.off(signal, handler)
  })
  process.on('exit', leave)
  process.on('uncaughtExceptionMonitor', leave)
  return () => {
    for (const off of handlers) off()
    process.off('exit', leave)
    process.off('uncaughtExceptionMonitor', leave)
  }
}
