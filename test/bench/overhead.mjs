// What the gateway costs over a proxy that only passes bytes on. All three targets are driven by the same load in turns,
// in an order that rotates, so that noise of the machine hits all of them. Compare figures of one run only.
import { chatBody, drive, openAgent } from './load/drive.mjs'
import { startBare, startGateway, startUpstream } from './load/processes.mjs'

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 6)
const WARM_UP = 3

const LOADS = [
  { name: 'JSON', stream: false, count: 2_000, concurrency: 16 },
  { name: 'SSE, 64 events one by one', stream: true, count: 400, concurrency: 32 },
  { name: 'SSE, 64 events at once', stream: true, user: 'burst', count: 600, concurrency: 16 },
]

const print = (text) => void process.stdout.write(`${text}\n`)

/** Prints CPU time, latency and throughput of the mock upstream alone, a bare proxy and the gateway. */
export async function overhead() {
  const upstream = await startUpstream()
  const targets = [{ name: 'mock upstream alone', process: upstream }]
  try {
    targets.push({ name: 'bare undici proxy', process: await startBare(upstream) })
    targets.push({ name: 'gateway dev', process: await startGateway(upstream) })
    for (const load of LOADS) await compare(load, targets)
  } finally {
    for (const target of targets.toReversed()) await target.process.stop()
  }
}

async function compare(load, targets) {
  const agent = openAgent(load.concurrency)
  const body = chatBody(load)
  const runs = targets.map((target) => ({ ...target, cpuMicros: [], latencies: [], rates: [] }))
  // The first rounds warm up and are not counted: the compiler of V8 works on a larger program for longer.
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (let turn = 0; turn < runs.length; turn += 1) {
      const run = runs[(WARM_UP + round + turn) % runs.length]
      const before = await run.process.stats()
      const { latencies, seconds } = await drive(run.process, { ...load, agent, body })
      const after = await run.process.stats()
      if (round < 0) continue
      run.cpuMicros.push((after.cpuMicros - before.cpuMicros) / load.count)
      run.latencies.push(latencies)
      run.rates.push(load.count / seconds)
    }
  }
  await agent.close()
  show(load, runs)
}

function show({ name, concurrency, count }, runs) {
  print(`${name}: ${ROUNDS} rounds of ${count} requests each, ${concurrency} at a time`)
  for (const run of runs) {
    const all = Float64Array.from(run.latencies.flatMap((values) => [...values])).sort()
    const cpu = `${median(run.cpuMicros).toFixed(0)} us CPU per request`
    const ms = `p50 ${quantile(all, 0.5).toFixed(2)} ms, p99 ${quantile(all, 0.99).toFixed(2)} ms`
    print(`  ${run.name}: ${cpu}, ${ms}, ${median(run.rates).toFixed(0)} requests/s`)
  }
  const [, bare, gateway] = runs
  const ratios = gateway.cpuMicros.map((value, round) => value / bare.cpuMicros[round])
  const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`
  print(`  CPU of the gateway / bare proxy: ${median(ratios).toFixed(2)} (rounds: ${range})`)
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}

function median(values) {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
}

if (process.argv[1]?.endsWith('overhead.mjs')) await overhead()
