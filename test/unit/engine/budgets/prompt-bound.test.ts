import fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { analyse } from '../../../../src/engine/analyse.ts'
import { promptBound } from '../../../../src/engine/budgets/prompt-bound.ts'
import type { Block, CanonicalRequest } from '../../../../src/wire/canonical.ts'
import { budget } from '../decision/world.ts'
import { requestOf } from '../request-of.ts'

function withBlocks(...blocks: readonly Block[]): CanonicalRequest {
  return requestOf([], { messages: [{ role: 'user', blocks }] })
}

const EMPTY = promptBound(withBlocks()).tokens ?? 0
const bound = (...blocks: readonly Block[]): number | null => promptBound(withBlocks(...blocks)).tokens
const data = (mime: string, base64: string): Block & { kind: 'file' } => ({
  kind: 'file',
  source: { kind: 'data', mime, base64 },
})

describe('the bound on a prompt', () => {
  it('holds every text of a conversation, and more for what stands around it', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('system', 'user', 'assistant', 'tool'), text), { maxLength: 8 }),
        (turns) => {
          const { tokens } = promptBound(requestOf(turns))
          const shown = turns.map(([role, said]) => `<|start|>${role}<|message|>${said}<|end|>\n`).join('')
          // Marks of roles as plain text are longer than the special tokens that they stand for.
          expect(countTokens(shown, { allowedSpecial: 'all' })).toBeLessThanOrEqual(tokens ?? 0)
        },
      ),
      { seed: 3, numRuns: 300 },
    )
  })

  it('holds tools, calls, results and schemas as they may be written into the prompt', () => {
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string', description: 'Stadt, 城市, <b>город</b>' }, days: { type: 'integer' } },
    }
    const request = requestOf(['Wetter?', ['assistant', 'I look.'], ['tool', '{"rain":"viel"}']], {
      tools: [{ name: 'weather', description: 'Das Wetter 天气', parameters }],
      responseFormat: { kind: 'json_schema', name: 'out', schema: parameters },
    })
    const ascii = (value: unknown): string =>
      JSON.stringify(value, null, 4).replaceAll(
        /[\u0080-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    const written = [...request.messages, ...request.tools, request.responseFormat].map(ascii).join('\n')
    expect(countTokens(written)).toBeLessThan(promptBound(request).tokens ?? 0)
  })

  it.each<[string, Block, number]>([
    ['text', { kind: 'text', text: 'ab' }, 2],
    ['sealed thought', { kind: 'reasoning', text: 'ab', signature: 'abcd' }, 6],
    ['hidden thought', { kind: 'reasoning', text: '', redacted: 'abcdef' }, 6],
    ['a picture', { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }, 50_000],
    ['sound', { kind: 'audio', source: { kind: 'data', mime: 'audio/wav', base64: 'a'.repeat(800) } }, 164],
    ['a text document', { kind: 'file', source: { kind: 'text', mime: 'text/plain', text: 'abc' } }, 19],
    ['a text file', data('text/csv', 'YSxiCg=='), 40],
  ])('knows %s', (_what, block, more) => {
    expect(bound(block)).toBe(EMPTY + more)
  })

  it.each<[string, Block]>([
    ['a compressed document', data('application/pdf', 'JVBERi0=')],
    ['a file that the provider keeps', { kind: 'file', source: { kind: 'provider-file', fileId: 'file_1' } }],
    ['sound behind a link', { kind: 'audio', source: { kind: 'url', url: 'https://example.com/a.mp3' } }],
    ['what only its own format knows', { kind: 'opaque', format: 'anthropic', value: { type: 'container_upload' } }],
    [
      'any of them inside a result',
      {
        kind: 'tool_result',
        toolUseId: 't',
        blocks: [{ kind: 'file', source: { kind: 'url', url: 'https://e.com/a' } }],
      },
    ],
  ])('states none for %s', (_what, block) => {
    expect(bound({ kind: 'text', text: 'hi' }, block)).toBeNull()
  })

  it('states none where the provider adds to the prompt by itself', () => {
    const hosted = { name: 'web_search', hosted: { format: 'anthropic' as const, definition: { type: 'web_search' } } }
    expect(promptBound(requestOf(['hi'], { tools: [hosted] })).tokens).toBeNull()
    for (const name of ['cachedContent', 'mcp_servers', 'web_search_options'])
      expect(promptBound(requestOf(['hi'], { extra: { [name]: {} } })).tokens).toBeNull()
    expect(promptBound(requestOf(['hi'], { extra: { seed: 1 } })).tokens).not.toBeNull()
  })

  it('sees that a dearer service is asked for than the prices are for', () => {
    const surcharge = (extra: CanonicalRequest['extra']): unknown => promptBound(requestOf(['hi'], { extra })).surcharge
    for (const extra of [{ service_tier: 'priority' }, { speed: 'fast' }, { inference_geo: 'us' }])
      expect(surcharge(extra)).toBe(true)
    for (const extra of [{}, { service_tier: 'auto' }, { service_tier: 'flex' }, { service_tier: null }, { speed: 1 }])
      expect(surcharge(extra)).toBeUndefined()
  })

  it('counts every text of a request for embeddings, and tokens that the client made itself', () => {
    const of = (inputs: readonly string[] | readonly (readonly number[])[]): number =>
      promptBound(requestOf(['longest'], { embeddings: { inputs, encoding: 'float' } })).tokens ?? 0
    expect(of(['abc', 'defg']) - of([])).toBe(2 * 16 + 7)
    expect(of([[1, 2, 3]]) - of([])).toBe(16 + 3)
  })

  it('sees how long the prompt is asked to be kept', () => {
    const marked = (ttl?: string): Block => ({
      kind: 'text',
      text: 'x',
      cacheControl: { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) },
    })
    const kept = (request: CanonicalRequest): string => promptBound(request).cacheWrite
    expect(kept(requestOf(['hi']))).toBe('none')
    expect(kept(withBlocks(marked()))).toBe('5m')
    expect(kept(withBlocks(marked('1h'), marked('5m')))).toBe('1h')
    expect(kept(withBlocks({ kind: 'tool_result', toolUseId: 't', blocks: [marked('1h')] }))).toBe('1h')
    expect(kept(requestOf(['hi'], { tools: [{ name: 't', cacheControl: { type: 'ephemeral' } }] }))).toBe('5m')
    expect(kept(requestOf(['hi'], { extra: { cache_control: { type: 'ephemeral', ttl: '1h' } } }))).toBe('1h')
  })
})

describe('features', () => {
  it('hold the bound only for callers whom a hard budget concerns', () => {
    const seen = (...budgets: Parameters<typeof budget>[0][]): boolean =>
      'inputBound' in analyse(requestOf(['hi']), null, budgets.map(budget)).features
    expect(seen()).toBe(false)
    expect(seen({ leftNanoUsd: 1, onExceed: 'downgrade' }, { leftNanoUsd: 1, onExceed: 'warn' })).toBe(false)
    expect(seen({ leftNanoUsd: 1, onExceed: 'downgrade' }, { leftNanoUsd: 1, onExceed: 'block' })).toBe(true)
  })
})
