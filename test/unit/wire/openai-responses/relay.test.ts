import { describe, expect, it } from 'vitest'
import type { StreamPart } from '../../../../src/wire/canonical.ts'
import { GatewayError } from '../../../../src/wire/errors.ts'
import { isJsonObject, type JsonObject } from '../../../../src/wire/json.ts'
import { ResponsesStreamDecoder } from '../../../../src/wire/openai-responses/decode-stream.ts'
import { echoOf } from '../../../../src/wire/openai-responses/echo.ts'
import { ResponsesStreamEncoder } from '../../../../src/wire/openai-responses/encode-stream.ts'
import { parseResponsesRequest } from '../../../../src/wire/openai-responses/parse-request.ts'
import { readResponse } from '../../../../src/wire/openai-responses/read-answer.ts'
import { relayedRequest, withoutReferences } from '../../../../src/wire/openai-responses/relay-request.ts'
import { decodeWith, essence, recordedEvents, recordedJson } from '../recorded-file.ts'

const STREAMS = [
  'openai-reasoning-encrypted-content.1',
  'openai-phase.1',
  'openai-web-search-tool.1',
  'openai-file-search-tool.1',
]

/** The first answer of the file; some hold several. */
function recorded(file: string): string[] {
  const payloads = recordedEvents(`responses/${file}.chunks.txt`)
  return payloads.slice(0, payloads.findIndex((payload) => payload.startsWith('{"type":"response.completed"')) + 1)
}

function encoder(): ResponsesStreamEncoder {
  return new ResponsesStreamEncoder({
    id: 'resp_gw',
    model: 'my-model',
    created: 1,
    echo: echoOf({}),
    customTools: new Set(),
  })
}

/** The events for the client, with the name of each checked against its payload. */
function events(blocks: readonly string[]): JsonObject[] {
  return blocks.map((block) => {
    const match = /^event: (.+)\ndata: (.*)\n\n$/.exec(block)
    const event: unknown = JSON.parse(match?.[2] ?? '')
    if (!isJsonObject(event)) throw new Error('no object')
    expect(event['type']).toBe(match?.[1])
    return event
  })
}

describe.each(STREAMS)('the recorded stream %s', (file) => {
  const payloads = recorded(file)

  it('passes through event by event, numbers and all, with the model under its name here', () => {
    const writer = encoder()
    const parts = decodeWith(new ResponsesStreamDecoder(), payloads)
    const sent = events([...parts.flatMap((part) => writer.write(part)), ...writer.end()])
    const original = payloads.map((payload): JsonObject => JSON.parse(payload))
    expect(sent).toEqual(original.map(withModel))
    expect(writer.response()).toEqual(sent.at(-1)?.['response'])
  })

  it('ends with the usage of its last event, and nothing but that event ends it', () => {
    const decoder = new ResponsesStreamDecoder()
    const writer = encoder()
    for (const payload of payloads.slice(0, -1)) {
      const event = decoder.push(payload)
      if (event.kind === 'parts') for (const part of event.parts) writer.write(part)
    }
    expect(decoder.finished).toBe(false)
    const [failure] = events(writer.fail(new GatewayError('upstream_exhausted', 'broken'))).slice(-1)
    const last: JsonObject = JSON.parse(payloads.at(-2) ?? '')
    expect(failure).toMatchObject({ type: 'response.failed', sequence_number: Number(last['sequence_number']) + 2 })
    expect(decoder.push(payloads.at(-1) ?? '').kind).toBe('done')
    expect(decoder.finished).toBe(true)
  })
})

function withModel(event: JsonObject): JsonObject {
  return isJsonObject(event['response']) ? { ...event, response: { ...event['response'], model: 'my-model' } } : event
}

describe('the parts of a recorded stream', () => {
  const parts = (file: string): StreamPart[] => decodeWith(new ResponsesStreamDecoder(), recorded(file))

  it('are those of the whole answer: thought with its seal, calls, text, usage', () => {
    const told = essence(parts('openai-reasoning-encrypted-content.1').filter(({ kind }) => kind !== 'opaque'))
    expect(told).toEqual([
      expect.stringMatching(/^start resp_\w+ /),
      expect.stringMatching(/^reasoning /),
      'reasoning sealed by openai-responses ',
      expect.stringMatching(/^call 0 call_\w+ calculator /),
      expect.stringMatching(/^args 0 \{.*\}$/),
      'finish tool_calls',
      'usage ',
    ])
  })

  it('of a web search are no empty answer, as its calls are no mere framing', () => {
    const searched = parts('openai-web-search-tool.1')
    expect(searched.some((part) => part.kind === 'opaque' && part.framing !== true)).toBe(true)
    expect(searched.at(-1)).toMatchObject({ kind: 'usage', usage: { input: expect.any(Number), basis: 'reported' } })
  })

  it('say that the provider failed', () => {
    const decoder = new ResponsesStreamDecoder()
    const kinds = recordedEvents('responses/openai-error.1.chunks.txt').map((payload) => decoder.push(payload))
    const error = kinds.find(({ kind }) => kind === 'error')
    expect(error).toMatchObject({ error: { code: 'insufficient_quota' } })
  })
})

describe('a whole response', () => {
  it('is read with its usage in disjoint buckets', () => {
    const reading = readResponse(recordedJson('responses/openai-reasoning-encrypted-content.1.json'))
    if (reading.kind !== 'answer') throw new Error('no answer')
    const { blocks, finish, usage } = reading.answer
    expect(blocks.map(({ kind }) => kind)).toEqual(['reasoning', 'text'])
    expect(finish).toBe('stop')
    expect(usage?.basis).toBe('reported')
    expect(
      readResponse({ output: [], status: 'incomplete', incomplete_details: { reason: 'content_filter' } }),
    ).toMatchObject({ answer: { finish: 'content_filter' } })
    expect(readResponse({ status: 'failed', output: [], error: { code: 'server_error', message: 'm' } }).kind).toBe(
      'error',
    )
    const tokens = {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
      output_tokens: 30,
      output_tokens_details: { reasoning_tokens: 20 },
    }
    expect(readResponse({ output: [], status: 'completed', usage: tokens })).toMatchObject({
      answer: { usage: { input: 30, cacheRead: 60, cacheWrite5m: 10, output: 10, reasoning: 20 } },
    })
  })
})

describe('text that was changed on its way', () => {
  it('is written as an item of its own after what was passed on, and nothing repeats what it replaced', () => {
    const payloads = recordedEvents('responses/openai-web-search-tool.1.chunks.txt')
    const parts = decodeWith(new ResponsesStreamDecoder(), payloads)
    const writer = encoder()
    const sent = events([
      ...parts.flatMap((part) => {
        if (part.kind !== 'text' || part.text === '') return writer.write(part)
        const { raw: _raw, ...words } = part
        return writer.write({ ...words, text: 'hidden' })
      }),
      ...writer.end(),
    ])
    expect(sent.map((event) => event['sequence_number'])).toEqual(sent.map((_, at) => at))
    expect(JSON.stringify(sent)).not.toContain('Petco')
    const last = sent.at(-1)
    expect(last).toMatchObject({ type: 'response.completed', response: { status: 'completed', model: 'my-model' } })
    expect(JSON.stringify(last)).toContain('hidden')
    expect(JSON.stringify(last)).toContain('web_search_call')
  })
})

describe('the request for a provider of the format', () => {
  const relayed = (body: JsonObject, model = 'gpt-5.4') => relayedRequest(body, parseResponsesRequest(body), model)

  it('is the client’s own but for the model, and asks that nothing is kept', () => {
    const body = {
      model: 'auto',
      input: 'hi',
      tools: [{ type: 'web_search' }],
      text: { verbosity: 'low' },
      stream: true,
    }
    expect(relayed(body)).toEqual({
      body: { ...body, model: 'gpt-5.4', store: false, include: ['reasoning.encrypted_content'] },
      droppedParams: [],
    })
    expect(relayed({ model: 'auto', input: 'hi', stream: false }, 'gpt-4o').body).toEqual({
      model: 'gpt-4o',
      input: 'hi',
      store: false,
    })
  })

  it('takes thoughts along that the provider sealed, and says which it leaves out', () => {
    const own = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAAB' }
    const call = { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'f', arguments: '{}' }
    const result = { type: 'function_call_output', call_id: 'a', output: 'r' }
    expect(relayed({ model: 'm', input: [own, call, result] }).body['input']).toEqual([own, call, result])
    const foreign = { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'Z3c6YW50aHJvcGljc2VhbA==' }
    const bare = { type: 'reasoning', id: 'rs_3', summary: [{ type: 'summary_text', text: 'hm' }] }
    const { body, droppedParams } = relayed({ model: 'm', input: [foreign, bare, call, result] })
    const { id: _id, ...said } = call
    expect(body['input']).toEqual([said, result])
    expect(droppedParams).toEqual(['input.reasoning'])
  })

  it('holds items in place of references to them', () => {
    const item = { type: 'message', role: 'assistant', content: [] }
    const body = {
      model: 'm',
      input: [
        { type: 'item_reference', id: 'msg_1' },
        { role: 'user', content: 'hi' },
      ],
    }
    const known = (id: string): JsonObject | null => (id === 'msg_1' ? item : null)
    expect(withoutReferences(body, known)['input']).toEqual([item, { role: 'user', content: 'hi' }])
    const plain = { model: 'm', input: 'hi' }
    expect(withoutReferences(plain, known)).toBe(plain)
  })

  it('may choose a tool that the provider runs', () => {
    const body = { model: 'm', input: 'hi', tools: [{ type: 'web_search' }], tool_choice: { type: 'web_search' } }
    expect(relayed(body).body['tool_choice']).toEqual({ type: 'web_search' })
    expect(parseResponsesRequest(body).extra).toEqual({ tool_choice: { type: 'web_search' } })
  })
})
