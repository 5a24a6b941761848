import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StreamPart } from '../../../../src/wire/canonical.ts'
import { GatewayError } from '../../../../src/wire/errors.ts'
import { GenerateStreamDecoder } from '../../../../src/wire/gemini/decode-stream.ts'
import { GenerateStreamEncoder } from '../../../../src/wire/gemini/encode-stream.ts'
import { decodeWith, essence, recordedEvents } from '../recorded-file.ts'

function decode(file: string, keepRaw = false): StreamPart[] {
  return decodeWith(new GenerateStreamDecoder({ keepRaw }), recordedEvents(`gemini/${file}.chunks.txt`))
}

function write(parts: readonly StreamPart[], model = 'm'): string[] {
  const encoder = new GenerateStreamEncoder({ model })
  return [...parts.flatMap((part) => encoder.write(part)), ...encoder.end()]
}

describe('recorded streams of Google', () => {
  it('text, with the seal that comes in an empty part', () => {
    expect(essence(decode('google-text'))).toEqual([
      'start bH6LaZW8Fp_3nsEPqtaSwQ4 gemini-3-pro-preview',
      'text There are **3** "r"s in strawberry.\n\nst**r**awbe**rr**y',
      'reasoning sealed by gemini ',
      'finish stop',
      'usage ',
    ])
    expect(decode('google-text').at(-1)).toMatchObject({ usage: { input: 9, output: 23, reasoning: 185 } })
  })

  it('a whole call with its seal ends as calls, though the word is STOP', () => {
    const parts = decode('google-tool-call')
    expect(essence(parts).slice(1)).toEqual([
      'call 0 gwcall_b36LacjwM668nsEP2tbsgQQ_0 weather {"location":"San Francisco"}',
      'finish tool_calls',
      'usage ',
    ])
    expect(parts[1]).toMatchObject({ signedBy: 'gemini', signature: expect.stringMatching(/^EqUC/) })
  })

  it('calls whose arguments come in pieces are put together', () => {
    expect(essence(decode('google-stream-tool-call-arguments')).filter((line) => line.startsWith('args'))).toEqual([
      'args 0 {"location":"Boston"}',
      'args 1 {"location":"San Francisco"}',
    ])
  })

  it('pieces of lists, also when the end of the call is missing', () => {
    const lines = essence(decode('google-stream-tool-call-array-arguments-missing-terminal-function-call'))
    const args = lines.find((line) => line.startsWith('args'))
    const read: unknown = JSON.parse((args ?? '').slice('args 0 '.length))
    expect(read).toMatchObject({ operations: [{ action: 'add', description: 'Fresh red apple' }, { price: 0.3 }] })
    expect(lines.at(-2)).toBe('finish tool_calls')
  })

  it('calls without arguments beside calls with pieces', () => {
    const lines = essence(decode('google-stream-no-args-tool-call')).filter((line) => /^(call|args)/.test(line))
    expect(lines.map((line) => line.replace(/gwcall_\S+/, 'ID'))).toEqual([
      'call 0 ID read_theme {}',
      'call 1 ID read_screen ',
      'args 1 {"id":"A"}',
      'call 2 ID read_screen ',
      'args 2 {"id":"B"}',
      'call 3 ID read_screen ',
      'args 3 {"id":"C"}',
    ])
  })

  it('keep every object for a client of the same format, once and in order', () => {
    for (const file of ['google-text', 'google-tool-call', 'google-stream-tool-call-arguments']) {
      const lines = recordedEvents(`gemini/${file}.chunks.txt`)
      const model = /"modelVersion":"([^"]*)"/.exec(lines[0] ?? '')?.[1] ?? ''
      expect(write(decode(file, true), model)).toEqual(lines)
      const renamed = lines.map((line) => line.replace(`"modelVersion":"${model}"`, '"modelVersion":"mine"'))
      expect(write(decode(file, true), 'mine')).toEqual(renamed)
    }
  })
})

describe('broken streams', () => {
  it.each(['{"candidates":', '[]', '7'])('%s is malformed', (payload) => {
    expect(new GenerateStreamDecoder({ keepRaw: false }).push(payload).kind).toBe('malformed')
  })

  it.each([
    '{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}',
    '{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]}',
  ])('%s is an error', (payload) => {
    expect(new GenerateStreamDecoder({ keepRaw: false }).push(payload).kind).toBe('error')
  })

  it('without a finish reason are not finished, and their usage is not told as final', () => {
    const decoder = new GenerateStreamDecoder({ keepRaw: false })
    const payload = '{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":1}}'
    expect(essence(decodeWith(decoder, [payload]))).toEqual(['start  ', 'text a'])
    expect(decoder.finished).toBe(false)
  })

  it('a blocked prompt ends as filtered', () => {
    const payload = '{"promptFeedback":{"blockReason":"SAFETY"}}'
    expect(essence(decodeWith(new GenerateStreamDecoder({ keepRaw: false }), [payload])).slice(1)).toEqual([
      'refusal the prompt was blocked: SAFETY',
      'finish content_filter',
    ])
  })

  it('paths of pieces can not reach the prototype or ask for endless lists', () => {
    const piece = (jsonPath: string) => ({ jsonPath, stringValue: 'x' })
    const call = {
      name: 'f',
      willContinue: true,
      partialArgs: [piece('$.__proto__.polluted'), piece('$.a[99999]'), piece('$..b'), piece('c')],
    }
    const payload = JSON.stringify({
      candidates: [{ content: { parts: [{ functionCall: call }] }, finishReason: 'STOP' }],
    })
    const args = decodeWith(new GenerateStreamDecoder({ keepRaw: false }), [payload]).find(
      (part) => part.kind === 'tool_delta' && part.id === undefined,
    )
    expect(args).toMatchObject({ argumentsDelta: '{"__proto__":{"polluted":"x"},"a":[]}' })
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('a stream for Google clients', () => {
  it('reads back as the same answer', () => {
    const text = fc.string({ minLength: 1, maxLength: 5 })
    const part = fc.oneof(
      text.map((value): StreamPart => ({ kind: 'text', text: value })),
      text.map((value): StreamPart => ({ kind: 'reasoning', text: value })),
      fc.constant<StreamPart>({ kind: 'reasoning', text: '', signature: 'c2Vh', signedBy: 'gemini' }),
    )
    const calls = fc.array(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.integer(), { noNullPrototype: true }), {
      maxLength: 3,
    })
    const usage: StreamPart = {
      kind: 'usage',
      usage: { input: 1, cacheRead: 2, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 4, basis: 'reported' },
    }
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), calls, (parts, given) => {
        const json = given.map((args) => JSON.stringify(args))
        // Fragments of parallel calls come mixed.
        const longest = Math.max(0, ...json.map((one) => one.length))
        const tools: StreamPart[] = json.map((_, index) => ({
          kind: 'tool_delta',
          index,
          id: `c${index}`,
          name: 'f',
          argumentsDelta: '',
        }))
        for (let at = 0; at < longest; at += 1) {
          json.forEach((one, index) => tools.push({ kind: 'tool_delta', index, argumentsDelta: one.charAt(at) }))
        }
        const start: StreamPart = { kind: 'start', id: 'x', model: 'm' }
        const finish: StreamPart = { kind: 'finish', reason: given.length > 0 ? 'tool_calls' : 'stop' }
        const read = decodeWith(
          new GenerateStreamDecoder({ keepRaw: false }),
          write([start, ...parts, ...tools, finish, usage]),
        )
        const wanted = json.map((one, index) => `call ${index} c${index} f ${one}`)
        expect(essence(read)).toEqual([...essence([start, ...parts]), ...wanted, ...essence([finish, usage])])
        expect(read.at(-1)).toEqual(usage)
      }),
      { seed: 63, numRuns: 300 },
    )
  })

  it('reports a late failure as an error object', () => {
    const encoder = new GenerateStreamEncoder({ model: 'm' })
    expect(JSON.parse(encoder.fail(new GatewayError('deadline_exceeded', 'too late')))).toMatchObject({
      error: {
        code: 504,
        message: 'too late',
        status: 'DEADLINE_EXCEEDED',
        details: [{ reason: 'deadline_exceeded' }],
      },
    })
  })
})
