import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeMessage, parseMessage, readMessage } from '../../../../src/wire/anthropic/answer.ts'
import { encodeMessagesRequest } from '../../../../src/wire/anthropic/encode-request.ts'
import { parseMessagesRequest } from '../../../../src/wire/anthropic/parse-request.ts'
import { recordedJson } from '../recorded-file.ts'
import { answer, request } from './arbitraries.ts'

function overTheWire(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body))
}

describe('a request of the format', () => {
  it('survives being written for a provider and read again, with nothing dropped', () => {
    fc.assert(
      fc.property(request, (given) => {
        const { body, dropped, version } = encodeMessagesRequest(given, { model: given.model })
        const headers = { 'anthropic-version': version }
        expect(dropped).toEqual([])
        expect(parseMessagesRequest(overTheWire(body), { headers })).toEqual(given)
      }),
      { seed: 51, numRuns: 500 },
    )
  })
})

describe('an answer', () => {
  it('survives being written for a client and read again', () => {
    fc.assert(
      fc.property(answer, (given) => {
        expect(parseMessage(overTheWire(encodeMessage(given, { model: given.model })))).toEqual(given)
      }),
      { seed: 52, numRuns: 500 },
    )
  })

  it('keeps thought and its seal as the provider sent them', () => {
    const body = recordedJson('anthropic/anthropic-claude-opus-5-reasoning-high.1.json')
    const read = parseMessage(body)
    expect(read.blocks.map(({ kind }) => kind)).toEqual(['reasoning', 'text'])
    const written = encodeMessage(read, { model: read.model })
    expect(written['content']).toEqual((body as { content: unknown }).content)
  })

  it('says why the model refused', () => {
    expect(parseMessage(recordedJson('anthropic/anthropic-refusal.json'))).toMatchObject({
      finish: 'content_filter',
      blocks: [{ kind: 'refusal', text: expect.stringMatching(/^This request triggered/) }],
    })
  })

  it.each([
    [{ type: 'error', error: { type: 'overloaded_error', message: 'm' } }, 'error'],
    [{ type: 'message' }, 'malformed'],
    [[], 'malformed'],
  ])('%j is %s', (body, kind) => {
    expect(readMessage(body).kind).toBe(kind)
  })
})
