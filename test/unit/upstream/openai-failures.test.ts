import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { AdapterPorts } from '../../../src/upstream/ports.ts'
import { OpenAiUpstream } from '../../../src/upstream/openai.ts'
import {
  callScript,
  events,
  makeCall,
  realClock,
  ROLE,
  scriptedSocket,
  sendJson,
  settings,
  STOP,
  streamCall,
  delta,
  wholeAnswer,
  type Script,
} from './support.ts'

const NOW = Date.parse('2026-11-22T10:00:00Z')
const fixedPorts: AdapterPorts = { clock: { now: () => NOW, monotonic: () => performance.now() } }

function status(
  code: number,
  body: unknown = { error: { message: 'm' } },
  headers: Record<string, string> = {},
): Script {
  return (response) => sendJson(response, code, body, headers)
}

describe('HTTP failures of a provider', () => {
  it.each([
    [400, {}, 'bad_request'],
    [400, { code: 'context_length_exceeded' }, 'context_overflow'],
    [400, { message: 'This model has a maximum context length of 8192 tokens.' }, 'context_overflow'],
    [400, { message: 'prompt is too long: 210000 tokens > 200000 maximum' }, 'context_overflow'],
    [400, { code: 'model_not_found' }, 'not_found'],
    [400, { message: 'Incorrect API key provided' }, 'auth'],
    [401, {}, 'auth'],
    [402, {}, 'quota'],
    [403, {}, 'auth'],
    [404, {}, 'not_found'],
    [408, {}, 'server_error'],
    [413, {}, 'bad_request'],
    [422, {}, 'bad_request'],
    [429, {}, 'rate_limited'],
    [429, { code: 'rate_limit_exceeded', type: 'tokens' }, 'rate_limited'],
    [429, { code: 'insufficient_quota', type: 'insufficient_quota' }, 'quota'],
    [500, {}, 'server_error'],
    [502, {}, 'server_error'],
    [503, {}, 'overloaded'],
    [504, {}, 'server_error'],
    [529, {}, 'overloaded'],
  ] as const)('%i with %j is %s', async (code, said, failure) => {
    const { result } = await callScript(status(code, { error: { message: 'm', ...said } }), makeCall())
    expect(result).toMatchObject({ kind: 'failed', status: code, failure, injected: false })
  })

  it.each([
    ['seconds', { 'retry-after': '2' }, 2_000],
    ['part of a second', { 'retry-after': '0.25' }, 250],
    ['zero', { 'retry-after': '0' }, 0],
    ['a date', { 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT' }, 30_000],
    ['a date that has passed', { 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' }, 0],
    ['milliseconds, which win', { 'retry-after': '5', 'retry-after-ms': '40' }, 40],
    ['nothing', {}, null],
    ['nonsense', { 'retry-after': 'soon' }, null],
    ['a negative number', { 'retry-after': '-3' }, null],
    ['far too long', { 'retry-after': '99999999' }, 86_400_000],
  ])('Retry-After with %s', async (_, headers, wanted) => {
    const { result } = await callScript(status(429, {}, headers), makeCall(), { ports: fixedPorts })
    expect(result).toMatchObject({ failure: 'rate_limited', retryAfterMs: wanted })
  })

  it('shows the provider’s words cut, without our key, credentials or control characters', async () => {
    const leaked = ['sk', 'proj', 'a'.repeat(30)].join('-')
    const message = `bad key-one or ${leaked} \u001b[31m\n${'x'.repeat(2_000)}`
    const { result } = await callScript(status(401, { error: { message } }), makeCall())
    const shown = result.kind === 'failed' ? result.message : ''
    expect(shown).toMatch(/^bad \[key\] or \[key\] /)
    expect(shown.length).toBeLessThan(310)
    expect(shown).not.toMatch(/\p{Cc}/u)
  })

  it('reads errors that are no OpenAI errors', async () => {
    const html: Script = (response) => {
      response.writeHead(502, { 'content-type': 'text/html' })
      response.end('<html>bad gateway</html>')
    }
    expect((await callScript(html, makeCall())).result).toMatchObject({
      failure: 'server_error',
      status: 502,
      message: 'the provider answered 502 without a message',
    })
    expect((await callScript(status(500, { error: 'text' }), makeCall())).result).toMatchObject({ message: 'text' })
  })

  it('reads no more of an error body than it needs', async () => {
    const endless: Script = (response) => {
      response.writeHead(500, { 'content-type': 'application/json' })
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
      }
      response.on('drain', more)
      more()
    }
    expect((await callScript(endless, makeCall())).result).toMatchObject({ failure: 'server_error', status: 500 })
  })

  it('does not follow a redirect', async () => {
    const { result, server } = await callScript(
      status(302, '', { location: 'http://169.254.169.254/latest/meta-data' }),
      makeCall(),
    )
    expect(result).toMatchObject({ failure: 'malformed', status: 302, message: 'a redirect (302) is not followed' })
    expect(server.seen).toHaveLength(1)
  })
})

describe('answers that are none', () => {
  it.each([
    ['not JSON', (response) => sendJson(response, 200, '{"choices":'), 'malformed'],
    ['no object', (response) => sendJson(response, 200, '[]'), 'malformed'],
    ['no choices', (response) => sendJson(response, 200, {}), 'malformed'],
    ['an empty body', (response) => sendJson(response, 200, ''), 'empty'],
    ['blank lines alone', (response) => sendJson(response, 200, '\n\n\n'), 'empty'],
    ['no content', (response) => sendJson(response, 200, wholeAnswer('')), 'empty'],
    ['an error in a 200', (response) => sendJson(response, 200, { error: { message: 'm' } }), 'server_error'],
    ['a rate limit in a 200', (response) => sendJson(response, 200, { error: { code: 429 } }), 'rate_limited'],
    [
      'an HTML page',
      (response) => {
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        response.end('<html></html>')
      },
      'malformed',
    ],
    [
      'a compressed body',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        response.end(gzipSync(JSON.stringify(wholeAnswer('hi'))))
      },
      'malformed',
    ],
    [
      'a body that is cut',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        response.write('{"id":')
        setTimeout(() => response.destroy(), 20)
      },
      'cut_mid_stream',
    ],
    [
      'a body over the limit',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(1_048_576, 32)));
        }
        response.on('drain', more)
        more()
      },
      'malformed',
    ],
  ] satisfies [string, Script, string][])('%s', async (_, script, failure) => {
    const { result } = await callScript(script, makeCall())
    expect(result).toMatchObject({ kind: 'failed', status: 200, failure })
  })

  it('accepts blank lines and a byte order mark before the JSON', async () => {
    const text = `\n\n${JSON.stringify(wholeAnswer('hi'))}`
    const { result } = await callScript((response) => sendJson(response, 200, text), makeCall())
    expect(result).toMatchObject({ kind: 'answer', answer: { blocks: [{ kind: 'text', text: 'hi' }] } })
    const marked = `\uFEFF${JSON.stringify(wholeAnswer('hi'))}`
    expect((await callScript((response) => sendJson(response, 200, marked), makeCall())).result.kind).toBe('answer')
  })

  it('accepts an answer without text that was cut by its limit', async () => {
    const body = { choices: [{ message: { content: '' }, finish_reason: 'length' }] }
    const { result } = await callScript((response) => sendJson(response, 200, body), makeCall())
    expect(result).toMatchObject({ kind: 'answer', answer: { finish: 'length' } })
  })
})

describe('connections that fail', () => {
  async function callSocket(script: Parameters<typeof scriptedSocket>[0]) {
    const server = await scriptedSocket(script)
    const upstream = new OpenAiUpstream(settings(server.baseUrl), { clock: realClock })
    try {
      return await upstream.call(makeCall())
    } finally {
      await upstream.close()
      await server.close()
    }
  }

  it('refused', async () => {
    const gone = await scriptedSocket(() => undefined)
    await gone.close()
    const upstream = new OpenAiUpstream(settings(gone.baseUrl), { clock: realClock })
    const result = await upstream.call(makeCall())
    await upstream.close()
    expect(result).toMatchObject({
      kind: 'failed',
      failure: 'connect',
      status: null,
      message: 'the connection was refused',
    })
  })

  it('a host that does not exist', async () => {
    const upstream = new OpenAiUpstream(settings('http://no-such-host.invalid/v1'), { clock: realClock })
    const result = await upstream.call(makeCall())
    await upstream.close()
    expect(result).toMatchObject({ failure: 'connect', status: null })
  })

  it('reset before the answer', async () => {
    const result = await callSocket((socket) => socket.once('data', () => socket.resetAndDestroy()))
    expect(result).toMatchObject({ failure: 'connect', status: null })
  })

  it('an answer that is no HTTP', async () => {
    const result = await callSocket((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n\r\n')))
    expect(result).toMatchObject({ failure: 'malformed', status: null })
  })

  it('a pooled connection that the provider closed is replaced once', async () => {
    let connections = 0
    const server = await scriptedSocket((socket) => {
      connections += 1
      const first = connections === 1
      let requests = 0
      socket.on('data', (data) => {
        if (!data.toString('latin1').startsWith('POST ')) return
        requests += 1
        if (first && requests > 1) socket.resetAndDestroy()
        else {
          const body = JSON.stringify(wholeAnswer('hi'))
          const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`
          socket.write(`${head}\r\n\r\n${body}`)
        }
      })
    })
    const upstream = new OpenAiUpstream(settings(server.baseUrl, { maxConcurrency: 1 }), { clock: realClock })
    expect((await upstream.call(makeCall())).kind).toBe('answer')
    expect((await upstream.call(makeCall())).kind).toBe('answer')
    expect(connections).toBe(2)
    await upstream.close()
    await server.close()
  })

  it('an address that must never be called is refused before any connection', () => {
    for (const host of ['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]', '0xa9fea9fe', '100.100.100.200']) {
      expect(() => new OpenAiUpstream(settings(`http://${host}/v1`), { clock: realClock })).toThrow('may not be called')
    }
  })
})

describe('keys of a provider', () => {
  const byKey: Script = (response, { headers }) => {
    const key = headers.authorization
    if (key === 'Bearer good') sendJson(response, 200, wholeAnswer('hi'))
    else if (key === 'Bearer slow') sendJson(response, 429, {}, { 'retry-after': '7' })
    else if (key === 'Bearer broke') sendJson(response, 429, { error: { code: 'insufficient_quota' } })
    else if (key === 'Bearer down') sendJson(response, 500, {})
    else sendJson(response, 401, {})
  }

  it('rotate when one is limited, refused or without money, and say so without the key', async () => {
    const notices: unknown[] = []
    const ports: AdapterPorts = { ...fixedPorts, onCredential: (notice) => notices.push(notice) }
    const keys = { apiKeys: ['slow', 'broke', 'wrong', 'good'] }
    const { result, server } = await callScript(byKey, makeCall(), { settings: keys, ports })
    expect(result.kind).toBe('answer')
    expect(server.seen).toHaveLength(4)
    expect(notices).toEqual([
      { provider: 'p', keyIndex: 0, reason: 'rate_limited', pausedMs: 7_000 },
      { provider: 'p', keyIndex: 1, reason: 'quota', pausedMs: 60_000 },
      { provider: 'p', keyIndex: 2, reason: 'auth', pausedMs: 60_000 },
    ])
  })

  it('do not rotate for failures that are not about the key', async () => {
    const { result, server } = await callScript(byKey, makeCall(), { settings: { apiKeys: ['down', 'good'] } })
    expect(result).toMatchObject({ failure: 'server_error' })
    expect(server.seen).toHaveLength(1)
  })

  it('report the last failure when all are refused, and the only key is never skipped', async () => {
    const { result } = await callScript(byKey, makeCall(), { settings: { apiKeys: ['wrong', 'slow'] } })
    expect(result).toMatchObject({ failure: 'rate_limited', retryAfterMs: 7_000 })
  })

  it('that are paused are left alone until their time is over', async () => {
    const { scriptedServer } = await import('./support.ts')
    const server = await scriptedServer(byKey)
    let now = NOW
    const upstream = new OpenAiUpstream(settings(server.baseUrl, { apiKeys: ['slow', 'good'] }), {
      clock: { now: () => now, monotonic: () => performance.now() },
    })
    await upstream.call(makeCall())
    await upstream.call(makeCall())
    now += 7_001
    await upstream.call(makeCall())
    const keys = server.seen.map(({ headers }) => headers.authorization?.slice('Bearer '.length))
    expect(keys).toEqual(['slow', 'good', 'good', 'slow', 'good'])
    await upstream.close()
    await server.close()
  })
})

describe('a host that ignores `stream`', () => {
  it('has its whole answer sent on as a stream', async () => {
    const text = `  ${JSON.stringify(wholeAnswer('grüße'))}`
    const { parts } = await callScript((response) => sendJson(response, 200, text), streamCall())
    expect(Array.isArray(parts) ? parts.map(({ kind }) => kind) : parts).toEqual(['start', 'text', 'finish', 'usage'])
  })

  it('has its error told from an answer', async () => {
    const { result } = await callScript(status(200, { error: { message: 'm' } }), streamCall())
    expect(result).toMatchObject({ kind: 'failed', failure: 'server_error' })
  })

  it('may name the wrong content type for a real stream', async () => {
    const script: Script = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(events(ROLE, delta({ content: 'a' }), STOP, '[DONE]'))
    }
    expect((await callScript(script, streamCall())).result.kind).toBe('stream')
  })
})
