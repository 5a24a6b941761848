import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeGenerateAnswer, parseGenerateAnswer, readGenerateAnswer } from '../../../../src/wire/gemini/answer.ts'
import { encodeGenerateRequest } from '../../../../src/wire/gemini/encode-request.ts'
import { parseGenerateRequest } from '../../../../src/wire/gemini/parse-request.ts'
import { readProviderError } from '../../../../src/wire/error-body.ts'
import { recordedJson } from '../recorded-file.ts'
import { answer, request } from './arbitraries.ts'

function overTheWire(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body))
}

/** Calls of other origin get a seal that says so; it is read back as one. */
function withoutUncheckedSeals(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body).replaceAll(',"thoughtSignature":"skip_thought_signature_validator"', ''))
}

describe('a request of the format', () => {
  it('survives being written for a provider and read again, with nothing dropped', () => {
    fc.assert(
      fc.property(request, (given) => {
        const { model, stream } = given
        const { body, dropped } = encodeGenerateRequest(given, { model })
        expect(dropped).toEqual([])
        expect(parseGenerateRequest(withoutUncheckedSeals(body), { model, stream })).toEqual(given)
      }),
      { seed: 61, numRuns: 500 },
    )
  })

  it('is read in either spelling, with types in capitals and calls without ids', () => {
    const body = {
      system_instruction: { parts: [{ text: 's' }] },
      contents: [
        { parts: [{ text: 'a' }, { inline_data: { mime_type: 'image/png', data: 'AAAA' } }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 1 } } }, { functionCall: { name: 'f' } }] },
        {
          role: 'user',
          parts: [
            { functionResponse: { name: 'f', response: { result: 'one' } } },
            { functionResponse: { name: 'f', response: { temp: 2 } } },
          ],
        },
      ],
      tools: [
        {
          function_declarations: [
            { name: 'f', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true } } } },
          ],
        },
      ],
      generation_config: { max_output_tokens: 5, thinking_config: { thinking_budget: 0 } },
    }
    const read = parseGenerateRequest(body, { model: 'm', stream: false })
    expect(read).toMatchObject({
      messages: [
        { role: 'system' },
        { role: 'user', blocks: [{ kind: 'text' }, { kind: 'image', source: { kind: 'data', mime: 'image/png' } }] },
        { role: 'assistant', blocks: [{ id: 'gwcall__0', argumentsJson: '{"a":1}' }, { id: 'gwcall__1' }] },
        {
          role: 'tool',
          blocks: [
            { toolUseId: 'gwcall__0', blocks: [{ text: 'one' }] },
            { toolUseId: 'gwcall__1', blocks: [{ text: '{"temp":2}' }] },
          ],
        },
      ],
      tools: [{ name: 'f', parameters: { type: 'object', properties: { a: { type: ['string', 'null'] } } } }],
      maxOutputTokens: 5,
      sampling: { reasoningEffort: 'none' },
    })
  })

  it.each([
    [{}, 'contents'],
    [{ contents: [] }, 'contents'],
    [{ contents: [{ role: 'system', parts: [] }] }, 'contents[0].role'],
    [{ contents: [{ parts: [{ text: 1 }] }] }, 'contents[0].parts[0].text'],
    [{ contents: [{ parts: [{ functionCall: {} }] }] }, 'contents[0].parts[0].functionCall.name'],
    [
      { contents: [{ parts: [] }], toolConfig: { functionCallingConfig: { mode: 'X' } } },
      'toolConfig.functionCallingConfig.mode',
    ],
    [[], 'body'],
  ])('%j is refused with the path of the fault', (body, param) => {
    expect(() => parseGenerateRequest(body, { model: 'm', stream: false })).toThrow(expect.objectContaining({ param }))
  })
})

describe('an answer', () => {
  it('survives being written for a client and read again', () => {
    fc.assert(
      fc.property(answer, (given) => {
        expect(parseGenerateAnswer(overTheWire(encodeGenerateAnswer(given, { model: given.model })))).toEqual(given)
      }),
      { seed: 62, numRuns: 500 },
    )
  })

  it('keeps the seal of a call', () => {
    const read = parseGenerateAnswer(recordedJson('gemini/google-tool-call-gemini3.json'))
    expect(read).toMatchObject({
      finish: 'tool_calls',
      blocks: [
        {
          kind: 'tool_use',
          id: 'gwcall_JniLacKqGqH0xs0P0O776As_0',
          name: 'weather',
          argumentsJson: '{"location":"San Francisco"}',
          signature: expect.stringMatching(/^Eqo\+/),
          signedBy: 'gemini',
        },
      ],
    })
    // 29 in, 15 said, 1801 thought, in dollars for a million tokens of 2 and 12: all output costs the same.
    const { usage } = read
    expect(usage).toEqual({
      input: 29,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: 15,
      reasoning: 1801,
      basis: 'reported',
    })
    expect((usage?.input ?? 0) * 2 + ((usage?.output ?? 0) + (usage?.reasoning ?? 0)) * 12).toBe(58 + 21_792)
  })

  it('counts cached tokens once, and tokens of tool results as input', () => {
    const usageMetadata = {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      toolUsePromptTokenCount: 7,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 3,
    }
    const read = parseGenerateAnswer({ candidates: [{ content: { parts: [] }, finishReason: 'STOP' }], usageMetadata })
    expect(read.usage).toMatchObject({ input: 47, cacheRead: 60, output: 5, reasoning: 3 })
    expect(parseGenerateAnswer({ candidates: [{}], usageMetadata: { trafficType: 'X' } }).usage).toBeNull()
  })

  it('says that the prompt was blocked', () => {
    const read = parseGenerateAnswer({
      promptFeedback: { blockReason: 'SAFETY' },
      usageMetadata: { promptTokenCount: 4 },
    })
    expect(read).toMatchObject({
      finish: 'content_filter',
      blocks: [{ kind: 'refusal', text: 'the prompt was blocked: SAFETY' }],
      usage: { input: 4 },
    })
  })

  it.each([
    [{ candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'bad' }] }, 'error'],
    [{ error: { code: 503, status: 'UNAVAILABLE' } }, 'error'],
    [{ candidates: [] }, 'malformed'],
    [{}, 'malformed'],
  ])('%j is %s', (body, kind) => {
    expect(readGenerateAnswer(body).kind).toBe(kind)
  })

  it('a refusal by rate names the time to wait', () => {
    expect(readProviderError(recordedJson('gemini/google-429-retry-info.json'))).toMatchObject({
      type: 'RESOURCE_EXHAUSTED',
      status: 429,
      retryAfterMs: 34_400,
    })
  })
})
