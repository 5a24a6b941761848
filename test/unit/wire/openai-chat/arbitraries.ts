import * as fc from 'fast-check'
import type { Block, CanonicalAnswer, CanonicalRequest, Message } from '../../../../src/wire/canonical.ts'

const text = fc.string({ minLength: 1, unit: 'grapheme' })
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/)
const base64 = fc.base64String({ minLength: 4, maxLength: 12 })

function maybe<T extends object>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Partial<T>> {
  return fc.oneof(fc.constant({}), arbitrary)
}

const textBlock: fc.Arbitrary<Block> = text.map((value) => ({ kind: 'text', text: value }))
const userBlock: fc.Arbitrary<Block> = fc.oneof(
  textBlock,
  fc.webUrl().map((url): Block => ({ kind: 'image', source: { kind: 'url', url } })),
  base64.map((data): Block => ({
    kind: 'image',
    source: { kind: 'data', mime: 'image/png', base64: data },
    detail: 'high',
  })),
  base64.map((data): Block => ({
    kind: 'audio',
    source: { kind: 'data', mime: 'audio/mp3', base64: data },
    format: 'mp3',
  })),
  name.map((fileId): Block => ({ kind: 'file', source: { kind: 'provider-file', fileId } })),
  base64.map((data): Block => ({
    kind: 'file',
    source: { kind: 'data', mime: 'application/pdf', base64: data },
    name: 'a.pdf',
  })),
)
const toolUse: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('tool_use' as const), id: name, name, argumentsJson: fc.json() }),
  fc.record({
    kind: fc.constant('tool_use' as const),
    id: name,
    name,
    argumentsJson: text,
    custom: fc.constant(true as const),
  }),
)
const assistantBlocks = fc
  .record({
    reasoning: fc.option(text, { nil: null }),
    texts: fc.array(textBlock, { maxLength: 3 }),
    refusal: fc.option(text, { nil: null }),
    calls: fc.array(toolUse, { maxLength: 3 }),
  })
  .map(({ reasoning, texts, refusal, calls }): Block[] => [
    ...(reasoning === null ? [] : [{ kind: 'reasoning' as const, text: reasoning }]),
    ...texts,
    ...(refusal === null ? [] : [{ kind: 'refusal' as const, text: refusal }]),
    ...calls,
  ])
const named = maybe(fc.record({ name }))
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.tuple(named, fc.array(textBlock, { maxLength: 2 })).map(([who, blocks]) => turn('system', who, blocks)),
  fc.tuple(named, fc.array(userBlock, { maxLength: 4 })).map(([who, blocks]) => turn('user', who, blocks)),
  fc.tuple(named, assistantBlocks).map(([who, blocks]) => turn('assistant', who, blocks)),
  fc
    .tuple(name, fc.array(textBlock, { maxLength: 2 }))
    .map(([toolUseId, blocks]) => turn('tool', {}, [{ kind: 'tool_result', toolUseId, blocks }])),
)

function turn(role: Message['role'], who: { name?: string }, blocks: readonly Block[]): Message {
  return { role, ...who, blocks }
}

const tool = fc.oneof(
  fc
    .tuple(
      name,
      maybe(fc.record({ description: text })),
      maybe(fc.record({ parameters: fc.constant({ type: 'object' }) })),
      maybe(fc.record({ strict: fc.boolean() })),
    )
    .map(([toolName, ...rest]) => Object.assign({ name: toolName }, ...rest)),
  name.map((toolName) => ({ name: toolName, custom: { format: { type: 'text' } } })),
)
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value))
const sampling = fc
  .tuple(
    maybe(fc.record({ temperature: double })),
    maybe(fc.record({ topP: double })),
    maybe(fc.record({ seed: fc.integer() })),
    maybe(fc.record({ stop: fc.array(text) })),
    maybe(fc.record({ presencePenalty: double })),
    maybe(fc.record({ frequencyPenalty: double })),
    maybe(fc.record({ reasoningEffort: fc.constantFrom('low', 'high') })),
  )
  .map((parts) => Object.assign({}, ...parts))

/** Any request as a parser would give it. */
export const request = fc
  .record({
    model: name,
    messages: fc.array(message, { minLength: 1, maxLength: 6 }),
    tools: fc.array(tool, { maxLength: 3 }),
    responseFormat: fc.oneof(
      fc.constant({ kind: 'text' }),
      fc.constant({ kind: 'json_object' }),
      fc.record({
        kind: fc.constant('json_schema'),
        name,
        schema: fc.constant({ type: 'object' }),
        strict: fc.boolean(),
      }),
    ),
    sampling,
    choices: fc.integer({ min: 1, max: 4 }),
    streaming: fc.record({ stream: fc.boolean(), includeUsage: fc.boolean() }),
    optional: fc
      .tuple(
        maybe(fc.record({ parallelToolCalls: fc.boolean() })),
        maybe(fc.record({ maxOutputTokens: fc.integer({ min: 1 }) })),
        maybe(fc.record({ endUser: text })),
        maybe(fc.record({ promptCacheKey: text })),
        maybe(
          fc.record({
            toolChoice: fc.constantFrom(
              { kind: 'auto' },
              { kind: 'none' },
              { kind: 'required' },
              { kind: 'named', name: 'f' },
              { kind: 'allowed', names: ['f', 'g'], required: false },
            ),
          }),
        ),
      )
      .map((parts) => Object.assign({}, ...parts)),
    metadata: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
    extra: fc.record({ top_k: fc.integer(), logit_bias: fc.constant({ '50256': -100 }) }, { requiredKeys: [] }),
  })
  .map(({ streaming, optional, ...rest }): CanonicalRequest => ({
    format: 'openai-chat',
    ...rest,
    ...optional,
    stream: streaming.stream,
    includeUsage: streaming.stream && streaming.includeUsage,
  }))

const usage = fc.record({
  input: fc.nat(),
  cacheRead: fc.nat(),
  cacheWrite5m: fc.nat(),
  cacheWrite1h: fc.constant(0),
  output: fc.nat(),
  reasoning: fc.nat(),
  basis: fc.constant('reported' as const),
})
/** Any answer that has its own place in the body for everything. */
export const answer: fc.Arbitrary<CanonicalAnswer> = fc.record({
  id: name,
  model: name,
  blocks: assistantBlocks.map((blocks) =>
    blocks.filter((block, index) => block.kind !== 'text' || isFirstText(blocks, index)),
  ),
  finish: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter'),
  usage: fc.option(usage, { nil: null }),
})

/** An answer has one text: the body has one place for it. */
function isFirstText(blocks: readonly Block[], index: number): boolean {
  return blocks.findIndex(({ kind }) => kind === 'text') === index
}
