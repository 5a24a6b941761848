import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, runGateway, startDev, type DevProject, type RunningDev } from '../e2e/dev-process.ts'
import { localConfig, scriptedUpstream, type ScriptedUpstream } from '../e2e/scripted-upstream.ts'
import { openPane, TMUX } from '../e2e/tmux.ts'
import { leaksIn, PLANTED, PROSE } from './planted.ts'
import { indiscreet, traffic, type GatewayKeys, type Told } from './secret-traffic.ts'

const SABOTEUR = fileURLToPath(new URL('saboteur.mjs', import.meta.url))
const CONFIG = `budgets:
  - { name: nothing, scope: key, limit: 0 USD, window: total, on_exceed: block, apply: referenced }
  - { name: plenty, scope: user, limit: 100 USD, window: day }
rate_limits:
  - { name: once, scope: key, requests: 1/h, apply: referenced }
`
const ENV = {
  LOCAL_KEY: PLANTED.providerKey,
  OTHER_KEY: PLANTED.secondProviderKey,
  SOME_TOKEN: PLANTED.environment,
  GATEWAY_DEBUG: '1',
  NODE_OPTIONS: `--import ${SABOTEUR}`,
}

let upstream: ScriptedUpstream
let project: DevProject
/** Those of `PLANTED`, and the keys that the gateway made. */
let secrets: Record<string, string> = { ...PLANTED }
/** Everything that came out of a program, or stayed behind, by where it was. */
const sinks = new Map<string, string>()
const told: Told[] = []

const find = (text: string): string[] => leaksIn(text, secrets)

async function secretOf(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runGateway(project, ['keys', ...args, '--json'])
  expect(code, stderr).toBe(0)
  // The one place where a secret is shown, once.
  const made: Record<string, unknown> = JSON.parse(stdout)
  return String(made['secret'])
}

async function makeKeys(dev: RunningDev): Promise<GatewayKeys> {
  const rotatedOut = await secretOf('create', '--alias', 'turning', '--explain')
  const revoked = await secretOf('create', '--alias', 'gone')
  const keys: GatewayKeys = {
    active: await secretOf('create', '--alias', 'team', '--explain'),
    rotatedOut,
    rotatedIn: await secretOf('rotate', 'turning'),
    revoked,
    admin: await secretOf('create', '--alias', 'boss', '--admin'),
    poor: await secretOf('create', '--alias', 'poor', '--budgets', 'nothing'),
    slow: await secretOf('create', '--alias', 'slow', '--limits', 'once'),
  }
  await runGateway(project, ['keys', 'revoke', 'gone'])
  expect(dev.stderr()).toContain(dev.key)
  secrets = { ...secrets, ...keys }
  return keys
}

/** One proxy for each way to print, under the same traffic. */
async function serveAll(): Promise<GatewayKeys> {
  const first = await startDev(project, ['--record', 'all', '--verbose'], { env: ENV })
  const keys = await makeKeys(first)
  told.push(...(await traffic(first, keys)))
  const plain = await first.stop()
  sinks.set('dev --verbose', plain.stdout + plain.stderr)
  const second = await startDev(project, ['--json', '--record', 'new', '--redact', 'strict'], { env: ENV })
  told.push(...(await traffic(second, keys)))
  const json = await second.stop('SIGINT')
  sinks.set('dev --json', json.stdout + json.stderr)
  return keys
}

/** A process that ends by a bug of ours. */
async function crash(signal: NodeJS.Signals, secret: string, keys: GatewayKeys): Promise<void> {
  const dev = await startDev(project, ['--verbose'], { env: ENV })
  const messages = [{ role: 'user', content: `${PROSE}\n    at ${secret} (${secret})` }]
  await dev.client.chat.completions.create({ model: 'auto', messages: messages as never })
  // The signal finds the words of the last request in the error.
  await traffic(dev, keys)
  await dev.client.chat.completions.create({ model: 'auto', messages: messages as never })
  const { code, stdout, stderr } = await dev.stop(signal)
  expect(code).toBe(70)
  expect(stderr).toContain('this is a bug in the gateway')
  sinks.set(`a crash by ${signal}`, stdout + stderr)
}

async function runCommands(): Promise<void> {
  const commands = [
    ['spend', '--by', 'user,project,tag,key'],
    ['spend', '--by', 'model', '--json'],
    ['spend', '--by', 'user,tag', '--csv'],
    ['spend', '--budgets'],
    ['audit', 'tail'],
    ['audit', 'verify'],
    ['audit', 'export'],
    ['keys', 'list'],
    ['keys', 'list', '--json'],
    ['keys', 'show', 'turning'],
    ['store', 'check'],
    ['config', 'print'],
    ['config', 'validate'],
    ['models', 'list', '--json'],
    ['fixtures', 'check', 'fixtures/recorded.jsonl'],
    ['route', '--explain', PROSE],
    ['spend', '--user', PLANTED.user],
    ['keys', 'show', PLANTED.alias],
    ['--no-such-option'],
  ]
  for (const args of commands) {
    const { stdout, stderr } = await runGateway(project, args, { env: ENV })
    const name = args.map((arg) => (arg === PLANTED.user || arg === PLANTED.alias ? 'SECRET' : arg)).join(' ')
    sinks.set(`gateway ${name}`, stdout + stderr)
  }
}

/** The list of requests and every view of one of them. */
async function watchScreen(keys: GatewayKeys): Promise<void> {
  const pane = openPane(project, { columns: 140, rows: 40 }, { ...ENV, GATEWAY_SETTINGS_DIR: join(project.dir, 's') })
  await pane.shows('shell>')
  pane.gateway('dev --port 0 --port-file port')
  await pane.shows('no requests yet')
  const url = `http://127.0.0.1:${(await project.read('port')).trim()}`
  await traffic({ url }, keys)
  await pane.shows(/ > \d\d:\d\d:\d\d/)
  for (let down = 0; down < 12; down += 1) {
    pane.keys('Enter')
    await delay(60)
    for (const view of ['1', '2', '3']) pane.keys(view)
    await delay(60)
    pane.keys('q')
    await pane.shows('q quit')
    pane.keys('Up')
  }
  pane.keys('q')
  await pane.shows(/done .*calls/)
  sinks.set('the screen', pane.written())
  pane.close()
}

async function readFiles(when: string): Promise<void> {
  const entries = await readdir(project.dir, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    // Byte for byte: the database is no text.
    sinks.set(`${when}: ${path.slice(project.dir.length + 1)}`, await readFile(path, 'latin1'))
  }
}

beforeAll(async () => {
  upstream = await scriptedUpstream(indiscreet)
  const config = localConfig(upstream.url, CONFIG).replace('["${LOCAL_KEY}"]', '["${LOCAL_KEY}", "${OTHER_KEY}"]')
  project = await devProject(config)
  const keys = await serveAll()
  await crash('SIGUSR2', PLANTED.crash, keys)
  // The next proxy finds what the crashed one left behind; its files are looked at as they lie.
  await readFiles('crashed')
  await crash('SIGUSR1', PLANTED.rejection, keys)
  await runCommands()
  if (TMUX) await watchScreen(keys)
  await readFiles('at the end')
}, 120_000)

afterAll(async () => {
  await upstream.close()
  await project.remove()
})

describe('planted secrets', () => {
  it('were all sent on their way', () => {
    const statuses = new Set(told.map(({ status }) => status))
    expect([...statuses].sort((a, b) => a - b)).toEqual(
      expect.arrayContaining([200, 400, 401, 402, 403, 404, 429, 500]),
    )
    const sent = JSON.stringify(upstream.seen)
    for (const place of ['prompt', 'promptPassword', 'system', 'toolArgument', 'crash', 'rejection'] as const)
      expect(sent, place).toContain(PLANTED[place])
    expect(sent).toContain(PLANTED.providerKey)
    expect(sinks.get('at the end: fixtures/recorded.jsonl')).toContain('fx_')
    // The log of what is not yet in the database itself.
    expect(sinks.get('crashed: .gateway/gateway.db-wal')?.length).toBeGreaterThan(0)
  })

  it('are in nothing that the gateway printed, drew or kept', () => {
    expect(sinks.size).toBeGreaterThan(25)
    const leaks = [...sinks].flatMap(([sink, text]) => find(text).map((place) => `${place} in ${sink}`))
    expect(leaks).toEqual([])
  })

  it('are in no header and in no error, not even those of their sender', () => {
    const leaks = told.flatMap(({ status, text }, at) =>
      find(text).map((place) => `${place} in answer ${at} (${status})`),
    )
    expect(leaks).toEqual([])
  })

  it('would be found, in whatever form, if they were', () => {
    const [sink = '', text = ''] = [...sinks].find(([name]) => name.endsWith('gateway.db')) ?? []
    expect(sink).not.toBe('')
    for (const [place, secret] of Object.entries(secrets)) {
      for (const form of [secret, JSON.stringify({ a: secret }), Buffer.from(secret).toString('base64')])
        expect(find(`${text}${form}${text}`), `${place} in ${form}`).toContain(place)
    }
  })
})

describe('words of prompts', () => {
  it('are neither in the ledger nor in the audit log', () => {
    const books = [...sinks].filter(([sink]) => /: \.gateway\/.*(?:gateway\.db|audit)/.test(sink))
    expect(books.length).toBeGreaterThanOrEqual(5)
    for (const [sink, text] of books)
      for (const word of PROSE.split(' ').slice(1, 3)) expect(text, sink).not.toContain(word)
    const said = [...sinks].filter(([sink]) => /^gateway (?:audit|spend|store|keys)|^dev |^a crash/.test(sink))
    expect(said.length).toBeGreaterThan(10)
    for (const [sink, text] of said) expect(text, sink).not.toContain('heron')
  })

  it('would be found there', () => {
    expect(sinks.get('at the end: fixtures/recorded.jsonl')).toContain('heron')
  })
})
