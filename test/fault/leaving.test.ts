import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { send } from './client.ts'
import { CLIENT_FORMATS, type ClientFormat } from './client-formats.ts'
import { after, BEGUN, drip, errorOf, forever, healthy, refuse, ROLE, says, stall, WHOLE } from './fault-acts.ts'
import { openFaultUpstream, type Act } from './fault-upstream.ts'
import { eventually, openGateway } from './gateway.ts'
import { openCalls, otherThan, pooled } from './run-case.ts'
import { SPEECHES, type Speech } from './speech.ts'

/** The client leaves while the provider is at this. */
interface Stage {
  readonly name: string
  readonly act: Act
  readonly stream: boolean
  /** The client has seen a part of the answer before. */
  readonly begun?: boolean
  /** No call is open at that moment. */
  readonly waiting?: boolean
}

const STAGES: readonly Stage[] = [
  { name: 'a stream before its headers', act: stall, stream: true },
  { name: 'a whole answer before its headers', act: stall, stream: false },
  { name: 'a stream after its headers', act: after([], stall), stream: true },
  { name: 'a stream after its role', act: after([ROLE], stall), stream: true },
  { name: 'a stream after its first part', act: after(BEGUN, stall), stream: true, begun: true },
  { name: 'a stream that goes on', act: after(BEGUN, forever(says('x '), 5)), stream: true, begun: true },
  {
    name: 'a whole answer that drips',
    act: drip(WHOLE, { bytes: 1, gapMs: 20, type: 'application/json' }),
    stream: false,
  },
  {
    name: 'nothing, between two attempts',
    act: refuse(503, errorOf('busy'), { 'retry-after-ms': '650' }),
    stream: true,
    waiting: true,
  },
]

interface Leaving {
  readonly stage: Stage
  readonly format: ClientFormat
  readonly speech: Speech
}

interface Left {
  /** Milliseconds until the gateway let go of the provider; null when it did not, or when there was nothing to let go of. */
  readonly releasedMs: number | null
  readonly leftOpen: number
  readonly callsAfter: number
  readonly results: readonly string[]
  /** Kinds of the costs that were booked. */
  readonly costs: readonly string[]
}

/** A second provider stands by that nobody may call any more. */
async function leaveAt({ stage, format, speech }: Leaving): Promise<Left> {
  const other = otherThan(speech)
  const bad = await openFaultUpstream(stage.act, speech)
  const good = await openFaultUpstream(healthy, other)
  const gateway = await openGateway([
    { name: 'bad', url: bad.url, keys: ['key-1'], kind: speech.kind },
    ...(stage.waiting === true ? [] : [{ name: 'good', url: good.url, keys: ['key-2'], kind: other.kind }]),
  ])
  try {
    const leaving = new AbortController()
    const sent = send({ url: gateway.url, format, stream: stage.stream }, leaving.signal)
    const gone = (stage.begun === true ? sent.then((response) => response.text()) : sent).catch(() => undefined)
    if (stage.begun === true) await sent
    await eventually(() => bad.calls.length > 0 && (stage.waiting !== true || bad.open() === 0))
    await delay(100)
    const leftAt = performance.now()
    leaving.abort()
    await gone
    await eventually(() => openCalls([bad, good]) === 0 && gateway.records.length > 0)
    // Longer than the wait between two attempts.
    await delay(900)
    const abandonedAt = bad.calls[0]?.abandonedAt ?? null
    return {
      releasedMs: abandonedAt === null ? null : abandonedAt - leftAt,
      leftOpen: openCalls([bad, good]),
      callsAfter: bad.calls.length + good.calls.length - 1,
      costs: gateway.records.map(({ cost }) => cost.kind),
      results: gateway.records.map(({ result }) => `${result.kind} ${result.status}`),
    }
  } finally {
    await gateway.close()
    await Promise.all([bad.close(), good.close()])
  }
}

const CASES: readonly (Leaving & { readonly name: string })[] = STAGES.flatMap((stage) =>
  CLIENT_FORMATS.flatMap((format) =>
    SPEECHES.map((speech) => ({ stage, format, speech, name: `${stage.name} (${format.name}, ${speech.kind})` })),
  ),
)
const seen = new Map<string, Left>()

beforeAll(async () => {
  await pooled(CASES, 16, async (one) => void seen.set(one.name, await leaveAt(one)))
}, 120_000)

afterAll(() => {
  const all = [...seen.values()]
  const released = all.flatMap(({ releasedMs }) => (releasedMs === null ? [] : [releasedMs])).sort((a, b) => a - b)
  const lines = [
    `clients that left: ${all.length}`,
    `upstream calls left open: ${all.reduce((sum, { leftOpen }) => sum + leftOpen, 0)}`,
    `upstream calls after the client left: ${all.reduce((sum, { callsAfter }) => sum + callsAfter, 0)}`,
    `ms until the provider was let go of: median ${at(released, 0.5)}, most ${at(released, 1)}`,
  ]
  process.stdout.write(`\nclients that leave\n${lines.map((line) => `  ${line}\n`).join('')}`)
})

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(1)
}

describe('a client that leaves during', () => {
  it.each(CASES)('$name takes its call along, and nothing follows', ({ name, stage }) => {
    const left = seen.get(name)
    expect(left).toMatchObject({ leftOpen: 0, callsAfter: 0, results: ['client_gone 499'] })
    // A provider that was at work bills what it did, though nobody heard the end of it.
    expect(left?.costs).toEqual([stage.waiting === true ? 'none' : 'known'])
    // Where a call was open, it was the gateway that ended it.
    expect(left?.releasedMs === null).toBe(stage.waiting === true)
  })
})
