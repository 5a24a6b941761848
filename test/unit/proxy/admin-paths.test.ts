import { describe, expect, it } from 'vitest'
import { ask, authOf, chat, open, principal } from './access-support.ts'
import { chatHeaders, rawExchange, statusOf, TEST_KEY } from './test-proxy.ts'

describe('paths of administrators', () => {
  const PATHS = [
    '/gateway/keys',
    '/gateway/keys/ci',
    '/gateway/groups',
    '/gateway/audit/head',
    '/gateway/x',
    '/v1/gateway/keys',
  ]
  const admin = {
    keys: () => [{ id: 'key_1' }],
    key: (name: string) => (name === 'ci' ? { id: 'key_1' } : null),
    groups: () => [{ name: 'team' }],
    auditHead: () => ({ seq: 1, hash: 'h' }),
  }

  it.each(PATHS)('%s: 403 for the key of a user, 401 for nobody', async (path) => {
    const proxy = await open(authOf({ kind: 'user' }), { admin })
    expect(await ask(proxy.url, path)).toMatchObject({ status: 403, code: 'admin_required' })
    expect(await ask(proxy.url, path, {})).toMatchObject({ status: 401, code: 'invalid_api_key' })
    expect(await ask(proxy.url, path, { headers: { 'x-api-key': 'x' } })).toMatchObject({ status: 401 })
  })

  it('are the same path to the check and to the router, however they are written', async () => {
    const proxy = await open(authOf({ kind: 'user' }), { admin })
    const host = `Host: 127.0.0.1:${proxy.port}\r\nAuthorization: Bearer ${TEST_KEY}\r\nConnection: close`
    const targets = [
      '/%67ateway/keys',
      '/gateway%2Fkeys',
      '/gateway/keys/',
      '/gateway/keys?x=/v1/models',
      '//gateway/keys',
      '/v1/../gateway/keys',
      '/v1/models/../../gateway/keys',
      '/v1/models/%2e%2e/gateway/keys',
      '/gateway\\keys',
      '/GATEWAY/keys',
      '/gateway/keys;x',
      `http://127.0.0.1:${proxy.port}/gateway/keys`,
    ]
    for (const target of targets) {
      const answer = await rawExchange(proxy.port, `GET ${target} HTTP/1.1\r\n${host}\r\n\r\n`)
      expect([400, 403, 404], target).toContain(statusOf(answer))
      expect(answer).not.toContain('key_1')
    }
  })

  it('need a key where everything else needs none', async () => {
    const proxy = await open({ authenticate: () => principal({ kind: 'user', anonymous: true }) }, { admin })
    expect((await chat(proxy)).status).toBe(200)
    for (const path of PATHS) expect((await ask(proxy.url, path, {})).status).toBe(401)
  })

  it('answer an administrator, and can only be read', async () => {
    const proxy = await open(authOf({ kind: 'admin' }), { admin })
    expect((await ask(proxy.url, '/gateway/keys')).text).toBe('{"object":"list","data":[{"id":"key_1"}]}')
    expect((await ask(proxy.url, '/gateway/keys/ci')).text).toBe('{"id":"key_1"}')
    expect((await ask(proxy.url, '/gateway/audit/head')).text).toBe('{"head":{"seq":1,"hash":"h"}}')
    for (const path of ['/gateway/keys/gone', '/gateway/x'])
      expect(await ask(proxy.url, path)).toMatchObject({ status: 404, code: 'not_found' })
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect((await ask(proxy.url, '/gateway/keys', { method, headers: chatHeaders() })).status).toBe(405)
  })

  it('are one more thing that an administrator may be kept from', async () => {
    const proxy = await open(authOf({ kind: 'admin', endpoints: ['gateway.groups'] }), { admin })
    expect((await ask(proxy.url, '/gateway/groups')).status).toBe(200)
    expect(await ask(proxy.url, '/gateway/keys')).toMatchObject({ status: 403, code: 'endpoint_not_allowed' })
  })

  it('are not found where nothing is administered', async () => {
    const proxy = await open(authOf({ kind: 'admin' }))
    expect((await ask(proxy.url, '/gateway/keys')).status).toBe(404)
  })
})
