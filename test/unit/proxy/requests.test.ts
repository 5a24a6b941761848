import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  chatBody,
  chatHeaders,
  codeOf,
  openProxy,
  rawExchange,
  statusOf,
  TEST_KEY,
  type TestProxy,
} from './test-proxy.ts'

let open: TestProxy
beforeAll(async () => {
  open = await openProxy(undefined, {
    limits: { maxBodyBytes: 4_096, maxJsonDepth: 20, headersTimeoutMs: 300, requestTimeoutMs: 600, timeoutCheckMs: 50 },
  })
})
afterAll(() => open.proxy.close(0))

interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: { readonly error: { readonly code: string; readonly message: string; readonly param: string | null } }
}

async function chat(init: { headers?: Record<string, string>; body?: string | Buffer } = {}): Promise<Answered> {
  const response = await fetch(`${open.url}/v1/chat/completions`, {
    method: 'POST',
    headers: init.headers ?? chatHeaders(),
    body: init.body ?? chatBody(),
  })
  const body: Answered['body'] = JSON.parse(await response.text())
  return { status: response.status, headers: response.headers, body }
}

describe('keys', () => {
  it.each([
    { authorization: `Bearer ${TEST_KEY}` },
    { authorization: `bearer ${TEST_KEY}` },
    { 'x-api-key': TEST_KEY },
    { 'x-goog-api-key': TEST_KEY },
    { authorization: `Bearer ${TEST_KEY}`, 'x-api-key': TEST_KEY },
  ])('takes the key from any of its headers', async (headers) => {
    expect((await chat({ headers: { 'content-type': 'application/json', ...headers } })).status).toBe(200)
  })

  it.each([
    {},
    { authorization: 'Bearer ' },
    { authorization: TEST_KEY },
    { authorization: `Basic ${btoa(`x:${TEST_KEY}`)}` },
    { authorization: `Bearer Bearer ${TEST_KEY}` },
    { authorization: 'Bearer made-up' },
    { 'x-api-key': "' OR 1=1 --" },
    { cookie: `key=${TEST_KEY}` },
  ])('answers every failure with the same words', async (headers) => {
    const refused = await chat({ headers: { 'content-type': 'application/json', ...headers } })
    expect(refused.status).toBe(401)
    expect(refused.body.error).toEqual({
      message: expect.stringContaining('missing or not valid'),
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_api_key',
    })
  })

  it('reads no key from the query', async () => {
    const response = await fetch(`${open.url}/v1/models?key=${TEST_KEY}&api_key=${TEST_KEY}`)
    expect(response.status).toBe(401)
  })

  it('refuses two different keys', async () => {
    const refused = await chat({ headers: chatHeaders({ 'x-api-key': 'another' }) })
    expect([refused.status, refused.body.error.code]).toEqual([400, 'invalid_request_error'])
  })

  it('takes an empty key header for none', async () => {
    expect((await chat({ headers: chatHeaders({ 'x-api-key': '', 'x-goog-api-key': ' ' }) })).status).toBe(200)
    const alone = await chat({ headers: { 'content-type': 'application/json', 'x-api-key': '' } })
    expect(alone.status).toBe(401)
  })

  it('asks for a key on every path but health', async () => {
    for (const path of ['/v1/models', '/v1/models/org/model-a', '/chat/completions'])
      expect(
        (await fetch(open.url + path, { method: path.endsWith('s') && path.includes('chat') ? 'POST' : 'GET' })).status,
      ).toBe(401)
    for (const path of ['/healthz', '/readyz', '/v1/healthz']) expect((await fetch(open.url + path)).status).toBe(200)
  })
})

describe('bodies', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json, text/plain',
    'application/jsonp',
    'application/json; charset=utf-16',
  ])('refuses the content type %s', async (type) => {
    const refused = await chat({ headers: chatHeaders({ 'content-type': type }) })
    expect([refused.status, refused.body.error.code]).toEqual([415, 'unsupported_media_type'])
  })

  it('accepts a charset of UTF-8', async () => {
    expect((await chat({ headers: chatHeaders({ 'content-type': 'application/json; charset="UTF-8"' }) })).status).toBe(
      200,
    )
  })

  it.each(['gzip', 'br', 'identity, gzip'])('refuses bodies in %s', async (coding) => {
    const refused = await chat({ headers: chatHeaders({ 'content-encoding': coding }), body: Buffer.alloc(20) })
    expect([refused.status, refused.body.error.code]).toEqual([415, 'unsupported_media_type'])
  })

  it('refuses a declared length over the limit before it looks at the key', async () => {
    const refused = await chat({ headers: { 'content-type': 'application/json' }, body: 'x'.repeat(5_000) })
    expect([refused.status, refused.body.error.code]).toEqual([413, 'request_too_large'])
  })

  it('counts a chunked body while it comes; the client reads the answer though it is still sending', async () => {
    const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const sending = request(`${open.url}/v1/chat/completions`, {
        method: 'POST',
        headers: chatHeaders({ 'transfer-encoding': 'chunked' }),
      })
      sending.on('response', (response) => {
        let text = ''
        response.on('data', (chunk) => (text += String(chunk)))
        response.on('end', () => resolve({ status: response.statusCode, text }))
      })
      sending.on('error', reject)
      // 1 MiB, far more than socket buffers would hide.
      for (let at = 0; at < 256; at += 1) sending.write('x'.repeat(4_096))
      sending.end()
    })
    expect(answer.status).toBe(413)
    expect(answer.text).toContain('4096 bytes')
  })

  it.each([
    ['broken JSON', '{"model": "secret-in-body'],
    ['no object', '[1]'],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['nested too deep', `{"a":${'['.repeat(50)}${']'.repeat(50)}}`],
    ['nothing', ''],
  ])('refuses a body with %s and does not quote it', async (_name, body) => {
    const refused = await chat({ body })
    expect([refused.status, refused.body.error.code]).toEqual([400, 'invalid_request_error'])
    expect(JSON.stringify(refused.body)).not.toContain('secret-in-body')
  })

  it('does not count brackets inside strings', async () => {
    expect((await chat({ body: chatBody({ user: `"${'['.repeat(100)}\\` }) })).status).toBe(200)
  })

  it('names the field of a wrong type', async () => {
    const refused = await chat({ body: chatBody({ messages: [{ role: 'user', content: 7 }] }) })
    expect(refused.status).toBe(400)
    expect(refused.body.error.param).toContain('messages[0].content')
  })
})

describe('slow clients', () => {
  it('closes with 408 when headers do not arrive', async () => {
    const answer = await rawExchange(open.port, 'GET /healthz HTTP/1.1\r\nHost: 127')
    expect([statusOf(answer), codeOf(answer)]).toEqual([408, 'request_timeout'])
  })

  it('closes with 408 when the body does not arrive', async () => {
    const head = [
      'POST /v1/chat/completions HTTP/1.1',
      `Host: 127.0.0.1:${open.port}`,
      `Authorization: Bearer ${TEST_KEY}`,
    ]
    const lines = [...head, 'Content-Type: application/json', 'Content-Length: 100'].join('\r\n')
    const answer = await rawExchange(open.port, `${lines}\r\n\r\n{"model"`)
    expect([statusOf(answer), codeOf(answer)]).toEqual([408, 'request_timeout'])
  })

  it('tells a client that waits for permission to send, and refuses one that may not', async () => {
    const head = [
      'POST /v1/chat/completions HTTP/1.1',
      `Host: 127.0.0.1:${open.port}`,
      'Content-Type: application/json',
    ]
    const ask = (key: string, body: string): string =>
      [
        ...head,
        `Authorization: Bearer ${key}`,
        'Expect: 100-continue',
        'Connection: close',
        `Content-Length: ${chatBody().length}`,
        '',
        body,
      ].join('\r\n')
    expect(await rawExchange(open.port, ask(TEST_KEY, chatBody()))).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/,
    )
    expect(statusOf(await rawExchange(open.port, ask('made-up', '')))).toBe(401)
  })
})

describe('hints', () => {
  it('hands them to the pipeline', async () => {
    const headers = chatHeaders({
      'x-gateway-tier': 'free',
      'x-gateway-policy': 'balanced',
      'x-gateway-user': 'ada',
      'x-gateway-project': 'engine',
      'x-gateway-tags': 'golden, ts,golden',
      'x-gateway-session': 's-1',
      'x-stainless-retry-count': '2',
    })
    await chat({ headers, body: chatBody({ user: 'body-user' }) })
    const seen = open.seen.at(-1)
    expect(seen?.asked.hints).toEqual({ tier: 'free', policy: 'balanced', tags: ['golden', 'ts'] })
    expect([seen?.rights.user, seen?.rights.project, seen?.clientRetry]).toEqual(['ada', 'engine', 2])
    await chat({ headers: chatHeaders({ 'x-gateway-session': 's-1' }), body: chatBody({ user: 'body-user' }) })
    const other = open.seen.at(-1)
    expect(other?.rights.user).toBe('body-user')
    expect(other?.sessionId).toBe(seen?.sessionId)
  })

  it.each([
    ['x-gateway-user', 'u'.repeat(129)],
    ['x-gateway-tier', 'caf\u00e9'],
    ['x-gateway-tags', Array.from({ length: 17 }, (_, at) => `t${at}`).join(',')],
  ])('refuses an unusable %s instead of cutting it', async (name, value) => {
    const refused = await chat({ headers: chatHeaders({ [name]: value }) })
    expect([refused.status, refused.body.error.param]).toEqual([400, name])
  })

  it('says on every answer that it is private', async () => {
    for (const answer of [await chat(), await chat({ headers: { 'content-type': 'application/json' } })]) {
      expect(answer.headers.get('cache-control')).toBe('private, no-store')
      expect(answer.headers.get('vary')).toContain('Authorization')
      expect(answer.headers.get('x-request-id')).toMatch(/^req_/)
    }
  })

  it('tells of refusals without what the client sent', async () => {
    open.refusals.length = 0
    await fetch(`${open.url}/secret-path?token=secret-token`, { headers: { 'x-api-key': 'secret-key' } })
    expect(open.refusals).toEqual([
      {
        requestId: expect.stringMatching(/^req_/),
        at: expect.any(Number),
        endpoint: '-',
        status: 404,
        code: 'not_found',
        ms: expect.any(Number),
      },
    ])
  })
})
