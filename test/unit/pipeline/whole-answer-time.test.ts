import { describe, expect, it } from 'vitest'
import { answered, bench, failed, incoming, matrixOf, ROUTING, row, type Bench } from './support.ts'

const never = new AbortController().signal

describe('a whole answer that does not come', () => {
  const late = failed('timeout_first_token', null)

  it('leaves a third of the time to the next target', async () => {
    const desk: Bench = bench((call) => {
      if (call.target.model === 'dear') return answered('ok')
      // The provider stalls for as long as it is let.
      desk.pass(call.firstTokenWithinMs)
      return late
    })
    expect((await desk.pipeline.run(incoming('hi'), never)).kind).toBe('answer')
    const [first, second] = desk.calls.map(({ firstTokenWithinMs }) => firstTokenWithinMs)
    expect(first).toBeGreaterThan(39_000)
    expect(first).toBeLessThanOrEqual(40_000)
    expect(second).toBeGreaterThan(19_000)
  })

  it.each<[string, Parameters<typeof bench>[1], boolean]>([
    ['there is no other target', { matrix: matrixOf(row('only', 'standard', 'one')) }, false],
    [
      'no second attempt is allowed',
      { routing: { ...ROUTING, failover: { ...ROUTING.failover, maxAttempts: 1 } } },
      false,
    ],
    [
      'the other one is too dear',
      { routing: { ...ROUTING, failover: { ...ROUTING.failover, maxCostNanoUsd: 1_000 } } },
      false,
    ],
    ['it is a stream, whose first content has a limit of its own', {}, true],
  ])('has all the time when %s', async (_name, setup, stream) => {
    const desk = bench(() => late, setup)
    const base = incoming('hi')
    await desk.pipeline.run({ ...base, request: { ...base.request, stream } }, never)
    expect(desk.calls[0]?.firstTokenWithinMs).toBeGreaterThan(59_000)
  })
})
