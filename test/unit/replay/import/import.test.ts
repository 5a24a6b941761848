import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRedactor } from '../../../../src/guardrails/redactor.ts'
import { detectFormat } from '../../../../src/replay/fixtures/import/detect.ts'
import type { ImportFormat } from '../../../../src/replay/fixtures/import/exchange.ts'
import { importFixtures, lostLines } from '../../../../src/replay/fixtures/import/import-fixtures.ts'
import type { ImportReport } from '../../../../src/replay/fixtures/import/import-fixtures.ts'
import { arrivalOf } from '../../../../src/replay/fixtures/incoming.ts'
import { parseFixtureLine } from '../../../../src/replay/fixtures/reader.ts'
import type { Fixture } from '../../../../src/replay/types.ts'
import type { JsonObject } from '../../../../src/wire/json.ts'
import { BATCH_EXPIRED, BATCH_REQUEST, BATCH_RESULT, CHAT_LINE, LITELLM_FAILURE, LITELLM_STREAM } from './sources.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-import-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function write(name: string, ...lines: readonly (JsonObject | string)[]): string {
  const path = join(directory, name)
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))
  return path
}

interface Imported {
  readonly fixtures: readonly Fixture[]
  readonly reports: readonly ImportReport[]
  readonly text: string
}

async function run(format: ImportFormat, files: readonly string[], ask: string | null = null): Promise<Imported> {
  const lines: string[] = []
  const reports = await importFixtures({
    format,
    files,
    options: {
      redactor: createRedactor({ profile: 'strict', knownValues: [], salt: 'salt' }),
      salt: 'salt',
      ask,
      importedAt: Date.parse('2026-01-01T00:00:00.000Z'),
    },
    write: (added) => {
      lines.push(...added)
      return Promise.resolve()
    },
  })
  const fixtures = lines.map((text, index) => {
    const event = parseFixtureLine({ line: index + 1, offset: 0, bytes: 0, text, trouble: null, ended: true }, 'out')
    if (event.kind !== 'fixture') throw new Error(`line ${index + 1} is no fixture`)
    return event.fixture
  })
  return { fixtures, reports, text: lines.join('\n') }
}

describe('OpenAI batch files', () => {
  it('are joined by custom_id, in either order of the files', async () => {
    const requests = write('in.jsonl', BATCH_REQUEST, {
      ...BATCH_REQUEST,
      custom_id: 'request-2',
      body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] },
    })
    const results = write('out.jsonl', BATCH_EXPIRED, BATCH_RESULT)
    const { fixtures, reports } = await run('openai-batch', [results, requests])
    expect(fixtures.map(({ source, res }) => [source.orig_id, res?.status, res?.error?.code])).toEqual([
      ['request-1', 200, undefined],
      ['request-2', 500, 'batch_expired'],
    ])
    expect(fixtures[0]).toMatchObject({
      ts: '2024-03-26T17:44:14.000Z',
      req: { model_asked: 'gpt-4o-mini', body: { max_tokens: 1000 } },
      res: {
        model: 'gpt-4o-mini',
        finish: 'stop',
        message: { text: 'The Nile.' },
        usage: { input: 24, output: 15, basis: 'reported' },
      },
    })
    expect(reports.map(({ lines, usable, dropped }) => [lines, usable, dropped])).toEqual([
      [2, 0, {}],
      [2, 2, {}],
    ])
    expect(reports[1]?.missing).toMatchObject({ latency: 1, cost: 1, time: 1 })
  })

  it('keep a request without an answer and report what cannot be used', async () => {
    const file = write(
      'all.jsonl',
      BATCH_REQUEST,
      { ...BATCH_REQUEST, custom_id: 'e', url: '/v1/embeddings' },
      { ...BATCH_REQUEST, custom_id: 'b', body: { model: 'x', messages: 'none' } },
      { ...BATCH_RESULT, custom_id: 'nobody' },
      'no JSON',
      { something: 'else' },
    )
    const { fixtures, reports } = await run('openai-batch', [file])
    expect(fixtures.map(({ res }) => res)).toEqual([undefined])
    expect(reports[0]?.lines).toBe(6)
    expect(reports[0]?.dropped).toEqual({
      'the line is not valid JSON': { count: 1, firstLine: 5 },
      'neither a batch request nor a batch result': { count: 1, firstLine: 6 },
      'not a chat completion': { count: 1, firstLine: 2 },
      'the request is not valid (messages)': { count: 1, firstLine: 3 },
      'no request has this custom_id': { count: 1, firstLine: 4 },
    })
  })
})

describe('chat JSON Lines', () => {
  it('take the assistant turn at the end as the answer', async () => {
    const open = { messages: [{ role: 'user', content: 'And of Spain?' }], model: 'm', temperature: 0 }
    const { fixtures, reports } = await run('chat-jsonl', [write('chat.jsonl', CHAT_LINE, open, { messages: [] })])
    expect(fixtures[0]?.req.body['messages']).toHaveLength(2)
    expect(fixtures[0]?.res).toMatchObject({ model: 'unknown', message: { text: 'Paris' }, usage: null })
    expect(fixtures[1]).toMatchObject({ req: { model_asked: 'm', body: { temperature: 0 } } })
    expect(fixtures[1]?.res).toBeUndefined()
    expect(reports[0]).toMatchObject({
      usable: 2,
      missing: { time: 2, answer: 1, 'model of the answer': 1 },
      dropped: { 'no messages': { count: 1, firstLine: 3 } },
    })
  })

  it('ask for what the user wants them to ask for', async () => {
    const { fixtures } = await run('chat-jsonl', [write('chat.jsonl', CHAT_LINE)], 'auto:best')
    expect(fixtures[0] && arrivalOf(fixtures[0]).incoming.asked.model).toBe('auto:best')
  })
})

describe('LiteLLM logs', () => {
  it('take latency as end minus start, never from response_time', async () => {
    const { fixtures } = await run('litellm', [write('log.jsonl', LITELLM_STREAM)])
    expect(fixtures[0]?.res?.timing).toEqual({ ttft_ms: 400, total_ms: 2500 })
    expect(fixtures[0]).toMatchObject({
      ts: '2024-11-04T14:00:00.250Z',
      tags: ['nightly'],
      req: { model_asked: 'cheap', stream: true, body: { temperature: 0.2, max_tokens: 100 } },
      res: { model: 'gpt-4o-mini', cost: { nano_usd: 123_450, basis: 'reported' } },
    })
    expect(fixtures[0]?.req.body).not.toHaveProperty('extra_body')
  })

  it('know no first token for a call that was not streamed', async () => {
    const plain = { ...LITELLM_STREAM, stream: false, completionStartTime: 1730728802.75 }
    const { fixtures } = await run('litellm', [write('log.jsonl', plain)])
    expect(fixtures[0]?.res?.timing).toEqual({ ttft_ms: null, total_ms: 2500 })
  })

  it('hide who asked and what was personal, the same in request and answer', async () => {
    const { text, reports, fixtures } = await run('litellm', [write('log.jsonl', LITELLM_STREAM)])
    for (const name of ['ada.lovelace', 'ada@mail', 'team-docs', '203.0.113.9', '88dc28d0'])
      expect(text).not.toContain(name)
    expect(fixtures[0]?.res?.message.text).toBe('Done, sent to [EMAIL_1].')
    expect(reports[0]?.redactions).toEqual({ EMAIL: 2 })
  })

  it('do not take a cost of zero for free, unless a cache answered', async () => {
    const free = { ...LITELLM_STREAM, response_cost: 0 }
    const cached = { ...free, id: 'c', cache_hit: true }
    const { fixtures } = await run('litellm', [write('log.jsonl', free, cached)])
    expect(fixtures.map(({ res }) => res?.cost?.nano_usd)).toEqual([undefined, 0])
  })

  it('keep failures with their status, and report the rest by reason', async () => {
    const withheld = { ...LITELLM_STREAM, id: 'w', messages: [{ role: 'user', content: 'redacted-by-litellm' }] }
    const file = write(
      'log.jsonl',
      LITELLM_FAILURE,
      { ...LITELLM_STREAM, id: 'e', call_type: 'aembedding' },
      withheld,
      LITELLM_STREAM,
      LITELLM_STREAM,
    )
    const { fixtures, reports } = await run('litellm', [file])
    expect(fixtures[0]?.res).toMatchObject({ status: 429, error: { code: 'RateLimitError' }, message: { text: '' } })
    expect(reports[0]?.dropped).toEqual({
      'not a chat completion': { count: 1, firstLine: 2 },
      'the source withheld the content': { count: 1, firstLine: 3 },
      'the same exchange again': { count: 1, firstLine: 5 },
    })
    expect(reports.map((report) => lostLines(report))).toEqual([true])
  })

  it('are read from a document and from the wrapper of callbacks too', async () => {
    const path = join(directory, 'one.json')
    writeFileSync(path, JSON.stringify([{ standard_logging_object: LITELLM_STREAM }], null, 2))
    const { fixtures } = await run('litellm', [path])
    expect(fixtures).toHaveLength(1)
  })
})

describe('finding out the format', () => {
  it.each<[string, JsonObject, ImportFormat]>([
    ['a batch request', BATCH_REQUEST, 'openai-batch'],
    ['a batch result', BATCH_RESULT, 'openai-batch'],
    ['a chat line', CHAT_LINE, 'chat-jsonl'],
    ['a LiteLLM payload', LITELLM_STREAM, 'litellm'],
  ])('knows %s', async (_name, line, format) => {
    expect(await detectFormat([write('x.jsonl', 'no JSON', line)])).toBe(format)
  })

  it('refuses what it does not know', async () => {
    await expect(detectFormat([write('x.jsonl', { a: 1 }, 'text')])).rejects.toMatchObject({ code: 'fixture_invalid' })
  })
})
