import { request as httpRequest } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeyAuthenticator } from '../../src/auth/authenticator.ts'
import { combinedAuth } from '../../src/auth/combined-auth.ts'
import type { JwtIssuer } from '../../src/auth/jwt-types.ts'
import {
  ALLOW_ALL,
  checking,
  claims,
  issuerOf,
  keyServer,
  KNOWN,
  makeSigner,
  setOf,
  tokenOf,
  type Checked,
  type Json,
  type KeyServer,
} from '../unit/auth/jwt-support.ts'
import { makeIn } from '../unit/auth/make-key.ts'
import { memoryStores } from '../unit/auth/memory-store.ts'
import { answerReply, openProxy, type TestProxy } from '../unit/proxy/test-proxy.ts'

const signer = makeSigner('RS256')
const stranger = { ...makeSigner('RS256'), kid: signer.kid }

let keys: KeyServer
let proxy: TestProxy
let checked: Checked
let key: string
/** Tokens that were looked at. */
let looked = 0

/** As they come from an issuer now: the proxy goes by the wall clock. */
function fresh(given: Json = {}): Json {
  const now = Math.floor(Date.now() / 1000)
  return claims({ iat: now, exp: now + 600, ...given })
}

async function open(given: Partial<JwtIssuer> = {}): Promise<void> {
  const stores = memoryStores()
  looked = 0
  key = makeIn(stores.keys, {}, Date.now()).secret
  checked = await checking(issuerOf(keys.url, given))
  const auth = combinedAuth({
    keys: createKeyAuthenticator({ store: stores.keys, tiers: () => KNOWN.tiers }),
    tokens: () => ({
      authenticate: async (secret, now) => {
        const found = await checked.verifier.authenticate(secret, now)
        looked += 1
        return found
      },
      stillHolds: (principal, now) => checked.verifier.stillHolds(principal, now),
    }),
    open: () => false,
  })
  proxy = await openProxy((incoming) => Promise.resolve(answerReply(incoming)), { auth })
}

beforeEach(async () => {
  keys = await keyServer(setOf(signer))
  await open()
})
afterEach(async () => {
  await proxy.proxy.close(0)
  await keys.close()
})

const BODY = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hi' }] })

async function ask(headers: Readonly<Record<string, string>>, path = '/v1/chat/completions') {
  const post = path.includes('gateway') || path.includes('models') ? {} : { method: 'POST', body: BODY }
  const response = await fetch(`${proxy.url}${path}`, {
    ...post,
    headers: { 'content-type': 'application/json', ...headers },
  })
  const { error } = (await response.json()) as { error?: { code: string; message: string } }
  return { status: response.status, code: error?.code, message: error?.message }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('a signed token at the proxy', () => {
  it.each(['authorization', 'x-api-key', 'x-goog-api-key'])('counts in the header %s', async (name) => {
    const token = tokenOf(signer, fresh())
    expect(await ask({ [name]: name === 'authorization' ? `Bearer ${token}` : token })).toMatchObject({ status: 200 })
    expect(proxy.seen[0]?.rights).toMatchObject({ keyId: 'jwt:corp:ann', alias: 'jwt:corp', user: 'ann' })
  })

  it('is refused beside a key, and the key alone goes on working', async () => {
    expect(await ask({ ...bearer(tokenOf(signer, fresh())), 'x-api-key': key })).toMatchObject({ status: 400 })
    expect(await ask(bearer(key))).toMatchObject({ status: 200 })
  })

  it('is refused in the same words whatever is wrong with it', async () => {
    const bad = [
      tokenOf(stranger, fresh()),
      tokenOf(signer, fresh({ aud: 'other' })),
      tokenOf(signer, fresh({ iss: 'https://evil.example' })),
      tokenOf(signer, fresh({ exp: Math.floor(Date.now() / 1000) - 60 })),
      tokenOf(signer, fresh(), { kid: 'unknown' }),
      tokenOf(signer, fresh(), { alg: 'none' }),
    ]
    const answers = await Promise.all([...bad, 'nothing', `${key}x`].map((token) => ask(bearer(token))))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 401, code: 'invalid_api_key' })
    expect(proxy.seen).toEqual([])
    const told = JSON.stringify([proxy.refusals, checked.faults, checked.troubles])
    expect(bad.some((token) => told.includes(token.slice(0, 20)) || told.includes(token.slice(-20)))).toBe(false)
  })

  it('opens nothing of administrators, and only the endpoints that its issuer may use', async () => {
    const token = tokenOf(signer, fresh())
    expect(await ask(bearer(token), '/gateway/keys')).toMatchObject({ status: 403 })
    await proxy.proxy.close(0)
    await open({ allow: { ...ALLOW_ALL, endpoints: ['chat.completions'] } })
    expect(await ask(bearer(token))).toMatchObject({ status: 200 })
    expect(await ask(bearer(token), '/v1/models')).toMatchObject({ status: 403 })
  })

  it('can not name another user or project than its own, with headers or in the body', async () => {
    const token = tokenOf(signer, fresh())
    for (const name of ['x-gateway-user', 'x-gateway-project'])
      expect((await ask({ ...bearer(token), [name]: 'bob' })).status).toBe(403)
    expect(proxy.seen).toEqual([])
  })

  it('is worth nothing once its issuer is gone, not even for a request that is on its way', async () => {
    const token = tokenOf(signer, fresh())
    expect((await ask(bearer(token))).status).toBe(200)
    const slow = httpRequest(`${proxy.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...bearer(token), 'content-type': 'application/json', 'content-length': BODY.length },
    })
    const answered = new Promise<number>((resolve, reject) => {
      slow.on('error', reject)
      slow.on('response', (response) => resolve(response.resume().statusCode ?? 0))
    })
    slow.write(BODY.slice(0, 10))
    // The proxy knows the token already and waits for the rest of the body.
    await expect.poll(() => looked).toBe(2)
    await checked.use()
    slow.end(BODY.slice(10))
    expect(await answered).toBe(401)
    expect((await ask(bearer(token))).status).toBe(401)
    expect(proxy.seen).toHaveLength(1)
  })
})
