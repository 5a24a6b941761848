import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLIENT_FORMATS, type ClientFormat } from './client-formats.ts'
import type { Fault } from './fault.ts'
import { FAULTS } from './faults.ts'
import { ask } from './client.ts'
import { after, BEGUN, DONE, finishWell, healthy, reset, stall } from './fault-acts.ts'
import { openFaultUpstream, type Act } from './fault-upstream.ts'
import { SPEECHES, type Speech } from './speech.ts'
import {
  callsAfterContent,
  expectedOf,
  isTruncated,
  nameOf,
  pooled,
  runCase,
  textOf,
  type Case,
  type Report,
} from './run-case.ts'

const COMBINATIONS = CLIENT_FORMATS.flatMap((format) =>
  [true, false].flatMap((stream) => [true, false].map((rescue) => ({ format, stream, rescue }))),
)

const ALL = process.env['FAULT_CASES'] === 'all'

/**
 * Every fault meets every format out, streamed and whole, alone and rescued. The client of the provider's own format, whose
 * events are passed on as they are, is always taken; of the three others one, in turn, so that the suite stays short. So
 * every pair of client and provider formats meets dozens of faults. `npm run test:fault:full` takes all of them.
 */
const CASES: readonly Case[] = FAULTS.flatMap((fault, nth) =>
  speakersOf(fault).flatMap((speech) =>
    COMBINATIONS.filter(
      ({ format, stream, rescue }) =>
        ALL || format.speaks === speech.kind || isTurnOf(format, { speech, nth, stream, rescue }),
    ).map((one): Case => ({ fault, speech, ...one })),
  ),
)
function speakersOf({ only }: Fault): readonly Speech[] {
  return SPEECHES.filter(({ kind }) => only === undefined || only === kind)
}

function isTurnOf(
  format: ClientFormat,
  at: { readonly speech: Speech; readonly nth: number; readonly stream: boolean; readonly rescue: boolean },
): boolean {
  const foreign = CLIENT_FORMATS.filter(({ speaks }) => speaks !== at.speech.kind)
  return foreign.indexOf(format) === (at.nth + Number(at.stream) + 2 * Number(at.rescue)) % foreign.length
}

/** Most of the time is spent waiting for limits of the gateway. */
const AT_ONCE = 24

const reports = new Map<string, Report>()
const total = (count: (report: Report) => number): number =>
  [...reports.values()].reduce((sum, report) => sum + count(report), 0)

beforeAll(
  async () => {
    await pooled(CASES, AT_ONCE, async (one) => void reports.set(nameOf(one), await runCase(one)))
  },
  ALL ? 3_600_000 : 240_000,
)

afterAll(() => {
  const figures = {
    exchanges: reports.size,
    'of all combinations': FAULTS.flatMap(speakersOf).length * COMBINATIONS.length,
    'pairs of formats': pairs(),
    'upstream calls': total(({ calls }) => calls),
    'silent truncations': total(({ truncated }) => Number(truncated)),
    'hangs past the deadline': total(({ hung }) => Number(hung)),
    'upstream calls left open': total(({ leftOpen }) => leftOpen),
    'second attempts after first content': total(({ secondAfterContent }) => secondAfterContent),
  }
  const lines = Object.entries(figures).map(([name, value]) => `  ${name}: ${value}`)
  process.stdout.write(`\nfault suite\n${lines.join('\n')}\n`)
})

function pairs(): number {
  return new Set(CASES.map(({ format, speech }) => `${format.name} ${speech.kind}`)).size
}

describe('every fault ends as the table says', () => {
  it.each(FAULTS.map((fault) => ({ fault, name: fault.name })))('$name', ({ fault }) => {
    const cases = CASES.filter((one) => one.fault === fault)
    const seen = cases.map((one) => `${nameOf(one)}: ${outcomeOf(one)}`)
    expect(seen).toEqual(cases.map((one) => `${nameOf(one)}: ${expectedOf(one)}`))
  })

  it.each(FAULTS.flatMap(({ name, told }) => (told === undefined ? [] : [{ name, told }])))(
    'the client hears of the wait: $name',
    ({ name, told: [least, most] }) => {
      const waits = CASES.filter(({ fault, rescue }) => fault.name === name && !rescue).map((one) => {
        const outcome = reports.get(nameOf(one))?.outcome
        return outcome?.kind === 'error' ? outcome.retryAfterMs : null
      })
      expect(waits.filter((wait) => wait === null || wait < least || wait > most)).toEqual([])
    },
  )
})

function outcomeOf(one: Case): string {
  const report = reports.get(nameOf(one))
  return report === undefined ? 'did not run' : textOf(report.outcome)
}

describe('the suite itself sees', () => {
  const [chat] = CLIENT_FORMATS

  async function askedDirectly(act: Act): Promise<string> {
    const [speech] = SPEECHES
    if (chat === undefined || speech === undefined) throw new Error('no format')
    const upstream = await openFaultUpstream(act, speech)
    const url = upstream.url.replace('/v1', '')
    const outcome = await ask({ url, format: chat, stream: true, patienceMs: 1_000 })
    await upstream.close()
    return isTruncated(outcome) ? 'truncated' : outcome.kind
  }

  it.each<[string, Act, string]>([
    ['a stream that just ends', after(BEGUN, finishWell), 'truncated'],
    ['one that is cut off', after(BEGUN, reset), 'truncated'],
    ['one that says it is whole and is not', after([...BEGUN, DONE], finishWell), 'truncated'],
    ['one that stands still', after(BEGUN, stall), 'hang'],
    ['a whole one', healthy, 'whole'],
  ])('%s', async (_name, act, seen) => {
    expect(await askedDirectly(act)).toBe(seen)
  })

  it('a second call after content', () => {
    const call = { key: '', stream: true, abandonedAt: null, open: false }
    const first = { ...call, requestId: 'a', startedAt: 1, contentSent: true }
    const second = { ...call, requestId: 'a', startedAt: 2, contentSent: false }
    expect(callsAfterContent([second, first])).toBe(1)
    expect(callsAfterContent([first, { ...second, requestId: 'b' }])).toBe(0)
  })
})

describe('over all of them there are', () => {
  const offenders = (isOne: (report: Report) => boolean): string[] =>
    [...reports].flatMap(([name, report]) => (isOne(report) ? [name] : []))

  it('thousands of exchanges, between all formats', () => {
    expect(reports.size).toBe(CASES.length)
    expect(reports.size).toBeGreaterThan(1_800)
    expect(pairs()).toBe(CLIENT_FORMATS.length * SPEECHES.length)
    expect(total(({ calls }) => calls)).toBeGreaterThan(3_000)
  })

  it('no silent truncations', () => expect(offenders(({ truncated }) => truncated)).toEqual([]))
  it('no hangs past the deadline', () => expect(offenders(({ hung }) => hung)).toEqual([]))
  it('no upstream calls left open', () => expect(offenders(({ leftOpen }) => leftOpen > 0)).toEqual([]))
  it('no second attempts after the first content', () =>
    expect(offenders(({ secondAfterContent }) => secondAfterContent > 0)).toEqual([]))
  it('no bugs, and one record each', () =>
    expect(offenders(({ bugs, records }) => bugs.length > 0 || records !== 1)).toEqual([]))
})
