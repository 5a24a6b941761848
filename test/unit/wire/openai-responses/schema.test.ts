import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../../src/wire/errors.ts'
import { isJsonObject, type JsonObject } from '../../../../src/wire/json.ts'
import { encodeResponse } from '../../../../src/wire/openai-responses/answer.ts'
import { echoOf } from '../../../../src/wire/openai-responses/echo.ts'
import { ResponsesStreamEncoder, type EncodeResponse } from '../../../../src/wire/openai-responses/encode-stream.ts'
import { SseParser } from '../../../../src/wire/sse.ts'
import { wholeAsParts } from '../../../../src/wire/whole-as-parts.ts'
import { answer } from '../openai-chat/arbitraries.ts'
import { publishedSchema } from '../published-schema.ts'

const schema = publishedSchema('openai-endpoints.schema.json')
const responseObjections = schema('Response')
const eventObjections = schema('ResponseStreamEvent')

const body: JsonObject = {
  model: 'm',
  input: 'hi',
  tools: [
    { type: 'function', name: 'f' },
    { type: 'custom', name: 'g' },
  ],
  text: { format: { type: 'json_schema', name: 's', schema: { type: 'object' } } },
  reasoning: { effort: 'low' },
}

const options: EncodeResponse = {
  id: 'resp_1',
  model: 'm',
  created: 1,
  echo: echoOf(body),
  customTools: new Set(['g']),
}

function eventsOf(texts: readonly string[]): JsonObject[] {
  return new SseParser().push(texts.join('')).map(({ event, data }) => {
    const value: unknown = JSON.parse(data)
    if (!isJsonObject(value) || value['type'] !== event) throw new Error('name and type differ')
    return value
  })
}

/** What a client puts together by the rules of the format: texts by their deltas, for each part of each item. */
function assembled(events: readonly JsonObject[]): { at: number; text: string }[] {
  const texts = new Map<string, { at: number; text: string }>()
  for (const { type, output_index: at, content_index: part, delta } of events) {
    if (typeof delta !== 'string' || typeof type !== 'string' || !type.endsWith('.delta')) continue
    const place = JSON.stringify([at, part])
    texts.set(place, { at: Number(at), text: `${texts.get(place)?.text ?? ''}${delta}` })
  }
  return [...texts.values()]
}

describe('the published schema accepts', () => {
  it('every response that we write', () => {
    fc.assert(
      fc.property(answer, (given) => {
        expect(responseObjections(encodeResponse(given, options))).toEqual([])
      }),
      { seed: 81, numRuns: 300 },
    )
  })

  it('every event that we write, numbered without a gap', () => {
    fc.assert(
      fc.property(answer, (given) => {
        const encoder = new ResponsesStreamEncoder(options)
        const written = [...wholeAsParts(given)].flatMap((part) => encoder.write(part))
        const events = eventsOf([...written, ...encoder.end()])
        expect(events.flatMap((event) => eventObjections(event))).toEqual([])
        expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, index) => index))
        expect(events.at(-1)?.['response']).toEqual(encodeResponse(given, options))
        const output = events.at(-1)?.['response']
        const items = isJsonObject(output) && Array.isArray(output['output']) ? output['output'] : []
        for (const { at, text } of assembled(events)) expect(JSON.stringify(items[at])).toContain(inner(text))
      }),
      { seed: 82, numRuns: 300 },
    )
  })

  it('the events of a failure, and would not accept one without a number', () => {
    const encoder = new ResponsesStreamEncoder(options)
    encoder.write({ kind: 'text', text: 'hel' })
    const events = eventsOf(encoder.fail(new GatewayError('upstream_exhausted', 'it broke')))
    expect(events.map(({ type }) => type)).toEqual(['error', 'response.failed'])
    expect(events.flatMap((event) => eventObjections(event))).toEqual([])
    const { sequence_number: _number, ...rest } = events[1] ?? {}
    expect(eventObjections(rest)).not.toEqual([])
  })
})

/** The text as it stands inside a JSON string. */
function inner(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
