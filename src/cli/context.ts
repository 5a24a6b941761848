import { resolve } from 'node:path'
import type { Command } from 'commander'

/** What every command gets: where it runs, how it may print. Commands read the process only through this. */
export interface CliContext {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Value of `--config`; undefined means discovery. */
  readonly config: string | undefined
  readonly json: boolean
  readonly ui: 'auto' | 'tui' | 'plain' | 'none'
  readonly color: boolean
  readonly ascii: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly input: boolean
  readonly screenReader: boolean
  /** True when a full-screen view may be shown. */
  readonly interactive: boolean
  readonly columns: number
  readonly rows: number
  /** Result text; the only thing that goes to stdout. */
  out(text: string): void
  /** Progress, hints and warnings; silent under `--quiet`. */
  note(text: string): void
  /** Errors; never silent. */
  fail(text: string): void
}

interface GlobalOptions {
  config?: string
  cwd?: string
  json?: boolean
  ui?: CliContext['ui']
  color?: boolean
  ascii?: boolean
  quiet?: boolean
  verbose?: boolean
  input?: boolean
  screenReader?: boolean
}

export function cliContext(command: Command): CliContext {
  const options = command.optsWithGlobals<GlobalOptions>()
  const env = process.env
  const truthy = (name: string): boolean =>
    env[name] !== undefined && env[name] !== '' && env[name] !== '0' && env[name] !== 'false'
  const bothTty = process.stdin.isTTY && process.stdout.isTTY
  const columns = process.stdout.columns ?? 80
  const rows = process.stdout.rows ?? 24
  const json = options.json ?? truthy('GATEWAY_JSON')
  const ui = options.ui ?? uiFromEnv(env['GATEWAY_UI'])
  const quiet = options.quiet ?? truthy('GATEWAY_QUIET')
  const screenReader = options.screenReader ?? truthy('INK_SCREEN_READER')
  const canDraw = bothTty && !truthy('CI') && env['TERM'] !== 'dumb' && columns >= 64 && rows >= 16
  return {
    cwd: resolve(options.cwd ?? env['GATEWAY_CWD'] ?? process.cwd()),
    env,
    config: options.config ?? env['GATEWAY_CONFIG'],
    json,
    ui,
    color: options.color !== false && colorWanted(env, process.stdout.isTTY),
    ascii: options.ascii ?? truthy('GATEWAY_ASCII'),
    quiet,
    verbose: options.verbose ?? truthy('GATEWAY_VERBOSE'),
    input: options.input !== false && bothTty,
    screenReader,
    interactive: !json && (ui === 'tui' || (ui === 'auto' && canDraw)) && bothTty,
    columns,
    rows,
    out: (text) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    note: (text) => {
      if (!quiet) process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
    },
    fail: (text) => void process.stderr.write(text.endsWith('\n') ? text : `${text}\n`),
  }
}

function uiFromEnv(value: string | undefined): CliContext['ui'] {
  return value === 'tui' || value === 'plain' || value === 'none' ? value : 'auto'
}

/** NO_COLOR wins over everything, then FORCE_COLOR, then whether stdout is a terminal that knows colours. */
function colorWanted(env: CliContext['env'], isTty: boolean): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTty && env['TERM'] !== 'dumb'
}
