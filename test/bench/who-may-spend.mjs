// What keys, limits, budgets and the ledger cost of every request: step by step in one process, without sockets, and as a
// share of all that the real proxy does for a request.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKeyAuthenticator } from '../../dist/auth/authenticator.js'
import { openDevelopmentKey } from '../../dist/auth/dev-identity.js'
import { openBooks } from '../../dist/cli/dev/books.js'
import { cliAct, openKeyStores } from '../../dist/cli/open-store.js'
import { loadProject } from '../../dist/cli/project.js'
import { createPipeline } from '../../dist/pipeline/pipeline.js'
import { createLiveState } from '../../dist/pipeline/state.js'
import { parseChatRequest } from '../../dist/wire/openai-chat/parse-request.js'
import { chatBody, drive, openAgent } from './load/drive.mjs'
import { startGateway, startUpstream } from './load/processes.mjs'

const print = (text) => void process.stdout.write(`${text}\n`)
const REQUESTS = 20_000
/** Requests that settle between two commits, as with so many under way. */
const GROUP = 16

const LIMITS = `budgets:
  - { name: everybody, scope: global, limit: 100000 USD, window: month, on_exceed: block }
  - { name: each key, scope: key, limit: 50000 USD, window: day, on_exceed: block }
  - { name: each user, scope: user, limit: 1000 USD, window: day, rolling: true, on_exceed: downgrade }
rate_limits:
  - { name: of keys, scope: key, requests: 100000000/min, tokens: 9000000000000/min, concurrent: 100000 }
`
const MODELS = `version: 1
providers: { bench: { kind: simulated } }
models:
  bench-free: { provider: bench, tier: free, context_window: 32k, max_output: 4k, price: { input: 1, output: 2 } }
  bench-standard: { provider: bench, tier: standard, context_window: 32k, max_output: 4k, price: { input: 2, output: 3 } }
  bench-premium: { provider: bench, tier: premium, context_window: 32k, max_output: 4k, price: { input: 3, output: 4 } }
`

/** Prints the section "who may spend". */
export async function whoMaySpend() {
  print('who may spend')
  for (const users of [1, 1_000]) await steps(users)
  await share()
}

/** A store, keys, gate and decisions as `gateway dev` has them. */
async function open() {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-bench-'))
  writeFileSync(join(directory, 'gateway.yaml'), `${MODELS}${LIMITS}`)
  const project = await loadProject({ cwd: directory, config: undefined, env: {} })
  const generation = { routing: project.routing, matrix: project.matrix, seed: 0 }
  const books = openBooks({ project: () => project, generation: () => generation, warn: print })
  const stores = openKeyStores(books.connection, directory)
  const { key } = await openDevelopmentKey(join(directory, '.gateway'), stores.keys, cliAct(Date.now()))
  const auth = createKeyAuthenticator({ store: stores.keys, tiers: () => generation.routing.tiers })
  const pipeline = createPipeline({
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    upstream: { mode: 'simulated' },
    state: createLiveState(),
    admission: books.gate,
    sinks: [],
    generation: () => generation,
  })
  const close = async () => {
    await books.close()
    rmSync(directory, { recursive: true, force: true })
  }
  return { books, auth, key, pipeline, generation, close }
}

function incomingOf(principal, user, nth) {
  const requestId = `req_${nth.toString(16).padStart(32, '0')}`
  return {
    requestId,
    exchangeId: requestId,
    request: parseChatRequest(JSON.parse(chatBody({ stream: false }))),
    asked: { model: 'auto', endpoint: 'chat', stream: false, hints: { tags: [] } },
    rights: { ...principal.rights, user },
    sessionId: requestId,
    body: null,
    clientRetry: 0,
    parseMs: null,
    authMs: null,
  }
}

const USAGE = {
  input: 250,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 120,
  reasoning: 0,
  basis: 'reported',
}
const COST = { kind: 'known', nanoUsd: 490_000, usageBasis: 'reported', priceSource: 'bench', priceAsOf: '2026-01-01' }
const STEPS = [
  'key check',
  'balances',
  'rate limits',
  'reservation and opening',
  'settlement and closing',
  'balances after',
  'rate limits after',
  `commit (${GROUP} at a time)`,
]

/** Every step timed on its own, over many requests. */
async function steps(users) {
  const { books, auth, key, pipeline, generation, close } = await open()
  const { gate } = books
  const micros = STEPS.map(() => [])
  const principal = auth.authenticate(key, Date.now())
  const decided = pipeline.decide(incomingOf(principal, 'user-0', 0), Date.now())
  const [target] = decided.decision.plan
  let underWay = []
  const once = async (nth, times) => {
    const incoming = incomingOf(principal, `user-${nth % users}`, nth)
    const at = Date.now()
    const t0 = performance.now()
    auth.authenticate(key, at)
    auth.stillHolds(principal, at)
    const t1 = performance.now()
    gate.budgets(incoming, generation, at)
    const t2 = performance.now()
    const entry = gate.enter({ incoming, decided, generation, at })
    const t3 = performance.now()
    const admitted = gate.admit({ incoming, decided, generation, target, attempt: 0, at })
    const t4 = performance.now()
    underWay.push({ admitted, entry, incoming })
    for (const [step, ms] of [t1 - t0, t2 - t1, t3 - t2, t4 - t3].entries()) times[step].push(ms * 1_000)
    if (underWay.length < GROUP) return
    for (const one of underWay) {
      const end = Date.now()
      const s0 = performance.now()
      one.admitted.settle({ outcome: 'answered', failure: null, status: 200, usage: USAGE, cost: COST, at: end })
      const s1 = performance.now()
      gate.budgets(one.incoming, generation, end)
      const s2 = performance.now()
      one.entry.leave(USAGE, end)
      const s3 = performance.now()
      times[4].push((s1 - s0) * 1_000)
      times[5].push((s2 - s1) * 1_000)
      times[6].push((s3 - s2) * 1_000)
    }
    underWay = []
    const c0 = performance.now()
    await gate.durable()
    times[7].push(((performance.now() - c0) * 1_000) / GROUP)
  }
  // The first requests load and compile.
  const unused = STEPS.map(() => [])
  for (let nth = 1; nth <= REQUESTS / 4; nth += 1) await once(nth, unused)
  for (let nth = 1; nth <= REQUESTS; nth += 1) await once(REQUESTS + nth, micros)
  // Medians: this machine does other things too.
  const each = micros.map((times) => median(times))
  const accounts = gate.standing(Date.now()).length
  total = sum(each)
  print(
    `  ${accounts} open accounts: ${total.toFixed(1)} us a request, ${sum(each.slice(0, 4)).toFixed(1)} of them before`,
  )
  print(`    the provider is called: ${STEPS.map((step, index) => `${step} ${each[index].toFixed(1)}`).join(', ')}`)
  await close()
}

/** Of the last run of `steps`. */
let total = 0
const sum = (values) => values.reduce((a, b) => a + b, 0)
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** CPU time of the real proxy for a request, with and without the limits above. */
async function share() {
  const upstream = await startUpstream()
  const [without, withLimits] = [await startGateway(upstream), await startGateway(upstream, { more: LIMITS })]
  const load = { stream: false, count: 2_000, concurrency: 16, agent: openAgent(16), body: chatBody({ stream: false }) }
  const cpu = new Map([without, withLimits].map((gateway) => [gateway, []]))
  try {
    for (let round = -3; round < 5; round += 1) {
      for (const [gateway, micros] of cpu) {
        const before = await gateway.stats()
        await drive(gateway, load)
        const after = await gateway.stats()
        if (round >= 0) micros.push((after.cpuMicros - before.cpuMicros) / load.count)
      }
    }
  } finally {
    await load.agent.close()
    for (const gateway of cpu.keys()) await gateway.stop()
    await upstream.stop()
  }
  const [plain, limited] = [...cpu.values()].map((values) => median(values))
  print(
    `  whole request path (JSON, 16 at a time): ${limited.toFixed(0)} us CPU with limits, ${plain.toFixed(0)} us without; ` +
      `the steps above are ${((100 * total) / limited).toFixed(0)} % of it`,
  )
}

if (process.argv[1]?.endsWith('who-may-spend.mjs')) await whoMaySpend()
