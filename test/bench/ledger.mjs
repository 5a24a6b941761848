// `node test/bench/ledger.mjs [rows] [users] [days]` after a build: what the ledger costs per call, and how large and quick it
// is when it is full. Absolute times depend on the machine.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../../dist/store/open.js'
import { checkLedger } from '../../dist/store/ledger/check.js'
import { createCompaction } from '../../dist/store/ledger/compaction.js'
import { createLedger } from '../../dist/store/ledger/ledger.js'
import { createRollUp } from '../../dist/store/ledger/roll-up.js'
import { createSpendReader } from '../../dist/store/ledger/spend.js'
import { createSpentReader } from '../../dist/store/ledger/spent.js'
import { createLedgerWriter } from '../../dist/store/ledger/writer.js'

const [ROWS = 1_000_000, USERS = 200, DAYS = 90] = process.argv.slice(2).map(Number)
const DAY_MS = 86_400_000
const bin = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'bin', 'gateway.js')
const directory = mkdtempSync(join(tmpdir(), 'gateway-ledger-'))
const print = (text) => void process.stdout.write(`${text}\n`)
const seconds = (ms) => (ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`)

const MODELS = ['gpt-5-nano', 'gpt-5.4-mini', 'gemini-2.5-flash', 'claude-haiku-4-5', 'gpt-5.4', 'claude-opus-4-8']
const INTENTS = ['chat', 'code.generate', 'qa.knowledge', 'summarise', 'translate', 'extract', 'math', 'agent.tools']

// The same numbers in every run.
let state = 7
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}
const pick = (list) => list[Math.floor(random() ** 2 * list.length)]

function attempt(at) {
  const requestId = `req_${randomBytes(16).toString('hex')}`
  const user = Math.floor(random() ** 2 * USERS)
  const model = pick(MODELS)
  return {
    id: `${requestId}.0`,
    requestId,
    attempt: 0,
    at,
    keyId: `key_${String(user % 50).padStart(16, '0')}`,
    alias: `service-${user % 50}`,
    groups: user % 3 === 0 ? ['staff'] : [],
    user: `user-${user}@example.com`,
    project: `project-${user % 20}`,
    tags: random() < 0.3 ? [`feature-${Math.floor(random() * 10)}`] : [],
    endpoint: 'chat.completions',
    model,
    tier: MODELS.indexOf(model) < 2 ? 'free' : 'standard',
    provider: 'openai',
    upstreamModel: model,
    intent: pick(INTENTS),
    configHash: 'abcdef012345',
    reservedNanoUsd: Math.floor(random() * 5e7),
    endedAt: at + Math.floor(random() ** 3 * 60_000),
    outcome: random() < 0.02 ? 'failed' : 'answered',
    failure: null,
    status: 200,
    usage: {
      input: Math.floor(random() ** 3 * 8000),
      cacheRead: random() < 0.3 ? 4096 : 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: Math.floor(random() ** 2 * 1500),
      reasoning: 0,
      basis: 'reported',
    },
    costNanoUsd: Math.floor(random() ** 3 * 5e7),
    costBasis: random() < 0.97 ? 'reported' : 'estimated',
    priceSource: 'models.dev',
    priceAsOf: '2026-07-01',
    cache: 'bypass',
  }
}

/** Calls as a proxy makes them: admitted, some turns of the loop later settled, then awaited. */
async function perCall() {
  print('calls through the ledger, roll-ups included')
  const connection = openDatabase(join(directory, 'calls.db'), { busyMs: 50 })
  const ledger = createLedger(connection, { onTrouble: ({ text }) => print(text) })
  for (const clients of [1, 16, 64]) {
    const calls = 20_000
    const waits = []
    const cpu = process.cpuUsage()
    const loop = Array.from({ length: clients }, async () => {
      for (let n = 0; n < calls / clients; n += 1) {
        const row = attempt(Date.now())
        ledger.opened(row)
        await new Promise((resolve) => setTimeout(resolve, 20 * random()))
        ledger.closed(row)
        const started = performance.now()
        await ledger.durable()
        waits.push(performance.now() - started)
      }
    })
    await Promise.all(clients === 1 ? [singleClient(ledger, waits)] : loop)
    const { user, system } = process.cpuUsage(cpu)
    waits.sort((a, b) => a - b)
    const at = (share) => waits[Math.floor(share * (waits.length - 1))].toFixed(2)
    const cost = ((user + system) / waits.length).toFixed(0)
    print(
      `  ${clients} at once: ${cost} us CPU a call; durable() ${at(0.5)} ms median, ${at(0.99)} ms p99, ${at(1)} ms most`,
    )
  }
  await ledger.close()
  connection.close()
}

/** One client alone, without pauses: every call is a group of its own. */
async function singleClient(ledger, waits) {
  for (let n = 0; n < 5000; n += 1) {
    const row = attempt(Date.now())
    ledger.opened(row)
    await new Promise((resolve) => setImmediate(resolve))
    ledger.closed(row)
    const started = performance.now()
    await ledger.durable()
    waits.push(performance.now() - started)
  }
}

function fill(connection, now) {
  const write = createLedgerWriter(connection)
  const rollUp = createRollUp(connection)
  const started = performance.now()
  const group = 5000
  for (let n = 0; n < ROWS; n += group) {
    const closings = Array.from({ length: Math.min(group, ROWS - n) }, (_, index) =>
      attempt(Math.floor(now - DAYS * DAY_MS * (1 - (n + index) / ROWS))),
    )
    write({ openings: [], ended: [], closings })
    while (rollUp.step(group));
  }
  const compaction = createCompaction(connection)
  while (compaction.step(now));
  return performance.now() - started
}

function sizes(connection, path) {
  connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const table = connection.prepare(
    'SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY bytes DESC LIMIT 6',
  )
  print(`  file: ${(statSync(path).size / ROWS).toFixed(1)} bytes a row`)
  for (const { name, bytes } of table.all()) print(`    ${name.padEnd(24)} ${(bytes / ROWS).toFixed(2)} bytes a row`)
  const count = (name) => connection.prepare(`SELECT count(*) FROM ${name}`).pluck().get()
  print(`    spend_day ${count('spend_day')} sums, spend_quarter ${count('spend_quarter')} sums`)
}

function queries(connection, now) {
  const spend = createSpendReader(connection)
  const monthAgo = now - 30 * DAY_MS
  for (const [label, query] of [
    ['user, 7 days', { by: ['user'], since: now - 7 * DAY_MS }],
    ['model, 30 days', { by: ['model'], since: monthAgo }],
    ['model, all', { by: ['model'], since: null }],
    ['day, all', { by: ['day'], since: null }],
    ['user, all', { by: ['user'], since: null }],
    ['project, key, model, all', { by: ['project', 'key', 'model'], since: null }],
    ['user, intent, day, all', { by: ['user', 'intent', 'day'], since: null }],
    ['one user by model, all', { by: ['model'], since: null, filter: { user: 'user-7@example.com' } }],
    ['tag, all (from rows)', { by: ['tag'], since: null }],
  ]) {
    const started = performance.now()
    const { lines } = spend({ until: null, filter: {}, ...query })
    print(`  ${label.padEnd(26)} ${seconds(performance.now() - started).padStart(8)}  ${lines.length} lines`)
  }
  const spent = createSpentReader(connection)
  for (const [label, scope, subject, from] of [
    ['month of everybody', 'global', '', monthAgo - (monthAgo % DAY_MS)],
    ['month of a user', 'user', 'user-7@example.com', monthAgo - (monthAgo % DAY_MS)],
    ['rolling day of a user', 'user', 'user-7@example.com', now - DAY_MS],
    ['total of a key', 'key', 'key_0000000000000007', 0],
  ]) {
    const started = performance.now()
    const parts = spent({ scope, subject, from, to: Number.MAX_SAFE_INTEGER })
    const ms = (performance.now() - started).toFixed(1)
    print(`  opens an account: ${label.padEnd(22)} ${ms.padStart(6)} ms  ${parts.length} parts`)
  }
}

function commandLine() {
  for (const parameters of [['spend'], ['spend', '--by', 'user,model'], ['spend', '--by', 'user', '--since', '7d']]) {
    const started = performance.now()
    const { status } = spawnSync(process.execPath, [bin, ...parameters, '--csv'], { cwd: directory })
    print(`  gateway ${parameters.join(' ').padEnd(28)} ${seconds(performance.now() - started)}, exit ${status}`)
  }
}

try {
  await perCall()
  print(`${ROWS} rows of ${USERS} users over ${DAYS} days`)
  mkdirSync(join(directory, '.gateway'))
  const path = join(directory, '.gateway', 'gateway.db')
  const connection = openDatabase(path)
  const now = Date.now()
  print(`  filled in ${seconds(fill(connection, now))}`)
  sizes(connection, path)
  queries(connection, now)
  commandLine()
  const started = performance.now()
  const { problems } = checkLedger(connection)
  print(`  check adds all up again: ${seconds(performance.now() - started)}, ${problems.length} problems`)
} finally {
  rmSync(directory, { recursive: true, force: true })
}
process.exit(0)
