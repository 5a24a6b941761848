// `npm run soak`: many streams held at once, then many requests, through the real proxy on loopback. Exits with 1 when a
// request fails or memory clearly grows.
import { setTimeout as sleep } from 'node:timers/promises'
import { chatBody, drive, openAgent, post } from '../bench/load/drive.mjs'
import { startGateway, startUpstream } from '../bench/load/processes.mjs'

const STREAMS = Number(process.env['SOAK_STREAMS'] ?? 1_000)
const REQUESTS = Number(process.env['SOAK_REQUESTS'] ?? 100_000)
const WARM_UP = 10_000
const SAMPLES = 20
const CONCURRENCY = 32
/** Growth of the RSS over the whole load that is still noise of the allocator. */
const MOST_GROWTH_MIB = 24
const MOST_MINUTES = 6

const print = (text) => void process.stdout.write(`${text}\n`)
const mib = (bytes) => (bytes / 1024 ** 2).toFixed(1)

/** Streams open, silent, all at the same time; then released and read to their end. */
async function holdStreams(upstream, gateway) {
  const agent = openAgent(STREAMS)
  const open = chatBody({ stream: true, user: 'hold' })
  // What the first requests load and compile belongs to no stream.
  await drive(gateway, {
    agent,
    body: chatBody({ stream: true, user: 'burst' }),
    stream: true,
    count: 500,
    concurrency: 50,
  })
  const before = await gateway.stats('gc')
  const answers = await Promise.all(Array.from({ length: STREAMS }, () => firstBytes(agent, gateway, open)))
  await sleep(2_000)
  const during = await gateway.stats('gc')
  await fetch(`${upstream.url}/release`, { method: 'POST' })
  const ends = await Promise.all(answers.map((answer) => answer.rest()))
  const whole = ends.filter((text) => text.endsWith('data: [DONE]\n\n')).length
  await agent.close()
  await sleep(1_000)
  const after = await gateway.stats('gc')
  const each = (name) => ((during[name] - before[name]) / STREAMS / 1024).toFixed(1)
  print(`${STREAMS} streams held at once: ${whole} ended whole, ${STREAMS - whole} failed`)
  print(`  memory per stream: ${each('rss')} KiB RSS, of it ${each('heapUsed')} KiB heap`)
  print(`  RSS before ${mib(before.rss)}, during ${mib(during.rss)}, after ${mib(after.rss)} MiB`)
  return whole === STREAMS
}

async function firstBytes(agent, gateway, body) {
  const { statusCode, body: stream } = await post(agent, gateway, body)
  if (statusCode !== 200) throw new Error(`answered ${statusCode}: ${(await stream.text()).slice(0, 300)}`)
  const chunks = []
  const { promise: first, resolve } = withResolvers()
  const ended = new Promise((done, reject) => {
    stream.on('data', (chunk) => {
      chunks.push(chunk)
      resolve()
    })
    stream.on('end', done)
    stream.on('error', reject)
  })
  await Promise.race([first, ended])
  return {
    async rest() {
      await ended.catch(() => undefined)
      return Buffer.concat(chunks).toString()
    },
  }
}

function withResolvers() {
  let resolve
  const promise = new Promise((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** The same small request again and again, with the memory looked at in between. */
async function sendMany(gateway) {
  const agent = openAgent(CONCURRENCY)
  const load = { agent, body: chatBody({ stream: false }), stream: false, concurrency: CONCURRENCY }
  await drive(gateway, { ...load, count: WARM_UP })
  const samples = [await gateway.stats('gc')]
  const startedAt = performance.now()
  for (let at = 0; at < SAMPLES; at += 1) {
    await drive(gateway, { ...load, count: REQUESTS / SAMPLES })
    samples.push(await gateway.stats('gc'))
  }
  const seconds = (performance.now() - startedAt) / 1000
  await agent.close()
  const rss = samples.map((sample) => sample.rss)
  const heap = samples.map((sample) => sample.heapUsed)
  // By the second half alone: pages that the allocator took once it does not give back.
  const growth = slope(rss.slice(SAMPLES / 2)) * SAMPLES
  print(`${REQUESTS} JSON requests in ${seconds.toFixed(0)} s (${(REQUESTS / seconds).toFixed(0)}/s), none failed`)
  print(`  RSS at the start ${mib(rss[0])}, at the end ${mib(rss.at(-1))}, highest ${mib(Math.max(...rss))} MiB`)
  print(`  heap after collection at the start ${mib(heap[0])}, at the end ${mib(heap.at(-1))} MiB`)
  print(`  slope over the second half: ${mib(growth)} MiB per ${REQUESTS} requests`)
  return growth / 1024 ** 2 <= MOST_GROWTH_MIB
}

/** Least squares, per sample. */
function slope(values) {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let above = 0
  let below = 0
  for (const [at, value] of values.entries()) {
    above += (at - middle) * (value - mean)
    below += (at - middle) ** 2
  }
  return above / below
}

const upstream = await startUpstream()
const gateway = await startGateway(upstream, { concurrency: STREAMS + 50 })
const late = setTimeout(() => {
  print(`not done within ${MOST_MINUTES} minutes`)
  gateway.child.kill('SIGKILL')
  upstream.child.kill('SIGKILL')
  process.exit(1)
}, MOST_MINUTES * 60_000)
try {
  const held = await holdStreams(upstream, gateway)
  const flat = await sendMany(gateway)
  if (!held || !flat) process.exitCode = 1
} finally {
  clearTimeout(late)
  await gateway.stop()
  await upstream.stop()
}
