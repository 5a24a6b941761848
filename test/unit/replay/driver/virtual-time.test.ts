import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VirtualTime } from '../../../../src/replay/driver/virtual-time.ts'

describe('virtual time', () => {
  it('fires in the order of time, and in the order of setting within one instant', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), async (delays) => {
        const time = new VirtualTime()
        await time.advanceTo(1000)
        const fired: { at: number; index: number }[] = []
        for (const [index, delay] of delays.entries()) {
          void time.wait(delay).then(() => fired.push({ at: time.now(), index }))
        }
        await time.drain()
        const expected = delays
          .map((delay, index) => ({ at: 1000 + delay, index }))
          .sort((a, b) => a.at - b.at || a.index - b.index)
        expect(fired).toEqual(expected)
      }),
      { seed: 11, numRuns: 200 },
    )
  })

  it('lets a woken task run to its next wait before the next event happens', async () => {
    const time = new VirtualTime()
    const log: string[] = []
    const task = async (name: string, first: number, second: number): Promise<void> => {
      await time.wait(first)
      await Promise.resolve()
      log.push(`${name} ${time.now()}`)
      await time.wait(second)
      log.push(`${name} ${time.now()}`)
    }
    const both = Promise.all([task('a', 10, 10), task('b', 15, 1)])
    await time.drain()
    await both
    expect(log).toEqual(['a 10', 'b 15', 'b 16', 'a 20'])
  })

  it('stops at the given moment and never runs backwards', async () => {
    const time = new VirtualTime()
    let fired = 0
    void time.wait(100).then(() => (fired += 1))
    await time.advanceTo(99)
    expect([fired, time.now()]).toEqual([0, 99])
    await time.advanceTo(50)
    expect(time.now()).toBe(99)
    await time.advanceTo(100)
    expect([fired, time.now()]).toEqual([1, 100])
  })
})
