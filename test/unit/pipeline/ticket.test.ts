import { describe, expect, it } from 'vitest'
import { onlyAdmitted, ticket } from '../../../src/pipeline/admission/ticket.ts'
import type { Admitted, Settlement, UpstreamCall } from '../../../src/pipeline/ports.ts'
import { makeCall } from '../upstream/support.ts'
import { answered } from './support.ts'

const TERMS = { reservedNanoUsd: 5, maxOutputTokens: null, settle: () => 5 }
const END: Settlement = {
  outcome: 'answered',
  failure: null,
  status: 200,
  usage: null,
  cost: { kind: 'none' },
  at: 0,
}

/** A call that is right but for its ticket. */
const callWith = (admitted: Admitted): UpstreamCall => ({ ...makeCall(), admitted })

function guarded() {
  let calls = 0
  const upstream = onlyAdmitted({
    mode: 'live',
    call: () => {
      calls += 1
      return Promise.resolve(answered('x'))
    },
    close: () => Promise.resolve(),
  })
  return { upstream, calls: () => calls }
}

describe('the guard before the upstreams', () => {
  it('lets an admitted attempt through', async () => {
    const { upstream, calls } = guarded()
    expect((await upstream.call(callWith(ticket(TERMS)))).kind).toBe('answer')
    expect(calls()).toBe(1)
  })

  it.each<[string, () => unknown]>([
    ['none', () => undefined],
    ['null', () => null],
    ['one that nobody issued', () => ({ kind: 'admitted', ...TERMS })],
    ['a copy of a good one', () => ({ ...ticket(TERMS) })],
    ['one with a good one as prototype', () => Object.create(ticket(TERMS))],
    [
      'one that is settled',
      () => {
        const settled = ticket(TERMS)
        settled.settle(END)
        return settled
      },
    ],
  ])('calls nobody with a ticket that is not good: %s', (_what, make) => {
    const { upstream, calls } = guarded()
    const call = Object.assign(callWith(ticket(TERMS)), { admitted: make() })
    expect(() => upstream.call(call)).toThrow('without admission')
    expect(calls()).toBe(0)
  })

  it('calls nobody a second time on one reservation', async () => {
    const { upstream, calls } = guarded()
    const call = callWith(ticket(TERMS))
    await upstream.call(call)
    expect(() => upstream.call(call)).toThrow('second upstream call')
    expect(calls()).toBe(1)
  })
})

describe('a ticket', () => {
  it('is settled once, whoever asks again', () => {
    const settled: Settlement[] = []
    const one = ticket({
      ...TERMS,
      settle: (settlement) => {
        settled.push(settlement)
        return 7
      },
    })
    expect([one.settle(END), one.settle({ ...END, outcome: 'failed' })]).toEqual([7, 0])
    expect(settled).toEqual([END])
  })
})
