import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CliContext } from '../../../src/cli/context.ts'

export interface Captured {
  readonly context: CliContext
  /** What went to stdout, and what to stderr. */
  readonly stdout: string[]
  readonly stderr: string[]
}

/** A context that keeps what a command prints. Settings go to `cwd`, never to the home directory of who runs the tests. */
export function captured(cwd: string, over: Partial<CliContext> = {}): Captured {
  const [stdout, stderr]: [string[], string[]] = [[], []]
  const context: CliContext = {
    cwd,
    config: undefined,
    json: false,
    ui: 'auto',
    color: false,
    ascii: false,
    quiet: false,
    verbose: false,
    input: false,
    screenReader: false,
    interactive: false,
    columns: 120,
    rows: 40,
    out: (text) => void stdout.push(text),
    note: (text) => void stderr.push(text),
    fail: (text) => void stderr.push(text),
    ...over,
    env: { GATEWAY_SETTINGS_DIR: join(cwd, 'settings'), ...over.env },
  }
  return { context, stdout, stderr }
}

export function temporaryDirectory(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'gateway-cli-')))
}
