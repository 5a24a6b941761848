import { describe, expect, it } from 'vitest'
import type { StateSnapshot } from '../../../src/engine/state.ts'
import { createLiveState } from '../../../src/pipeline/state.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'
import { bench, incoming, matrixOf, row, streamed, USAGE, type Bench } from './support.ts'

const never = new AbortController().signal

describe('what the live state learns', () => {
  const long: StreamPart[] = [
    { kind: 'start', id: 'x', model: 'm' },
    ...Array.from({ length: 10 }, (): StreamPart => ({ kind: 'text', text: 'word ' })),
    { kind: 'finish', reason: 'stop' },
    { kind: 'usage', usage: { ...USAGE, output: 40 } },
  ]

  async function streams(desk: Bench, count: number): Promise<StateSnapshot | undefined> {
    for (let done = 0; done < count; done += 1) {
      const reply = await desk.pipeline.run(incoming('hi'), never)
      if (reply.kind === 'stream') for await (const part of reply.parts) void part
    }
    return desk.contents.at(-1)?.state
  }

  it('is latency and length, once there is enough of them, of the models in the matrix alone', async () => {
    const state = createLiveState()
    const desk = bench(() => streamed(long), { state })
    expect((await streams(desk, 10))?.outputTokens).toEqual({})
    const snapshot = await streams(desk, 20)
    expect(Object.keys(snapshot?.latency ?? {})).toEqual(['cheap'])
    const latency = Object.values(snapshot?.latency ?? {})[0]
    expect(latency).toMatchObject({ source: 'measured' })
    expect(latency?.n).toBeGreaterThanOrEqual(20)
    const label = desk.records.at(-1)?.decision.intent.label
    expect(snapshot?.outputTokens).toEqual({ [`${label}|cheap`]: { mean: 40, p99: 40, n: 29 } })
    const other = bench(() => streamed(long), { state, matrix: matrixOf(row('new', 'standard', 'one')) })
    expect(await streams(other, 1)).toMatchObject({ latency: {}, outputTokens: {}, health: {} })
  })

  it('is no length where the limit cut the answer', async () => {
    const desk = bench(() =>
      streamed(long.map((part) => (part.kind === 'finish' ? { ...part, reason: 'length' } : part))),
    )
    expect((await streams(desk, 30))?.outputTokens).toEqual({})
  })
})
