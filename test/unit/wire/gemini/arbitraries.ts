import * as fc from 'fast-check'
import type { Block, CanonicalAnswer, CanonicalRequest, Message } from '../../../../src/wire/canonical.ts'

const text = fc.string({ minLength: 1, unit: 'grapheme' })
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,11}$/)
const base64 = fc.base64String({ minLength: 4, maxLength: 12 })
const seal = base64.map((signature) => ({ signature, signedBy: 'gemini' as const }))
const json = fc
  .dictionary(name, fc.oneof(fc.integer(), text, fc.boolean()), { maxKeys: 3, noNullPrototype: true })
  .map((value) => JSON.stringify(value))

const textBlock: fc.Arbitrary<Block> = text.map((value) => ({ kind: 'text', text: value }))
const sealedText: fc.Arbitrary<Block> = fc
  .tuple(text, seal)
  .map(([value, one]) => ({ kind: 'text', text: value, ...one }))
const media: fc.Arbitrary<Block> = fc.oneof(
  base64.map((data): Block => ({ kind: 'image', source: { kind: 'data', mime: 'image/png', base64: data } })),
  base64.map((data): Block => ({
    kind: 'audio',
    source: { kind: 'data', mime: 'audio/wav', base64: data },
    format: 'wav',
  })),
  base64.map((data): Block => ({ kind: 'file', source: { kind: 'data', mime: 'application/pdf', base64: data } })),
  name.map((id): Block => ({ kind: 'file', source: { kind: 'url', url: `gs://b/${id}`, mime: 'video/mp4' } })),
  name.map((id): Block => ({ kind: 'opaque', format: 'gemini', value: { executableCode: { code: id } } })),
)
const thought: fc.Arbitrary<Block> = fc.oneof(
  text.map((value): Block => ({ kind: 'reasoning', text: value })),
  fc.tuple(text, seal).map(([value, one]): Block => ({ kind: 'reasoning', text: value, ...one })),
)
const call = fc.tuple(json, fc.oneof(fc.constant({}), seal)).map(([argumentsJson, one]) => ({ argumentsJson, ...one }))

/** A talk in which every call is answered, as the format links them by id and name. */
const talk: fc.Arbitrary<Message[]> = fc
  .array(
    fc.record({
      user: fc.array(fc.oneof(textBlock, media), { minLength: 1, maxLength: 3 }),
      model: fc.array(fc.oneof(textBlock, sealedText, thought), { minLength: 1, maxLength: 3 }),
      calls: fc.array(fc.tuple(call, text, fc.boolean()), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((rounds) =>
    rounds.flatMap(({ user, model, calls }, round): Message[] => {
      const ids = calls.map((_, index) => `id-${round}-${index}`)
      const uses = calls.map(([one], at): Block => ({ kind: 'tool_use', id: ids[at] ?? '', name: `f${at}`, ...one }))
      const results = calls.map(([, said, failed], at): Block => ({
        kind: 'tool_result',
        toolUseId: ids[at] ?? '',
        name: `f${at}`,
        blocks: [{ kind: 'text', text: said }],
        ...(failed ? { isError: true } : {}),
      }))
      const asked: Message = { role: 'user', blocks: user }
      const turn: Message = { role: 'assistant', blocks: [...model, ...uses] }
      if (calls.length === 0) return [asked, turn]
      return [
        asked,
        turn,
        { role: 'tool', blocks: results },
        { role: 'assistant', blocks: [{ kind: 'text', text: 'ok' }] },
      ]
    }),
  )
const tool = fc.record(
  {
    name,
    description: text,
    parameters: fc.constant({ type: 'object', properties: { a: { type: ['string', 'null'] } } }),
    extra: fc.constant({ behavior: 'BLOCKING' }),
  },
  { requiredKeys: ['name'] },
)
const hosted = fc.constant({
  name: 'googleSearch',
  hosted: { format: 'gemini' as const, definition: { googleSearch: {} } },
})
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value))

/** Any request of the format as its parser would give it. */
export const request: fc.Arbitrary<CanonicalRequest> = fc
  .record({
    system: fc.array(textBlock, { maxLength: 2 }),
    talk,
    tools: fc
      .tuple(fc.array(tool, { minLength: 1, maxLength: 2 }), fc.array(hosted, { maxLength: 1 }))
      .map((all) => all.flat()),
    choice: fc.constantFrom(
      {},
      { toolChoice: { kind: 'auto' as const } },
      { toolChoice: { kind: 'none' as const } },
      { toolChoice: { kind: 'required' as const } },
      { toolChoice: { kind: 'named' as const, name: 'f' } },
      { toolChoice: { kind: 'allowed' as const, names: ['f', 'g'], required: true } },
    ),
    responseFormat: fc.constantFrom(
      { kind: 'text' as const },
      { kind: 'json_object' as const },
      { kind: 'json_schema' as const, name: 'answer', schema: { type: 'object', minProperties: 1 } },
    ),
    sampling: fc.record(
      {
        temperature: double,
        topP: double,
        topK: double,
        seed: fc.integer(),
        stop: fc.array(text, { maxLength: 5 }),
        presencePenalty: double,
        frequencyPenalty: double,
      },
      { requiredKeys: [] },
    ),
    thinking: fc.constantFrom(
      { extra: {}, effort: {} },
      {
        extra: { generationConfig: { thinkingConfig: { thinkingLevel: 'HIGH' }, mediaResolution: 'X' } },
        effort: { reasoningEffort: 'high' },
      },
    ),
    limit: fc.record({ maxOutputTokens: fc.integer({ min: 1 }) }, { requiredKeys: [] }),
    choices: fc.integer({ min: 1, max: 3 }),
    stream: fc.boolean(),
    extra: fc.record({ safetySettings: fc.constant([{ category: 'X' }]), cachedContent: name }, { requiredKeys: [] }),
  })
  .map(({ system, talk: messages, choice, thinking, limit, extra, sampling, ...others }) => ({
    format: 'gemini',
    model: 'gemini-3-flash-preview',
    messages: [...(system.length === 0 ? [] : [{ role: 'system' as const, blocks: system }]), ...messages],
    ...choice,
    ...others,
    ...limit,
    sampling: { ...sampling, ...thinking.effort },
    includeUsage: true,
    metadata: {},
    extra: { ...extra, ...thinking.extra },
  }))

const usage = fc.record({
  input: fc.nat(),
  cacheRead: fc.nat(),
  cacheWrite5m: fc.constant(0),
  cacheWrite1h: fc.constant(0),
  output: fc.nat(),
  reasoning: fc.nat(),
  basis: fc.constant('reported' as const),
})
const callBlock = fc
  .tuple(name, name, call)
  .map(([id, fn, one]): Block => ({ kind: 'tool_use', id: `x${id}`, name: fn, ...one }))

/** Any answer that has a place in the body for everything. */
export const answer: fc.Arbitrary<CanonicalAnswer> = fc
  .record({
    id: name,
    model: name,
    blocks: fc.array(fc.oneof(textBlock, sealedText, thought, callBlock), { maxLength: 4 }),
    refusal: fc.option(text, { nil: null }),
    finish: fc.constantFrom('stop' as const, 'length' as const),
    usage,
  })
  .map(({ refusal, finish, ...rest }) => {
    if (refusal !== null) {
      return { ...rest, finish: 'content_filter', blocks: [...rest.blocks, { kind: 'refusal', text: refusal }] }
    }
    const calls = rest.blocks.some(({ kind }) => kind === 'tool_use')
    return { ...rest, finish: finish === 'stop' && calls ? 'tool_calls' : finish }
  })
