import { describe, expect, it } from 'vitest'
import { UpstreamStreamError } from '../../../src/engine/upstream-error.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'
import type { UpstreamResult } from '../../../src/pipeline/ports.ts'
import { budget, codeOf, desk, never } from './desk.ts'
import { answered, failed, incoming, matrixOf, ROUTING, row, streamed, USAGE } from './support.ts'

const SAID: readonly StreamPart[] = [
  { kind: 'start', id: 'a', model: 'm' },
  { kind: 'text', text: 'one word and' },
]
const once = { failover: { ...ROUTING.failover, maxAttempts: 1 } }
const hard = budget(5_000_000)
const soft = budget(5_000_000, { onExceed: 'downgrade' })

/** A client that leaves a stream after its first words. */
async function leaveStream(made: ReturnType<typeof desk>): Promise<void> {
  const base = incoming('hi')
  const left = new AbortController()
  const reply = await made.pipeline.run({ ...base, request: { ...base.request, stream: true } }, left.signal)
  if (reply.kind !== 'stream') throw new Error(reply.kind)
  for await (const part of reply.parts) {
    if (part.kind !== 'text') continue
    left.abort()
    break
  }
  await reply.done
}

const endless = (): UpstreamResult =>
  streamed(SAID, new UpstreamStreamError('cut_mid_stream', 'the connection broke before the stream had ended'))

describe('a bill that the provider never told', () => {
  it('is charged as reserved under a hard budget when the client leaves in the middle of a stream', async () => {
    const made = desk({ budgets: [hard] }, endless)
    await leaveStream(made)
    const [kept] = made.book.rows
    expect(kept).toMatchObject({ outcome: 'client_gone', costBasis: 'reserved', costNanoUsd: kept?.reservedNanoUsd })
    expect(made.records[0]?.cost).toMatchObject({ kind: 'known', nanoUsd: kept?.reservedNanoUsd })
    expect(made.records[0]?.budget).toMatchObject({ settledNanoUsd: kept?.reservedNanoUsd })
  })

  it('is charged as reserved under a soft budget too, as leaving early must not be cheap', async () => {
    const made = desk({ budgets: [soft] }, endless)
    await leaveStream(made)
    const [kept] = made.book.rows
    expect(kept).toMatchObject({ outcome: 'client_gone', costBasis: 'reserved' })
    expect(kept?.costNanoUsd).toBe(kept?.reservedNanoUsd)
  })

  it('is an estimate of what was seen without a budget', async () => {
    const made = desk({}, endless)
    await leaveStream(made)
    expect(made.book.rows).toMatchObject([{ outcome: 'client_gone', costBasis: 'estimated' }])
    expect(made.book.total()).toBeGreaterThan(0)
    expect(made.book.total()).toBeLessThan(20_000)
  })

  it('is charged as reserved when a client leaves before the first word, and never above that', async () => {
    const left = new AbortController()
    const made = desk({ budgets: [budget(600_000)] }, () => {
      made.pass(60_000)
      left.abort()
      return failed('aborted', null)
    })
    await made.pipeline.run(incoming('hi'), left.signal)
    expect(made.book.rows).toMatchObject([{ outcome: 'client_gone', costBasis: 'reserved' }])
    expect(made.book.total()).toBe(made.book.rows[0]?.reservedNanoUsd)
    expect(made.book.total()).toBeLessThanOrEqual(600_000)
    expect(made.records[0]?.cost).toMatchObject({ nanoUsd: made.book.total() })
  })

  it('is charged as reserved when the answer carries no usage', async () => {
    const made = desk({ budgets: [hard] }, () => answered('x', null))
    await made.ask('hi', { maxOutputTokens: 50 })
    expect(made.book.rows).toMatchObject([{ outcome: 'answered', costBasis: 'reserved' }])
    expect(made.book.total()).toBe(made.book.rows[0]?.reservedNanoUsd)
  })

  it.each(['timeout_first_token', 'connect', 'malformed', 'empty'] as const)(
    'is charged as reserved after a failure that may have been billed: %s',
    async (failure) => {
      const made = desk({ budgets: [hard], routing: once }, () => failed(failure, null))
      await made.ask('hi', { maxOutputTokens: 50 })
      const [kept] = made.book.rows
      expect(kept).toMatchObject({ outcome: 'failed', costBasis: 'reserved', costNanoUsd: kept?.reservedNanoUsd })
      expect(made.records[0]?.attempts[0]).toMatchObject({ costNanoUsd: kept?.reservedNanoUsd })
      expect(made.records[0]?.cost).toMatchObject({ nanoUsd: kept?.reservedNanoUsd })
    },
  )

  it('is none when nobody was reached', async () => {
    const made = desk({ budgets: [hard], routing: once }, () =>
      Object.assign(failed('connect', null), { uncalled: true }),
    )
    await made.ask('hi')
    expect(made.book.rows).toMatchObject([{ outcome: 'failed', failure: 'connect', costNanoUsd: 0, costBasis: 'none' }])
  })
})

describe('a stream under a hard budget', () => {
  it('says the imposed limit and what is left before its first byte', async () => {
    const made = desk({ budgets: [hard] }, () =>
      streamed([...SAID, { kind: 'finish', reason: 'stop' }, { kind: 'usage', usage: USAGE }]),
    )
    const base = incoming('hi')
    const reply = await made.pipeline.run({ ...base, request: { ...base.request, stream: true } }, never)
    if (reply.kind !== 'stream') throw new Error(reply.kind)
    const limit = made.calls[0]?.request.maxOutputTokens
    expect(reply.draft.budget).toMatchObject({ imposedMaxOutputTokens: limit, settledNanoUsd: 0 })
    expect(reply.draft.budget?.left[0]?.leftNanoUsd).toBe(5_000_000 - (reply.draft.budget?.reservedNanoUsd ?? 0))
    for await (const part of reply.parts) expect(part.kind).not.toBe('')
    expect((await reply.done).budget?.left[0]?.leftNanoUsd).toBe(5_000_000 - 110_000)
  })
})

describe('a bug of ours', () => {
  const limits = [{ name: 'one', scope: 'global', concurrent: 1 }] as const

  it('in the upstream settles what was reserved and frees the place', async () => {
    let broken = true
    const made = desk({ budgets: [hard], rateLimits: limits }, () => {
      if (broken) throw new Error('a bug')
      return answered('x')
    })
    await expect(made.ask('hi', { maxOutputTokens: 50 })).rejects.toThrow('a bug')
    const [kept] = made.book.rows
    expect(kept).toMatchObject({ outcome: 'failed', costBasis: 'reserved', costNanoUsd: kept?.reservedNanoUsd })
    broken = false
    expect(codeOf(await made.ask('hi', { maxOutputTokens: 50 }))).toBe('answer')
    const [left] = made.gate.standing(1_700_000_000_000)
    expect(left?.leftNanoUsd).toBe(5_000_000 - made.book.total())
  })
})

describe('a reload in the middle', () => {
  function slow(): { answer: () => Promise<UpstreamResult>; release: () => void } {
    let release: () => void = () => undefined
    const hold = new Promise<void>((resolve) => {
      release = resolve
    })
    return { answer: () => hold.then(() => answered('x')), release: () => release() }
  }

  it('that brings the first budget counts what was under way without one', async () => {
    const { answer, release } = slow()
    const made = desk({}, answer)
    const running = made.ask()
    made.replace([hard])
    const generation = { routing: ROUTING, matrix: matrixOf(), seed: 0 }
    expect(made.gate.budgets(incoming('hi'), generation, 1_700_000_000_500)[0]?.leftNanoUsd).toBe(5_000_000)
    release()
    await running
    expect(made.gate.budgets(incoming('hi'), generation, 1_700_000_000_500)[0]?.leftNanoUsd).toBe(5_000_000 - 110_000)
  })

  it('that removes a model does not let its next attempt past the budgets', async () => {
    const two = matrixOf(row('first', 'standard', 'one', 1_000), row('second', 'standard', 'two', 1_000_000))
    const made = desk({ budgets: [budget(1_000_000)], matrix: two }, ({ target }) => {
      if (target.model === 'second') return answered('x')
      made.replace([budget(10)], matrixOf(row('first', 'standard', 'one', 1_000)))
      return failed('server_error', 500)
    })
    const reply = await made.ask('hi', { maxOutputTokens: 10 })
    expect(codeOf(reply)).toBe('budget_exceeded')
    expect(new Set(made.calls.map(({ target }) => target.model))).toEqual(new Set(['first']))
  })
})

describe('a soft budget', () => {
  it('states how far it can have been overshot, and was not overshot by more', async () => {
    let release: () => void = () => undefined
    const hold = new Promise<void>((resolve) => {
      release = resolve
    })
    const limit = 20_000_000
    const made = desk({ budgets: [budget(limit, { onExceed: 'downgrade' })] }, async () => {
      await hold
      // The longest answer that the model gives.
      return answered('x', { ...USAGE, input: 2, output: 16_000 })
    })
    const running = Array.from({ length: 6 }, () => made.ask())
    release()
    await Promise.all(running)
    const [standing] = made.gate.standing(1_700_000_000_000)
    const measured = made.book.total() - limit
    expect(measured).toBeGreaterThan(0)
    expect(standing?.overshootNanoUsd).toBe(measured)
    expect(standing?.overshootBoundNanoUsd).toBeGreaterThanOrEqual(measured)
    // Every call may use the whole output of the model: no bound is far from that here.
    expect(standing?.overshootBoundNanoUsd).toBeLessThan(measured + 6 * 1_000_000)
  })

  it('states no bound where nothing bounds an answer', async () => {
    const endlessModel = { ...row('only', 'standard', 'one'), maxOutput: null }
    const made = desk({ budgets: [budget(1e9, { onExceed: 'downgrade' })], matrix: matrixOf(endlessModel) }, () =>
      answered('x'),
    )
    await made.ask()
    expect(made.gate.standing(1_700_000_000_000)).toMatchObject([{ overshootBoundNanoUsd: null, overshootNanoUsd: 0 }])
  })

  it('that is hard instead states 0', async () => {
    const made = desk({ budgets: [hard] }, () => answered('x'))
    await made.ask()
    expect(made.gate.standing(1_700_000_000_000)).toMatchObject([
      { overshootBoundNanoUsd: 0, overshootNanoUsd: 0, spentNanoUsd: 110_000, reservedNanoUsd: 0 },
    ])
  })
})
