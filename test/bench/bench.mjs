// `npm run bench`: what the README quotes. Absolute times depend on the machine; compare figures of one run only.
import { execFileSync, spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { analyse } from '../../dist/engine/analyse.js'
import { decide } from '../../dist/engine/decide.js'
import { EMPTY_STATE } from '../../dist/engine/state.js'
import { loadProject } from '../../dist/cli/project.js'
import { parseChatRequest } from '../../dist/wire/openai-chat/parse-request.js'
import { overhead } from './overhead.mjs'
import { whoMaySpend } from './who-may-spend.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const bin = join(root, 'bin', 'gateway.js')
const temporary = mkdtempSync(join(tmpdir(), 'gateway-bench-'))
const print = (text) => void process.stdout.write(`${text}\n`)

async function main() {
  try {
    await oneDecision()
    await planRuns()
    coldStart()
    await overhead()
    await whoMaySpend()
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}

/** Features, intent and decision for one prompt, timed one by one. */
async function oneDecision() {
  const project = await loadProject({ cwd: root, config: join(root, 'fixtures/configs/by-intent.yaml'), env: {} })
  for (const [label, length] of [
    ['1,000 characters', 1_000],
    ['100 kB', 100_000],
  ]) {
    const sentence = 'Summarise the following report for the board and name the three largest risks in plain words. '
    const content = sentence.repeat(Math.ceil(length / sentence.length)).slice(0, length)
    const request = parseChatRequest({ model: 'auto', messages: [{ role: 'user', content }] })
    const rights = {
      keyId: 'k',
      alias: 'k',
      groups: [],
      user: null,
      project: null,
      tierCeiling: null,
      models: null,
      policy: null,
    }
    const asked = { model: 'auto', endpoint: 'chat', stream: false, hints: { tags: [] } }
    const once = () => {
      const { features, intent } = analyse(request, null)
      return decide({
        asked,
        rights,
        features,
        intent,
        config: project.routing,
        matrix: project.matrix,
        state: EMPTY_STATE,
        seed: 0,
        roll: 0.5,
        now: 1_730_728_800_000,
      })
    }
    const rounds = length > 10_000 ? 300 : 5_000
    for (let index = 0; index < rounds; index += 1) once()
    const micros = []
    for (let index = 0; index < rounds; index += 1) {
      const startedAt = process.hrtime.bigint()
      once()
      micros.push(Number(process.hrtime.bigint() - startedAt) / 1000)
    }
    micros.sort((a, b) => a - b)
    print(
      `one decision, prompt of ${label}: median ${quantile(micros, 0.5).toFixed(0)} us, p99 ${quantile(micros, 0.99).toFixed(0)} us (${project.matrix.rows.length} models)`,
    )
  }
}

/** Fixtures made from the bundled ones with new ids and times. */
async function writeFixtures(count) {
  const lines = readFileSync(join(root, 'fixtures/zeroeval-gsm.jsonl'), 'utf8').trimEnd().split('\n')
  const header = lines[0]
  const fixtures = lines.slice(1).map((line) => JSON.parse(line))
  const file = join(temporary, `fixtures-${count}.jsonl`)
  const out = createWriteStream(file)
  out.write(`${header}\n`)
  const start = Date.parse('2024-11-04T14:00:00Z')
  for (let index = 0; index < count; index += 1) {
    const id = `fx_${index.toString(16).padStart(12, '0')}`
    const now = start + index * 1000
    const fixture = { ...fixtures[index % fixtures.length], id, session: `s_${index}`, ts: new Date(now).toISOString() }
    fixture.ctx = { ...fixture.ctx, now }
    if (!out.write(`${JSON.stringify(fixture)}\n`)) await new Promise((resolve) => out.once('drain', resolve))
  }
  await new Promise((resolve) => out.end(resolve))
  return file
}

/** Peak memory must not grow with the number of fixtures. */
async function planRuns() {
  for (const count of [1_000, 10_000, 100_000]) {
    const file = await writeFixtures(count)
    const startedAt = performance.now()
    const run = spawnSync(
      process.execPath,
      [
        join(root, 'test/bench/peak-memory.mjs'),
        'replay',
        file,
        '--plan',
        '--json',
        '--quiet',
        '-k',
        join(root, 'fixtures/configs/by-intent.yaml'),
        '--cwd',
        temporary,
      ],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    )
    const seconds = (performance.now() - startedAt) / 1000
    const peak = /peak-rss-mib (\d+)/.exec(run.stderr)?.[1]
    if (run.status !== 0 || peak === undefined) throw new Error(`replay --plan failed: ${run.stderr.slice(-2000)}`)
    print(
      `replay --plan, ${count} fixtures: ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} decisions/s with start-up, peak RSS ${peak} MiB`,
    )
  }
}

/** Start-up of the offline path against a bare Node, alternating. */
function coldStart() {
  const bare = []
  const route = []
  for (let index = 0; index < 9; index += 1) {
    bare.push(timed([process.execPath, '-e', '0']))
    route.push(timed([process.execPath, bin, 'route', 'hi', '--json', '--cwd', temporary]))
  }
  const median = (values) =>
    quantile(
      values.toSorted((a, b) => a - b),
      0.5,
    )
  print(
    `gateway route "hi" --json: ${median(route).toFixed(0)} ms, bare node ${median(bare).toFixed(0)} ms, ratio ${(median(route) / median(bare)).toFixed(2)}`,
  )
}

function timed([command, ...parameters]) {
  const startedAt = performance.now()
  execFileSync(command, parameters, { stdio: 'ignore' })
  return performance.now() - startedAt
}

await main()
