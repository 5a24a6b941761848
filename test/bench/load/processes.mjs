// Starts the processes that are measured and asks them what they have used.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const BIN = process.env['GATEWAY_TEST_BIN'] ?? join(here, '..', '..', '..', 'bin', 'gateway.js')
const START_MS = 15_000

/** One running process; `stats` asks it for CPU time and memory. */
class Measured {
  constructor(child, { url, headers = {}, onStop = () => undefined }) {
    this.child = child
    this.url = url
    this.headers = headers
    this.onStop = onStop
  }

  async stats(message = 'stats') {
    this.child.send(message)
    const [stats] = await once(this.child, 'message')
    return stats
  }

  async stop() {
    const exited = this.child.exitCode === null && this.child.signalCode === null ? once(this.child, 'exit') : null
    this.child.kill('SIGTERM')
    await exited
    this.onStop()
  }
}

function spawnNode(parameters, { stdout, env = process.env, cwd } = {}) {
  const nodeArguments = [
    '--expose-gc',
    '--import',
    join(here, 'child-stats.mjs'),
    ...profile(parameters[0]),
    ...parameters,
  ]
  return spawn(process.execPath, nodeArguments, { stdio: ['ignore', stdout ?? 'pipe', 'inherit', 'ipc'], env, cwd })
}

/** `GATEWAY_BENCH_PROFILE=DIR` writes a CPU profile of every process there. */
function profile(script) {
  const directory = process.env['GATEWAY_BENCH_PROFILE']
  if (directory === undefined) return []
  const name = script
    .split('/')
    .at(-1)
    .replace(/\.\w+$/, '')
  return ['--cpu-prof', '--cpu-prof-dir', directory, '--cpu-prof-name', `${name}.cpuprofile`]
}

async function startServer(script, ...parameters) {
  const child = spawnNode([join(here, script), ...parameters])
  const [line] = await once(child.stdout, 'data')
  return new Measured(child, { url: `http://127.0.0.1:${Number(line)}` })
}

export const startUpstream = () => startServer('mock-upstream.mjs')

export const startBare = ({ url }) => startServer('bare-proxy.mjs', url)

/** Three models on one provider, so that routing has a choice to make. */
const config = (url, concurrency) => `version: 1
providers:
  bench: { kind: openai-compatible, base_url: ${url}, api_keys: ["\${BENCH_KEY}"], max_concurrency: ${concurrency} }
models:
${['free', 'standard', 'premium']
  .map(
    (tier, index) =>
      `  bench-${tier}: { provider: bench, upstream_model: bench-upstream, tier: ${tier}, context_window: 32k, max_output: 4k, price: { input: ${index + 1}, output: ${index + 2} } }`,
  )
  .join('\n')}
`

/** The whole gateway as `gateway dev` runs it, its plain log going to /dev/null. */
export async function startGateway(upstream, { concurrency = 64, more = '' } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-load-'))
  writeFileSync(join(directory, 'gateway.yaml'), config(upstream.url, concurrency) + more)
  const portFile = join(directory, 'port')
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    GATEWAY_SETTINGS_DIR: join(directory, 'settings'),
    BENCH_KEY: 'bench-key-of-no-provider',
  }
  const parameters = [BIN, 'dev', '--quiet', '--port', '0', '--port-file', portFile, '--trust-config']
  const child = spawnNode(parameters, { stdout: openSync('/dev/null', 'w'), env, cwd: directory })
  const port = await readWhenThere(portFile, child)
  const key = readFileSync(join(directory, '.gateway', 'dev-key'), 'utf8').trim()
  const headers = { authorization: `Bearer ${key}` }
  const onStop = () => rmSync(directory, { recursive: true, force: true })
  return new Measured(child, { url: `http://127.0.0.1:${port}`, headers, onStop })
}

async function readWhenThere(file, child) {
  const until = performance.now() + START_MS
  while (performance.now() < until && child.exitCode === null) {
    try {
      const text = readFileSync(file, 'utf8').trim()
      if (text !== '') return Number(text)
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
    await sleep(20)
  }
  throw new Error('the gateway did not start')
}
