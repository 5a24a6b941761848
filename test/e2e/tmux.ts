import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DevProject } from './dev-process.ts'
import { BIN as BUILT } from './run-gateway.ts'

/** Another build can be put in its place. */
const BIN = process.env['GATEWAY_TEST_BIN'] ?? BUILT

/** False where tmux is not installed: what looks at a real terminal is skipped there. */
export const TMUX = spawnSync('tmux', ['-V']).status === 0

/** A shell in a terminal of a given size, driven like a person would. */
export interface Pane {
  /** What is on the screen, without spaces at line ends. */
  screen(): string
  /** With colour codes. */
  screenWithColours(): string
  /** Key names of tmux, such as `Enter`, `Escape`, `C-c`; other words are typed. */
  keys(...names: readonly string[]): void
  /** Types the gateway command line and Enter. */
  gateway(parameters: string): void
  resize(columns: number, rows: number): void
  /** Waits until the screen holds the text; fails with the screen when it does not. */
  shows(text: string | RegExp): Promise<string>
  /** Every byte that was written to the terminal. */
  written(): string
  /** A tmux variable of the pane, such as `alternate_on`. */
  variable(name: string): string
  close(): void
}

let count = 0

export function openPane(
  project: DevProject,
  size: { columns: number; rows: number },
  env: Record<string, string> = {},
): Pane {
  count += 1
  const socket = `gateway-test-${process.pid}-${count}`
  const directory = mkdtempSync(join(tmpdir(), 'gateway-terminal-'))
  const log = join(directory, 'written')
  const tmux = (...parameters: readonly string[]): string =>
    execFileSync('tmux', ['-u', '-f', '/dev/null', '-L', socket, ...parameters], {
      encoding: 'utf8',
      // Nothing of the machine's own keys, CI marks or tmux settings.
      env: { PATH: process.env['PATH'] ?? '', HOME: project.dir, LC_ALL: 'C.UTF-8', ...env },
    })
  tmux(
    'new-session',
    '-d',
    '-x',
    String(size.columns),
    '-y',
    String(size.rows),
    '-c',
    project.dir,
    "env HISTFILE= PS1='shell> ' bash --norc --noprofile",
  )
  tmux('pipe-pane', '-o', `cat > '${log}'`)
  const screen = (...flags: readonly string[]): string => tmux('capture-pane', '-p', ...flags).replaceAll(/ +$/gm, '')
  return {
    screen,
    screenWithColours: () => screen('-e'),
    keys: (...names) => void tmux('send-keys', ...names),
    gateway: (parameters) => void tmux('send-keys', `'${process.execPath}' '${BIN}' ${parameters}`, 'Enter'),
    resize: (columns, rows) => void tmux('resize-window', '-x', String(columns), '-y', String(rows)),
    async shows(text) {
      for (let tries = 0; tries < 200; tries += 1) {
        const now = screen()
        if (typeof text === 'string' ? now.includes(text) : text.test(now)) return now
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      throw new Error(`the screen never showed ${String(text)}:\n${screen()}`)
    },
    written: () => readFileSync(log, 'utf8'),
    variable: (name) => tmux('display-message', '-p', `#{${name}}`).trim(),
    close: () => {
      tmux('kill-server')
      rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    },
  }
}
