import { describe, expect, it } from 'vitest'
import type { UpstreamCall } from '../../../src/pipeline/ports.ts'
import { UpstreamStreamError } from '../../../src/engine/upstream-error.ts'
import { callProvider, PROVIDERS, streamOf, type ProviderScript } from './provider-formats.ts'
import {
  makeCall,
  realClock,
  scriptedServer,
  sendJson,
  settings,
  startStream,
  streamCall,
  textOf,
  type Script,
} from './support.ts'

const NOW = Date.parse('2026-11-22T10:00:00Z')
const FAST = { timeouts: { connectMs: 1_000, firstTokenMs: 150, idleMs: 150, totalMs: 600 } }

/** What a provider may do instead of answering, with the failure that the pipeline has to see. */
type Fault = readonly [name: string, script: (provider: ProviderScript) => Script, failure: string]

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (provider: ProviderScript): Script =>
  (response) =>
    sendJson(response, code, provider.error('m'), headers)

const BEFORE_CONTENT: readonly Fault[] = [
  ['refuses the body', status(400), 'bad_request'],
  ['refuses the key', status(401), 'auth'],
  ['forbids the model', status(403), 'auth'],
  ['wants money', status(402), 'quota'],
  ['does not know the model', status(404), 'not_found'],
  ['is limited', status(429, { 'retry-after': '3' }), 'rate_limited'],
  ['fails', status(500), 'server_error'],
  ['is unavailable', status(503), 'overloaded'],
  ['is overloaded', status(529), 'overloaded'],
  ['redirects', status(302, { location: 'http://169.254.169.254/' }), 'malformed'],
  ['resets', () => (response) => void response.socket?.resetAndDestroy(), 'connect'],
  [
    'says an error inside a 200',
    (provider) => (response) => sendJson(response, 200, provider.error('m')),
    'server_error',
  ],
  ['sends nothing', () => (response) => sendJson(response, 200, ''), 'empty'],
  ['sends broken JSON', () => (response) => sendJson(response, 200, '{"id":'), 'malformed'],
  ['sends an answer without content', (provider) => (response) => sendJson(response, 200, provider.whole('')), 'empty'],
  [
    'sends a page',
    () => (response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html></html>')
    },
    'malformed',
  ],
  ['compresses', () => (response) => sendJson(response, 200, 'x', { 'content-encoding': 'gzip' }), 'malformed'],
]

function stream(text: string): Script {
  return (response) => {
    startStream(response)
    response.end(text)
  }
}

const BEFORE_CONTENT_OF_STREAM: readonly Fault[] = [
  ['streams nothing', () => stream(''), 'empty'],
  ['streams an end without content', (provider) => stream(provider.start + provider.stop), 'empty'],
  ['streams an error first', (provider) => stream(provider.failure), 'server_error'],
  ['streams broken JSON', () => stream('data: {"a":\n\n'), 'malformed'],
  [
    'resets before content',
    (provider) => (response) => {
      startStream(response)
      response.write(provider.start)
      setTimeout(() => response.destroy(), 20)
    },
    'cut_mid_stream',
  ],
  [
    'stalls before content',
    (provider) => (response) => {
      startStream(response)
      response.write(provider.start)
    },
    'timeout_first_token',
  ],
  ['stalls before its head', () => () => undefined, 'timeout_first_token'],
]

const AFTER_CONTENT: readonly Fault[] = [
  ['ends without a finish reason', (provider) => stream(provider.start + provider.text('a')), 'cut_mid_stream'],
  [
    'is cut',
    (provider) => (response) => {
      startStream(response)
      response.write(provider.start + provider.text('a'))
      setTimeout(() => response.destroy(), 20)
    },
    'cut_mid_stream',
  ],
  [
    'is cut inside an event',
    (provider) => stream(`${provider.start}${provider.text('a')}data: {"type":"x`),
    'cut_mid_stream',
  ],
  ['says an error', (provider) => stream(provider.start + provider.text('a') + provider.failure), 'server_error'],
  ['says no JSON', (provider) => stream(`${provider.start}${provider.text('a')}data: nonsense\n\n`), 'malformed'],
  [
    'stalls',
    (provider) => (response) => {
      startStream(response)
      response.write(provider.start + provider.text('a'))
    },
    'timeout_idle',
  ],
  [
    'drips for ever',
    (provider) => (response) => {
      startStream(response)
      response.write(provider.start + provider.text('a'))
      const timer = setInterval(() => response.write(': x\n\n'), 20)
      response.on('close', () => clearInterval(timer))
    },
    'timeout_total',
  ],
]

describe.each(PROVIDERS)('$kind', (provider) => {
  const fixed = { clock: { now: () => NOW, monotonic: () => performance.now() } }

  it.each(BEFORE_CONTENT)('%s: a whole answer', async (_, script, failure) => {
    const { result, server } = await callProvider(provider, script(provider), makeCall(), {
      ports: fixed,
      settings: FAST,
    })
    expect(result).toMatchObject({ kind: 'failed', failure, injected: false })
    expect(server.seen).toHaveLength(1)
  })

  it.each([...BEFORE_CONTENT, ...BEFORE_CONTENT_OF_STREAM])('%s: a stream', async (_, script, failure) => {
    const { result } = await callProvider(provider, script(provider), streamCall(), { ports: fixed, settings: FAST })
    expect(result).toMatchObject({ kind: 'failed', failure })
  })

  it.each(AFTER_CONTENT)('%s after content', async (_, script, failure) => {
    const { result, parts } = await callProvider(provider, script(provider), streamCall(), { settings: FAST })
    expect(result.kind).toBe('stream')
    expect(parts).toBeInstanceOf(UpstreamStreamError)
    expect(parts).toMatchObject({ failure })
  })

  it('answers whole', async () => {
    const { result, server } = await callProvider(
      provider,
      (response) => sendJson(response, 200, provider.whole('hi')),
      makeCall(),
    )
    expect(result).toMatchObject({
      kind: 'answer',
      answer: {
        model: 'served',
        blocks: [{ kind: 'text', text: 'hi' }],
        finish: 'stop',
        usage: { input: 3, output: 2 },
      },
    })
    expect(server.seen[0]?.path).toBe(provider.paths[0])
    expect(server.seen[0]?.headers[provider.keyHeader]).toMatch(/key-one$/)
  })

  it('answers as a stream, however its bytes are cut', async () => {
    const bytes = Buffer.from(`\uFEFF${streamOf(provider, 'grüße ', '🎈').replaceAll('\n', '\r\n')}`)
    const script: Script = async (response) => {
      startStream(response)
      for (const byte of bytes) {
        response.write(Buffer.of(byte))
        if (byte % 16 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      response.end()
    }
    const { parts, server } = await callProvider(provider, script, streamCall())
    expect(textOf(parts)).toBe('grüße 🎈')
    const kinds = Array.isArray(parts) ? parts.map(({ kind }) => kind) : []
    expect(kinds.slice(0, 4)).toEqual(['start', 'text', 'text', 'finish'])
    expect(server.seen[0]?.path).toBe(provider.paths[1])
  })

  it('answers whole though it was asked for a stream', async () => {
    const script: Script = (response) => sendJson(response, 200, provider.whole('hi'))
    expect(textOf((await callProvider(provider, script, streamCall())).parts)).toBe('hi')
  })

  it.each([
    ['in the middle of a stream', streamCall],
    ['while it waits', makeCall],
  ] as [string, (given: Partial<UpstreamCall>) => UpstreamCall][])(
    'a client that leaves %s closes the call',
    async (_, make) => {
      const server = await scriptedServer((response, { body, path }) => {
        if (body['stream'] !== true && !path.includes('stream')) return
        startStream(response)
        response.write(provider.start + provider.text('a'))
      })
      const upstream = provider.open(settings(server.baseUrl, { kind: provider.kind }), { clock: realClock })
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 50)
      const result = await upstream.call(make({ signal: controller.signal }))
      const thrown = result.kind === 'stream' ? await drained(result.parts) : result
      expect(thrown).toMatchObject({ failure: 'aborted' })
      await server.closed
      await upstream.close()
      await server.close()
    },
  )

  it('rotates keys that are limited, refused or without money', async () => {
    const script: Script = (response, { headers }) => {
      const key = headers[provider.keyHeader]
      if (String(key).endsWith('slow')) sendJson(response, 429, provider.error('m'), { 'retry-after': '7' })
      else if (String(key).endsWith('wrong')) sendJson(response, 401, provider.error('m'))
      else sendJson(response, 200, provider.whole('hi'))
    }
    const notices: unknown[] = []
    const ports = { ...fixed, onCredential: (notice: unknown) => void notices.push(notice) }
    const keys = { apiKeys: ['slow', 'wrong', 'good'] }
    const { result } = await callProvider(provider, script, makeCall(), { ports, settings: keys })
    expect(result.kind).toBe('answer')
    expect(notices).toEqual([
      { provider: 'p', keyIndex: 0, reason: 'rate_limited', pausedMs: 7_000 },
      { provider: 'p', keyIndex: 1, reason: 'auth', pausedMs: 60_000 },
    ])
  })
})

async function drained(parts: AsyncIterable<unknown>): Promise<unknown> {
  try {
    for await (const part of parts) if (part === null) break
    return null
  } catch (error) {
    return error
  }
}
