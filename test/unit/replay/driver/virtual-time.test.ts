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

  it('keeps the recorded order of one run where times are too coarse or slightly off', async () => {
    const time = new VirtualTime()
    const fired: string[] = []
    const at = (name: string, ms: number, step: number | null, run = 'a'): void => {
      const mark = step === null ? null : { run, step }
      void time.wait(ms, mark).then(() => fired.push(`${name} ${time.now()}`))
    }
    await time.advanceTo(1_000)
    at('late', 12, 3)
    at('early', 9, 7)
    at('unmarked', 9.5, null)
    at('other run', 10, 1, 'b')
    at('long ago', 5, 40)
    // At 1,010 comes what the recording knows as step 5: after `late`, before `early`.
    await time.advanceTo(1_010, { run: 'a', step: 5 })
    expect(fired).toEqual(['unmarked 1009.5', 'other run 1010', 'late 1010'])
    await time.advanceTo(3_000, { run: 'a', step: 6 })
    expect(fired.slice(3)).toEqual(['early 1010', 'long ago 1010'])
    await time.drain()
    expect(fired).toHaveLength(5)
  })

  it('gives its place to the one wait that follows, and to none after the next event', async () => {
    const time = new VirtualTime()
    const fired: string[] = []
    const wait = (name: string, ms: number): void => void time.wait(ms).then(() => fired.push(name))
    await time.advanceTo(1_000)
    time.markNext({ run: 'a', step: 2 })
    wait('marked', 20)
    wait('plain', 5)
    await time.advanceTo(1_010, { run: 'a', step: 3 })
    expect(fired).toEqual(['plain', 'marked'])
    time.markNext({ run: 'a', step: 1 })
    await time.advanceTo(1_020)
    wait('first', 1)
    await time.drain()
    time.markNext({ run: 'a', step: 1 })
    wait('second', 900_000)
    await time.drain()
    expect(fired).toEqual(['plain', 'marked', 'first', 'second'])
  })
})
