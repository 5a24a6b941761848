import { isIP } from 'node:net'
import { GatewayError } from '../../wire/errors.ts'

/** As commander hands them over: texts and flags. */
export interface RawDevOptions {
  readonly port: string
  readonly host: string
  readonly allowRemote?: boolean
  readonly allowHost?: readonly string[]
  readonly allowOrigin?: readonly string[]
  readonly upstream?: 'live' | 'recorded' | 'simulated'
  readonly onMiss?: 'error' | 'live' | 'simulated'
  readonly offline?: boolean
  readonly record: 'off' | 'new' | 'all'
  readonly recordTo?: string
  readonly recordSample?: string
  readonly redact?: 'secrets' | 'strict' | 'shape'
  readonly streamSpeed?: string
  readonly chaos?: string
  readonly maxSpend?: string
  readonly seed: string
  readonly fixtures?: readonly string[]
  readonly printEnv?: boolean
  readonly portFile?: string
  readonly trustConfig?: boolean
}

/** What counts from the options of all commands. */
export interface DevGlobals {
  readonly verbose: boolean
}

export interface DevOptions {
  readonly port: number
  readonly host: string
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
  /** Null: live, or simulated when nothing live is configured. */
  readonly upstream: 'live' | 'recorded' | 'simulated' | null
  readonly onMiss: 'error' | 'live' | 'simulated'
  readonly offline: boolean
  readonly record: {
    readonly mode: 'off' | 'new' | 'all'
    readonly file: string
    readonly sample: number
    readonly profile: 'secrets' | 'strict' | 'shape'
  }
  readonly streamSpeed: number
  readonly chaos: string | null
  readonly maxSpendNanoUsd: number | null
  readonly seed: number
  readonly fixtures: readonly string[]
  readonly printEnv: boolean
  readonly portFile: string | null
  readonly trustConfig: boolean
  readonly verbose: boolean
  readonly command: readonly string[]
}

/** Checks the options and how they go together. Throws `usage_error`. */
export function devOptions(raw: RawDevOptions, command: readonly string[], globals: DevGlobals): DevOptions {
  const options: DevOptions = {
    port: numberIn('--port', raw.port, { min: 0, max: 65_535, whole: true }),
    host: raw.host,
    allowedHosts: raw.allowHost ?? [],
    allowedOrigins: raw.allowOrigin ?? [],
    upstream: raw.offline === true ? 'recorded' : (raw.upstream ?? null),
    onMiss: raw.onMiss ?? 'error',
    offline: raw.offline === true,
    record: {
      mode: raw.record,
      file: raw.recordTo ?? 'fixtures/recorded.jsonl',
      sample: numberIn('--record-sample', raw.recordSample ?? '1', { min: 0, max: 1 }),
      profile: raw.redact ?? 'strict',
    },
    streamSpeed: numberIn('--stream-speed', raw.streamSpeed ?? '1', { min: 0, max: 1_000 }),
    chaos: raw.chaos ?? null,
    maxSpendNanoUsd: raw.maxSpend === undefined ? null : nanoUsd(raw.maxSpend),
    seed: numberIn('--seed', raw.seed, { min: 0, max: 2 ** 32 - 1, whole: true }),
    fixtures: raw.fixtures ?? [],
    printEnv: raw.printEnv === true,
    portFile: raw.portFile ?? null,
    trustConfig: raw.trustConfig === true,
    verbose: globals.verbose,
    command,
  }
  refuseContradictions(raw, options)
  return options
}

function refuseContradictions(raw: RawDevOptions, options: DevOptions): void {
  if (!isLoopback(options.host) && raw.allowRemote !== true)
    throw usage(`"${options.host}" can be reached by other machines`, 'add `--allow-remote` if that is what you want')
  if (raw.offline === true && raw.upstream !== undefined && raw.upstream !== 'recorded')
    throw usage(`\`--offline\` and \`--upstream ${raw.upstream}\` contradict each other`, 'leave one of them out')
  if (raw.offline === true && raw.onMiss !== undefined && raw.onMiss !== 'error')
    throw usage(`\`--offline\` and \`--on-miss ${raw.onMiss}\` contradict each other`, 'leave one of them out')
  const recorded = options.upstream === 'recorded'
  if (!recorded && (raw.onMiss !== undefined || options.fixtures.length > 0))
    throw usage('`--on-miss` and `--fixtures` need recorded answers', 'add `--upstream recorded`')
  const about = [raw.recordTo, raw.recordSample, raw.redact]
  if (raw.record === 'off' && about.some((value) => value !== undefined))
    throw usage('recording is off', 'add `--record new` or `--record all`')
  if (options.printEnv && options.command.length > 0)
    throw usage('`--print-env` and a command contradict each other', 'leave one of them out')
  if (options.printEnv && options.port === 0)
    throw usage('`--print-env` can not know a free port', 'name the port of the running proxy with `--port`')
}

/** Addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

function numberIn(flag: string, text: string, range: { min: number; max: number; whole?: boolean }): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  const fits = value >= range.min && value <= range.max && (range.whole !== true || Number.isInteger(value))
  if (fits) return value
  const kind = range.whole === true ? 'a whole number' : 'a number'
  throw usage(`\`${flag}\` must be ${kind} from ${range.min} to ${range.max}, got "${text}"`)
}

/** Dollars as typed to integer nano-dollars, without a float in between. */
function nanoUsd(text: string): number {
  const match = /^\$?(\d{1,6})(?:\.(\d{1,9}))?$/.exec(text)
  if (match === null) throw usage(`\`--max-spend\` must be an amount in dollars such as 0.50, got "${text}"`)
  return Number(match[1]) * 1e9 + Number((match[2] ?? '').padEnd(9, '0'))
}

function usage(message: string, hint?: string): GatewayError {
  return new GatewayError('usage_error', message, hint === undefined ? {} : { hint })
}
