import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UpstreamStreamError } from '../../src/engine/upstream-error.ts'
import type { UpstreamPort, UpstreamStream } from '../../src/pipeline/ports.ts'
import { collect, makeCall, streamCall, textOf } from '../unit/upstream/support.ts'

export interface OpenedUpstream {
  readonly port: UpstreamPort
  close(): Promise<void>
}

/** What the pipeline relies on, whoever answers. The upstream has to answer a greeting with several parts of text. */
export function describeUpstreamPort(name: string, open: () => Promise<OpenedUpstream>): void {
  describe(`upstream port: ${name}`, () => {
    let opened: OpenedUpstream
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened.close())

    async function stream(signal?: AbortSignal): Promise<UpstreamStream> {
      const result = await opened.port.call(streamCall(signal === undefined ? {} : { signal }))
      if (result.kind !== 'stream') throw new Error(`got ${result.kind}`)
      return result
    }

    it('answers whole and as a stream with the same text', async () => {
      const whole = await opened.port.call(makeCall())
      if (whole.kind !== 'answer') throw new Error(`got ${whole.kind}`)
      expect(whole).toMatchObject({ status: 200, injected: false, droppedParams: [] })
      const [block] = whole.answer.blocks
      const streamed = textOf(await collect(await stream()))
      expect(streamed).not.toBe('')
      expect(block).toEqual({ kind: 'text', text: streamed })
    })

    it('starts a stream with its start, and ends it with one finish that only usage may follow', async () => {
      const parts = await collect(await stream())
      if (parts instanceof Error) throw parts
      const kinds = parts.map(({ kind }) => kind)
      expect(kinds[0]).toBe('start')
      expect(kinds.filter((kind) => kind === 'finish')).toHaveLength(1)
      expect(kinds.slice(kinds.indexOf('finish') + 1).every((kind) => kind === 'usage')).toBe(true)
    })

    it('says that a client has gone who was gone before', async () => {
      const result = await opened.port.call(makeCall({ signal: AbortSignal.abort() }))
      expect(result).toMatchObject({ kind: 'failed', failure: 'aborted', injected: false })
    })

    it('throws its own error when the client goes in the middle of a stream', async () => {
      const controller = new AbortController()
      const { parts } = await stream(controller.signal)
      const read = async (): Promise<void> => {
        for await (const part of parts) if (part.kind === 'text') controller.abort()
      }
      const failure = await read().then(
        () => null,
        (error: unknown) => error,
      )
      expect(failure).toBeInstanceOf(UpstreamStreamError)
      expect(failure).toMatchObject({ failure: 'aborted' })
    })

    it('lets a reader stop early, before or after its first part', async () => {
      for await (const part of (await stream()).parts) if (part.kind === 'text') break
      await (await stream()).parts[Symbol.asyncIterator]().return?.()
      expect(textOf(await collect(await stream()))).not.toBe('')
    })
  })
}
