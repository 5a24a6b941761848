import { ask, type Outcome } from './client.ts'
import type { ClientFormat } from './client-formats.ts'
import { healthy } from './fault-acts.ts'
import { closedAddress, openFaultUpstream, type FaultUpstream, type SeenCall } from './fault-upstream.ts'
import type { Expected, Fault } from './fault.ts'
import { eventually, LIMITS, openGateway } from './gateway.ts'
import { ANSWER, SPEECHES, type Speech } from './speech.ts'

export interface Case {
  readonly fault: Fault
  /** Format of the faulty provider. */
  readonly speech: Speech
  /** Format of the client. */
  readonly format: ClientFormat
  readonly stream: boolean
  readonly rescue: boolean
}

export interface Report {
  readonly outcome: Outcome
  /** The client took something for the whole answer that is not. */
  readonly truncated: boolean
  readonly hung: boolean
  readonly leftOpen: number
  readonly secondAfterContent: number
  readonly bugs: readonly unknown[]
  readonly calls: number
  readonly records: number
}

/** Content and the attempts before it each have their time; the rest is for a machine that has other work. */
const PATIENCE_MS = LIMITS.deadlineMs + LIMITS.totalMs + 5_000

export function nameOf({ fault, speech, format, stream, rescue }: Case): string {
  const asked = `${format.name} ${stream ? 'stream' : 'whole'}`
  return `${fault.name} | ${asked} from ${speech.kind} | ${rescue ? 'rescued' : 'alone'}`
}

export function expectedOf({ fault, format, stream, rescue }: Case): string {
  const either = rescue ? (fault.rescued ?? 'whole') : fault.alone
  const expected: Expected = typeof either === 'string' ? either : stream ? either.stream : either.whole
  const status = Number(expected.replace('error ', ''))
  return Number.isNaN(status) ? expected : `error ${format.statuses[status] ?? status}`
}

/** Runs one exchange against a gateway of its own and looks at both of its ends. */
export async function runCase({ fault, speech, format, stream, rescue }: Case): Promise<Report> {
  const other = otherThan(speech)
  const bad = fault.act === null ? null : await openFaultUpstream(fault.act, speech)
  const good = await openFaultUpstream(healthy, other)
  const url = bad?.url ?? (await closedAddress(speech))
  const gateway = await openGateway([
    { name: 'bad', url, keys: fault.keys ?? ['key-1'], kind: speech.kind },
    ...(rescue ? [{ name: 'good', url: good.url, keys: ['key-good'], kind: other.kind }] : []),
  ])
  const upstreams = bad === null ? [good] : [bad, good]
  try {
    const outcome = await ask({ url: gateway.url, format, stream, patienceMs: PATIENCE_MS })
    await eventually(() => openCalls(upstreams) === 0 && gateway.records.length > 0)
    const calls = upstreams.flatMap(({ calls: seen }) => seen)
    return {
      outcome,
      truncated: isTruncated(outcome),
      hung: outcome.kind === 'hang',
      leftOpen: openCalls(upstreams),
      secondAfterContent: callsAfterContent(calls),
      bugs: gateway.bugs,
      calls: calls.length,
      records: gateway.records.length,
    }
  } finally {
    await gateway.close()
    await Promise.all([bad?.close(), good.close()])
  }
}

/** The rescuer speaks another format, so that what comes to help has to be translated anew. */
export function otherThan(speech: Speech): Speech {
  return SPEECHES[(SPEECHES.indexOf(speech) + 1) % SPEECHES.length] ?? speech
}

/** The client took something for the whole answer that is not, or was left without a word. */
export function isTruncated(outcome: Outcome): boolean {
  return outcome.kind === 'whole' ? outcome.text !== ANSWER : outcome.kind === 'cut'
}

export function openCalls(upstreams: readonly FaultUpstream[]): number {
  return upstreams.reduce((sum, upstream) => sum + upstream.open(), 0)
}

/** Calls of an exchange that began after one of its calls had sent a part of a stream. */
export function callsAfterContent(calls: readonly SeenCall[]): number {
  const sorted = calls.toSorted((a, b) => a.startedAt - b.startedAt)
  return sorted.filter((call, index) =>
    sorted.slice(0, index).some(({ requestId, contentSent }) => contentSent && requestId === call.requestId),
  ).length
}

export function textOf(outcome: Outcome): string {
  return outcome.kind === 'error' ? `error ${outcome.status}` : outcome.kind
}

/** Runs the work with so many at a time. */
export async function pooled<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index]
      if (item !== undefined) results[index] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}
