import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chatBody, codeOf, openProxy, rawExchange, statusOf, TEST_KEY, type TestProxy } from './test-proxy.ts'

let open: TestProxy
beforeAll(async () => {
  open = await openProxy(undefined, { allowedHosts: ['gateway.internal'], allowedOrigins: ['https://app.example'] })
})
afterAll(() => open.proxy.close(0))

/** A raw request with exactly these header lines. */
async function probe(line: string, headers: readonly string[], body = ''): Promise<string> {
  return rawExchange(open.port, `${[line, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`)
}
const host = (): string => `Host: 127.0.0.1:${open.port}`
const key = `Authorization: Bearer ${TEST_KEY}`

const ROUTES = ['GET /healthz', 'GET /readyz', 'GET /v1/models', 'POST /v1/chat/completions', 'GET /nothing'] as const

describe('front door', () => {
  it('lets its own names in, in any case', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]', 'gateway.internal']) {
      expect(statusOf(await probe('GET /healthz HTTP/1.1', [`Host: ${name}:${open.port}`]))).toBe(200)
    }
  })

  it.each(ROUTES)('refuses a foreign host on %s', async (route) => {
    const answer = await probe(`${route} HTTP/1.1`, [`Host: attacker.example:${open.port}`, key])
    expect([statusOf(answer), codeOf(answer)]).toEqual([403, 'forbidden_origin'])
  })

  it.each([
    'evil.example',
    'localhost',
    '127.0.0.1:1',
    'localhost/?x=',
    'localhost:PORT/?x=',
    'localhost:PORT#',
    'user@localhost:PORT',
    'localhost:PORT.evil.example',
    '0.0.0.0:PORT',
    '127.0.0.2:PORT',
  ])('takes `Host: %s` literally and refuses it', async (value) => {
    const answer = await probe('GET /healthz HTTP/1.1', [`Host: ${value.replace('PORT', String(open.port))}`])
    expect(statusOf(answer)).toBe(403)
  })

  it('needs exactly one host, on HTTP/1.0 too', async () => {
    expect(statusOf(await probe('GET /healthz HTTP/1.1', []))).toBe(400)
    expect(statusOf(await probe('GET /healthz HTTP/1.0', []))).toBe(400)
    expect(statusOf(await probe('GET /healthz HTTP/1.1', ['Host:']))).toBe(400)
    expect(statusOf(await probe('GET /healthz HTTP/1.1', [host(), host()]))).toBe(400)
    expect(statusOf(await probe('GET /healthz HTTP/1.1', [host(), 'Host: evil.example']))).toBe(400)
  })

  it.each(ROUTES)('refuses pages of other origins on %s', async (route) => {
    for (const origin of ['http://evil.example', 'null', 'http://localhost:9999', `http://127.0.0.1:${open.port}`]) {
      const answer = await probe(`${route} HTTP/1.1`, [host(), key, `Origin: ${origin}`])
      expect([statusOf(answer), codeOf(answer)]).toEqual([403, 'forbidden_origin'])
    }
  })

  it('lets a listed origin in, and refuses it beside a foreign one', async () => {
    const listed = 'Origin: https://app.example'
    expect(statusOf(await probe('GET /v1/models HTTP/1.1', [host(), key, listed]))).toBe(200)
    const both = [host(), key, listed, 'Origin: https://evil.example']
    expect(statusOf(await probe('GET /v1/models HTTP/1.1', both))).toBe(403)
  })

  it('gives no CORS permission, neither to a preflight nor with an answer', async () => {
    const preflight = ['Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: authorization']
    for (const origin of ['Origin: http://evil.example', 'Origin: https://app.example']) {
      const refused = await probe('OPTIONS /v1/chat/completions HTTP/1.1', [host(), origin, ...preflight])
      expect(statusOf(refused)).toBeGreaterThanOrEqual(400)
      expect(refused.toLowerCase()).not.toContain('access-control-')
      const answered = await probe('GET /v1/models HTTP/1.1', [host(), key, origin])
      expect(answered.toLowerCase()).not.toContain('access-control-')
    }
  })

  it('refuses WebSocket upgrades', async () => {
    const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13']
    const lines = ['GET /v1/models HTTP/1.1', host(), key, ...upgrade, 'Connection: Upgrade'].join('\r\n')
    const answer = await rawExchange(open.port, `${lines}\r\n\r\n`, { endAfterMs: 500 })
    expect(statusOf(answer)).toBe(400)
    const foreign = await rawExchange(open.port, `${lines}\r\nOrigin: https://evil.example\r\n\r\n`, {
      endAfterMs: 500,
    })
    expect(statusOf(foreign)).toBe(403)
  })

  it.each([
    ['CL and TE', ['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['two CL', ['Content-Length: 5', 'Content-Length: 6'], 'hello'],
    ['unknown TE', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['identity in TE', ['Transfer-Encoding: identity, chunked'], '0\r\n\r\n'],
    ['TE twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['space before the colon', ['X-Key : 1'], ''],
    ['folded header', ['X-Key: 1', ' 2'], ''],
    ['bare line feed', ['X-Key: 1\nX-Other: 2'], ''],
    ['bare carriage return', ['X-Key: 1\rX-Other: 2'], ''],
  ])('refuses ambiguous framing: %s', async (_name, headers, body) => {
    const lines = [host(), key, 'Content-Type: application/json', ...headers]
    const answer = await probe('POST /v1/chat/completions HTTP/1.1', lines, body)
    expect([statusOf(answer), codeOf(answer)]).toEqual([400, 'invalid_request_error'])
    expect(open.seen).toHaveLength(0)
  })

  it('refuses a huge chunk extension', async () => {
    const lines = [host(), key, 'Content-Type: application/json', 'Transfer-Encoding: chunked']
    const body = `5;${'x'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`
    const answer = await probe('POST /v1/chat/completions HTTP/1.1', lines, body)
    expect(statusOf(answer)).toBeGreaterThanOrEqual(400)
    expect(open.seen).toHaveLength(0)
  })

  it('answers 431 to headers over the limit', async () => {
    const answer = await probe('GET /healthz HTTP/1.1', [host(), `X-Long: ${'x'.repeat(20_000)}`])
    expect([statusOf(answer), codeOf(answer)]).toEqual([431, 'header_too_large'])
  })

  it('accepts a chunked body', async () => {
    const chunk = chatBody()
    const lines = [host(), key, 'Content-Type: application/json', 'Transfer-Encoding: chunked']
    const body = `${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`
    expect(statusOf(await probe('POST /v1/chat/completions HTTP/1.1', lines, body))).toBe(200)
  })
})

describe('paths', () => {
  it.each(['/v1/models', '/models', '/v1/models/', '/v1/models?key=1&x=..%2f', '/v1/model%73'])(
    'finds %s',
    async (path) => {
      expect(statusOf(await probe(`GET ${path} HTTP/1.1`, [host(), key]))).toBe(200)
    },
  )

  it.each(['/v1/models/org/model-a', '/v1/models/org%2Fmodel-a', '/models/org/model-a'])(
    'finds the model in %s',
    async (path) => {
      const answer = await probe(`GET ${path} HTTP/1.1`, [host(), key])
      expect(answer).toContain('"id":"org/model-a"')
    },
  )

  it.each([
    '//evil.example/v1/models',
    '/v1//models',
    '/v1/%2e%2e/admin',
    '/v1/../healthz',
    '/v1/./models',
    '/v1/models/..%2f..%2fhealthz',
    '/v1/models/%252e%252e',
    '/v1\\models',
    '/v1/models%5c..',
    '/v1/models/%00',
    '/v1/models/%zz',
    '/v1/models/%c3%a9',
    'http://evil.example/v1/models',
    'http://127.0.0.1/v1/models',
  ])('refuses %s before it routes', async (target) => {
    expect(statusOf(await probe(`GET ${target} HTTP/1.1`, [host(), key]))).toBe(400)
  })

  it.each(['/', '/v1', '/v2/models', '/admin', '/v1/v1/models', '/metrics', '/V1/models'])(
    'knows no %s',
    async (path) => {
      const answer = await probe(`GET ${path} HTTP/1.1`, [host(), key])
      expect([statusOf(answer), codeOf(answer)]).toEqual([404, 'not_found'])
    },
  )

  it('names the methods a path takes', async () => {
    const answer = await probe('GET /v1/chat/completions HTTP/1.1', [host(), key])
    expect([statusOf(answer), codeOf(answer)]).toEqual([405, 'method_not_allowed'])
    expect(answer.toLowerCase()).toContain('allow: post')
    expect(statusOf(await probe('DELETE /healthz HTTP/1.1', [host()]))).toBe(405)
    expect(statusOf(await probe('TRACE /healthz HTTP/1.1', [host()]))).toBe(405)
  })
})
