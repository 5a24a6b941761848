import * as fc from 'fast-check'
import type { Block, CanonicalAnswer, CanonicalRequest, Message } from '../../../../src/wire/canonical.ts'

const text = fc.string({ minLength: 1, unit: 'grapheme' })
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/)
const base64 = fc.base64String({ minLength: 4, maxLength: 12 })
const mark = { cacheControl: { type: 'ephemeral', ttl: '1h' } } as const
const json = fc
  .dictionary(name, fc.oneof(fc.integer(), text, fc.boolean()), { maxKeys: 3, noNullPrototype: true })
  .map((value) => JSON.stringify(value))

const textBlock: fc.Arbitrary<Block> = fc.oneof(
  text.map((value): Block => ({ kind: 'text', text: value })),
  text.map((value): Block => ({ kind: 'text', text: value, ...mark })),
)
const media: fc.Arbitrary<Block> = fc.oneof(
  fc.webUrl().map((url): Block => ({ kind: 'image', source: { kind: 'url', url } })),
  base64.map((data): Block => ({ kind: 'image', source: { kind: 'data', mime: 'image/png', base64: data }, ...mark })),
  name.map((fileId): Block => ({ kind: 'file', source: { kind: 'provider-file', fileId }, name: 'a' })),
  base64.map((data): Block => ({ kind: 'file', source: { kind: 'data', mime: 'application/pdf', base64: data } })),
  text.map((value): Block => ({
    kind: 'file',
    source: { kind: 'text', mime: 'text/plain', text: value },
    extra: { citations: { enabled: true } },
  })),
  name.map((id): Block => ({ kind: 'opaque', format: 'anthropic', value: { type: 'search_result', id } })),
)
const result: fc.Arbitrary<Block> = fc.record(
  {
    kind: fc.constant('tool_result' as const),
    toolUseId: name,
    blocks: fc.array(fc.oneof(textBlock, media), { maxLength: 2 }),
    isError: fc.boolean(),
  },
  { requiredKeys: ['kind', 'toolUseId', 'blocks'] },
)
const thought: fc.Arbitrary<Block> = fc.oneof(
  fc.record({
    kind: fc.constant('reasoning' as const),
    text,
    signature: base64,
    signedBy: fc.constantFrom('anthropic' as const),
  }),
  base64.map((redacted): Block => ({ kind: 'reasoning', text: '', redacted, signedBy: 'anthropic' })),
)
const call: fc.Arbitrary<Block> = fc.record({
  kind: fc.constant('tool_use' as const),
  id: name,
  name,
  argumentsJson: json,
})
/** Turns that alternate, as the format keeps them apart. */
const turns: fc.Arbitrary<Message[]> = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.array(fc.oneof(textBlock, media), { minLength: 1, maxLength: 3 }),
        fc.array(result, { minLength: 1, maxLength: 2 }),
        fc.tuple(result, textBlock).map((pair): Block[] => pair),
      ),
      fc.array(fc.oneof(textBlock, thought, call), { minLength: 1, maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((pairs) =>
    pairs.flatMap(([user, assistant]): Message[] => [
      { role: user.every(({ kind }) => kind === 'tool_result') ? 'tool' : 'user', blocks: user },
      { role: 'assistant', blocks: assistant },
    ]),
  )
const tool = fc.record(
  {
    name,
    description: text,
    parameters: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }),
    strict: fc.boolean(),
    cacheControl: fc.constant(mark.cacheControl),
    extra: fc.constant({ defer_loading: true }),
  },
  { requiredKeys: ['name', 'parameters'] },
)
const hosted = name.map((toolName) => ({
  name: toolName,
  hosted: { format: 'anthropic' as const, definition: { type: 'web_search_20250305', name: toolName } },
}))

/** Any request of the format as its parser would give it. */
export const request: fc.Arbitrary<CanonicalRequest> = fc
  .record({
    system: fc.array(textBlock, { maxLength: 2 }),
    turns,
    tools: fc.array(fc.oneof(tool, hosted), { minLength: 1, maxLength: 3 }),
    choice: fc.constantFrom(
      {},
      { toolChoice: { kind: 'auto' as const }, parallelToolCalls: false },
      { toolChoice: { kind: 'required' as const }, parallelToolCalls: true },
      { toolChoice: { kind: 'named' as const, name: 'f' } },
      { toolChoice: { kind: 'none' as const } },
    ),
    responseFormat: fc.constantFrom(
      { kind: 'text' as const },
      { kind: 'json_schema' as const, name: 'answer', schema: { type: 'object', minProperties: 1 }, strict: true },
    ),
    sampling: fc.record(
      {
        temperature: fc.constantFrom(0, 0.5, 1),
        topK: fc.nat(),
        stop: fc.array(fc.constantFrom('a', 'b'), { minLength: 1 }),
      },
      { requiredKeys: [] },
    ),
    thinking: fc.constantFrom(
      { extra: {}, effort: {} },
      { extra: { thinking: { type: 'disabled' } }, effort: { reasoningEffort: 'none' } },
    ),
    maxOutputTokens: fc.nat(),
    stream: fc.boolean(),
    rest: fc.record({ endUser: text }, { requiredKeys: [] }),
    extra: fc.record({ service_tier: fc.constant('auto'), metadata: fc.constant({ x: 1 }) }, { requiredKeys: [] }),
  })
  .map(({ system, turns: talk, choice, thinking, rest, extra, sampling, ...others }) => ({
    format: 'anthropic',
    model: 'claude-sonnet-4-6',
    messages: [...(system.length === 0 ? [] : [{ role: 'system' as const, blocks: system }]), ...talk],
    ...choice,
    ...others,
    ...rest,
    sampling: { ...sampling, ...thinking.effort },
    choices: 1,
    includeUsage: true,
    metadata: {},
    extra: {
      ...extra,
      ...thinking.extra,
      ...(others.responseFormat.kind === 'text'
        ? {}
        : { output_config: { format: { type: 'json_schema', schema: others.responseFormat.schema } } }),
    },
    protocol: { 'anthropic-version': '2023-06-01' },
  }))

const usage = fc.record({
  input: fc.nat(),
  cacheRead: fc.nat(),
  cacheWrite5m: fc.nat(),
  cacheWrite1h: fc.nat(),
  output: fc.nat(),
  reasoning: fc.nat(),
  basis: fc.constant('reported' as const),
})

/** Any answer that has a place in the body for everything. */
export const answer: fc.Arbitrary<CanonicalAnswer> = fc
  .record({
    id: name,
    model: name,
    blocks: fc.array(
      fc.oneof(
        text.map((value): Block => ({ kind: 'text', text: value })),
        thought,
        call,
      ),
      { maxLength: 4 },
    ),
    refusal: fc.option(text, { nil: null }),
    finish: fc.constantFrom('stop' as const, 'length' as const, 'tool_calls' as const),
    usage,
  })
  .map(({ refusal, ...rest }) =>
    refusal === null
      ? rest
      : { ...rest, finish: 'content_filter', blocks: [...rest.blocks, { kind: 'refusal', text: refusal }] },
  )
