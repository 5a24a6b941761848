import { Box, render, Text, useApp, useInput } from 'ink'
import { useEffect, useReducer, type ReactElement } from 'react'
import { keyPresses } from './key-name.ts'
import type { Effect, ScreenProgram } from './screen.ts'
import { openTerminal, type Terminal, type TerminalStreams } from './terminal.ts'
import { paintLine } from './theme.ts'

export interface ScreenOptions extends TerminalStreams {
  readonly color: boolean
  /** Closes the screen from outside. */
  readonly signal: AbortSignal
  /** Called for Ctrl-C, which is a key while the terminal is in raw mode. */
  interrupt(): void
}

/** Runs a program on the whole terminal until the user quits or `signal` aborts; then the terminal is as it was. */
export async function runScreen(program: ScreenProgram, options: ScreenOptions): Promise<void> {
  if (options.signal.aborted) return
  const signalled = new AbortController()
  const terminal = openTerminal(options, () => signalled.abort())
  const ended = AbortSignal.any([options.signal, signalled.signal])
  try {
    // In debug mode Ink writes every frame whole and nothing else, which is what the painter behind `frames` takes; it
    // also makes Ink behave the same under CI=1.
    const instance = render(<App program={program} terminal={terminal} options={{ ...options, signal: ended }} />, {
      stdout: terminal.frames,
      stdin: options.stdin,
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
      isScreenReaderEnabled: false,
    })
    await instance.waitUntilExit()
  } finally {
    terminal.close()
  }
}

interface AppProps {
  readonly program: ScreenProgram
  readonly terminal: Terminal
  readonly options: ScreenOptions
}

/** Events are collected for this long before a frame is made of them. */
const COALESCE_MS = 84
/** Figures such as requests per minute change without an event. */
const TICK_MS = 1_000

function App({ program, terminal, options }: AppProps): ReactElement {
  const { exit } = useApp()
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  useEffect(() => watch(program, terminal, redraw), [program, terminal])
  useEffect(() => {
    const stop = (): void => exit()
    options.signal.addEventListener('abort', stop)
    // The first frame is on screen before effects run, so the signal may have come in between.
    if (options.signal.aborted) setImmediate(stop)
    return () => options.signal.removeEventListener('abort', stop)
  }, [options.signal, exit])
  const perform = (effect: Effect): void => {
    if (effect === 'quit') exit()
    if (effect === 'interrupt') options.interrupt()
    if (effect === 'suspend') terminal.suspend(redraw)
    if (effect === 'repaint') terminal.repaint()
  }
  useInput((input, key) => {
    for (const press of keyPresses(input, key)) perform(program.press(press, terminal.size()))
    redraw()
  })
  const frame = program.frame(terminal.size())
  return <Lines lines={frame.map((line) => paintLine(line, options.color))} />
}

/** One `Text` a row: the rows are finished, and layout in Ink is what costs time. */
export function Lines({ lines }: { readonly lines: readonly string[] }): ReactElement {
  return (
    <Box flexDirection="column">
      {lines.map((line, row) => (
        // Rows have no identity besides their place on the screen.
        <Text key={row} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </Box>
  )
}

function watch(program: ScreenProgram, terminal: Terminal, redraw: () => void): () => void {
  let timer: NodeJS.Timeout | null = null
  const later = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      redraw()
    }, COALESCE_MS)
  }
  const unsubscribe = program.subscribe(later)
  const offResize = terminal.onResize(redraw)
  const tick = setInterval(redraw, TICK_MS)
  return () => {
    unsubscribe()
    offResize()
    clearInterval(tick)
    if (timer !== null) clearTimeout(timer)
  }
}
