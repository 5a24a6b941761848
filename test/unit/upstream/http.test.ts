import { describe, expect, it } from 'vitest'
import { BlockedAddressError, guardedLookup } from '../../../src/upstream/address-guard.ts'
import { jsonHttp, type JsonRequest } from '../../../src/upstream/http.ts'
import { scriptedServer, sendJson, type Script } from './support.ts'

async function fetchFrom(script: Script, given: Partial<JsonRequest> = {}) {
  const server = await scriptedServer(script)
  try {
    const request = { url: `${server.baseUrl}/keys?a=secret`, timeoutMs: 20_000, maxBytes: 1_000, ...given }
    return { ...(await jsonHttp.request(request)), seen: server.seen[0] }
  } finally {
    await server.close()
  }
}

describe('small JSON requests', () => {
  it('give status and body, also of an error', async () => {
    const found = await fetchFrom((response) => sendJson(response, 404, { error: 'x' }))
    expect(found).toMatchObject({
      status: 404,
      body: { error: 'x' },
      seen: { method: 'GET', path: '/v1/keys?a=secret' },
    })
  })

  it('post JSON', async () => {
    const found = await fetchFrom((response) => sendJson(response, 200, {}), { method: 'POST', body: { q: 1 } })
    expect(found.seen).toMatchObject({ method: 'POST', body: { q: 1 } })
    expect(found.seen?.headers).toMatchObject({ 'content-type': 'application/json' })
  })

  it.each([
    [
      'a redirect',
      (response) => {
        response.writeHead(302, { location: 'http://169.254.169.254/' })
        response.end()
      },
      'a redirect (302) is not followed',
    ],
    ['what is no JSON', (response) => sendJson(response, 200, 'oops'), 'the answer (200) is not JSON'],
    ['too much', (response) => sendJson(response, 200, 'x'.repeat(2_000)), 'larger than 1000 bytes'],
  ] satisfies [string, Script, string][])('refuse %s, naming the host alone', async (_, script, problem) => {
    const failure = fetchFrom(script)
    await expect(failure).rejects.toMatchObject({ code: 'fetch_failed' })
    await expect(failure).rejects.toThrow(problem)
    await expect(failure).rejects.not.toThrow('secret')
  })

  it('end at their time limit and at the signal', async () => {
    await expect(fetchFrom(() => undefined, { timeoutMs: 50 })).rejects.toThrow('no answer within 50 ms')
    await expect(fetchFrom(() => undefined, { signal: AbortSignal.abort() })).rejects.toThrow('was stopped')
  })

  it.each([
    ['plain http to another host', 'http://example.com/keys'],
    ['no URL', 'keys'],
    ['a file', 'file:///etc/passwd'],
    ['a private address', 'https://10.0.0.1/keys'],
    ['a metadata address', 'https://169.254.169.254/keys'],
    ['loopback in another notation', 'https://0x7f.1.2.3/keys'],
    ['an IPv6 form of a private address', 'https://[::ffff:10.0.0.1]/keys'],
  ])('never go to %s', async (_, url) => {
    await expect(jsonHttp.request({ url, timeoutMs: 100, maxBytes: 100 })).rejects.toMatchObject({
      code: 'fetch_failed',
    })
  })
})

describe('name lookup', () => {
  function lookup(policy: 'configured' | 'public', host: string): Promise<unknown> {
    return new Promise((resolve) => {
      guardedLookup(policy)(host, { all: true }, (error, addresses) => resolve(error ?? addresses))
    })
  }

  it('refuses a public name with a private address, so that rebinding gains nothing', async () => {
    expect(await lookup('public', 'localhost')).toBeInstanceOf(BlockedAddressError)
  })

  it('allows it where the operator named the host, in both forms of the call', async () => {
    expect(await lookup('configured', 'localhost')).toEqual(
      expect.arrayContaining([expect.objectContaining({ address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) })]),
    )
    const single = await new Promise((resolve) => {
      guardedLookup('configured')('localhost', {}, (_, address) => resolve(address))
    })
    expect(single).toMatch(/^(127\.0\.0\.1|::1)$/)
  })
})
