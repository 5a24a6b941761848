import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { AdapterPorts } from '../../../src/upstream/ports.ts'
import {
  callScript,
  events,
  makeCall,
  ROLE,
  sendJson,
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
