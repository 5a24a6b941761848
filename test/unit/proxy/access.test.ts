import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Rights } from '../../../src/engine/decision.ts'
import { HINT_NAMES } from '../../../src/proxy/hints.ts'
import type { AuthPort, Principal } from '../../../src/proxy/ports.ts'
import { ENDPOINT_NAMES, routeOf } from '../../../src/proxy/routes.ts'
import { ask, authOf, chat, open, principal, type PrincipalSpec } from './access-support.ts'
import { chatBody, chatHeaders } from './test-proxy.ts'

describe('whoever is not recognised', () => {
  it('hears the same, whatever the reason; the reason goes to the log', async () => {
    const reasons = ['missing', 'malformed', 'unknown', 'revoked', 'expired', 'grace_over', 'token_invalid'] as const
    const answers: string[] = []
    for (const reason of reasons) {
      const proxy = await open({ authenticate: () => ({ kind: 'denied', reason, keyId: 'key_1' }) })
      const response = await fetch(`${proxy.url}/v1/chat/completions`, {
        method: 'POST',
        headers: chatHeaders(),
        body: chatBody(),
      })
      const headers = [...response.headers].filter(([name]) => !/request-id|^date$/.test(name))
      answers.push(JSON.stringify([response.status, headers, await response.text()]))
      expect(proxy.refusals).toMatchObject([{ status: 401, code: 'invalid_api_key', reason, keyId: 'key_1' }])
      expect(proxy.seen).toHaveLength(0)
    }
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toContain('401')
    for (const reason of reasons.slice(1)) expect(answers[0]).not.toContain(reason)
  })

  it('is whoever an authenticator that must wait does not know in the end', async () => {
    const late = (found: Principal | null): AuthPort => ({
      authenticate: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        return found
      },
    })
    expect((await chat(await open(late(null)))).status).toBe(401)
    expect((await chat(await open(late(principal({}))))).status).toBe(200)
  })

  it('is also whose authenticator fails: nobody gets in by an accident', async () => {
    const broken: readonly AuthPort['authenticate'][] = [
      () => {
        throw new Error('no store')
      },
      () => Promise.reject(new Error('no network')),
    ]
    for (const authenticate of broken) {
      const proxy = await open({ authenticate })
      expect((await chat(proxy)).status).toBe(500)
      expect(proxy.seen).toHaveLength(0)
    }
  })
})

describe('a key that is revoked in the middle of its request', () => {
  it('is refused when it happens while it is being checked', async () => {
    let revoked = false
    const auth: AuthPort = {
      authenticate: async () => {
        // The check has read the key as valid; the revocation comes before its answer is used.
        await Promise.resolve()
        revoked = true
        return principal({})
      },
      stillHolds: () => !revoked,
    }
    const proxy = await open(auth)
    expect(await chat(proxy)).toMatchObject({ status: 401, code: 'invalid_api_key' })
    expect(proxy.seen).toHaveLength(0)
  })

  it('is refused when it happens while its body is on the way', async () => {
    let revoked = false
    const proxy = await open({ authenticate: () => principal({}), stillHolds: () => !revoked })
    const body = chatBody()
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(
        `${proxy.url}/v1/chat/completions`,
        { method: 'POST', headers: chatHeaders() },
        (answer) => resolve(answer.resume().statusCode),
      )
      sending.on('error', reject)
      sending.write(body.slice(0, 10))
      setTimeout(() => {
        revoked = true
        sending.end(body.slice(10))
      }, 50)
    })
    expect(status).toBe(401)
    expect(proxy.seen).toHaveLength(0)
    expect(proxy.refusals).toMatchObject([{ keyId: 'dev', status: 401 }])
  })
})

describe('endpoints', () => {
  it('beyond the scope of a key are refused, and those within it are not', async () => {
    const proxy = await open(authOf({ endpoints: ['embeddings', 'models.list'] }))
    const refused = await chat(proxy)
    expect(refused).toMatchObject({ status: 403, code: 'endpoint_not_allowed' })
    expect(refused.text).toContain('"allowed":["embeddings","models.list"]')
    expect((await ask(proxy.url, '/v1/models')).status).toBe(200)
    expect(await ask(proxy.url, '/v1/models/org/model-a')).toMatchObject({ status: 403 })
    expect(proxy.refusals).toMatchObject([{ code: 'endpoint_not_allowed', keyId: 'dev' }, { status: 403 }])
    expect((await chat(await open(authOf({ endpoints: [] })))).status).toBe(403)
  })

  it('are all under a name that scopes know', () => {
    const requests = [
      'POST /v1/chat/completions',
      'POST /responses',
      'POST /completions',
      'POST /embeddings',
      'POST /messages',
      'POST /messages/count_tokens',
      'GET /models',
      'GET /models/x',
      'POST /v1beta/models/x:generateContent',
      'POST /v1beta/models/x:streamGenerateContent',
      'POST /v1beta/models/x:countTokens',
      'POST /v1beta/models/x:embedContent',
      'POST /v1beta/models/x:batchEmbedContents',
      'GET /gateway/keys',
      'GET /gateway/keys/ci',
      'GET /gateway/groups',
      'GET /gateway/audit/head',
    ]
    const names = requests.map((line) => {
      const [method = '', path = ''] = line.split(' ')
      return routeOf(method, path).name
    })
    expect(ENDPOINT_NAMES).toEqual(expect.arrayContaining(names))
    expect(new Set(ENDPOINT_NAMES).size).toBe(ENDPOINT_NAMES.length)
  })
})

describe('hints', () => {
  const own = { user: 'anna', project: 'docs', alias: 'dev' } as const

  it.each(HINT_NAMES)('`x-gateway-%s` is refused, not ignored, where the key may not give it', async (name) => {
    const others = HINT_NAMES.filter((hint) => hint !== name)
    const value = name === 'alias' ? 'dev' : 'free'
    const proxy = await open(authOf({ hints: others }))
    const header = `x-gateway-${name}`
    expect(await chat(proxy, { [header]: value })).toMatchObject({
      status: 403,
      code: 'hint_not_allowed',
      param: header,
    })
    expect(proxy.seen).toHaveLength(0)
    expect((await chat(await open(authOf({ hints: [name] })), { [header]: value })).status).toBe(200)
  })

  it('`x-gateway-explain` has a right of its own', async () => {
    const shut = await open(authOf({ mayExplain: false }))
    expect(await chat(shut, { 'x-gateway-explain': '1' })).toMatchObject({ status: 403, param: 'x-gateway-explain' })
    expect((await chat(shut, { 'x-gateway-explain': '0' })).status).toBe(200)
    const allowed = await open(authOf({ mayExplain: true, hints: [] }))
    expect((await chat(allowed, { 'x-gateway-explain': '1' })).text).toContain('"gateway":')
  })

  it('can not replace the user or project that the key is bound to, by header or by body', async () => {
    const proxy = await open(authOf({ rights: { user: own.user, project: own.project } }))
    for (const name of ['user', 'project'] as const) {
      const refused = await chat(proxy, { [`x-gateway-${name}`]: 'mallory' })
      expect(refused).toMatchObject({ status: 403, code: 'hint_not_allowed', param: `x-gateway-${name}` })
      // Nor does the answer say to whom.
      expect(refused.text).not.toContain(own[name])
      expect((await chat(proxy, { [`x-gateway-${name}`]: own[name] })).status).toBe(200)
    }
    await chat(proxy, {}, { user: 'mallory', metadata: { user_id: 'mallory' } })
    for (const { rights } of proxy.seen) expect([rights.user, rights.project]).toEqual(['anna', 'docs'])
  })

  it('let a body name the user only where a header could', async () => {
    const named = async (spec: PrincipalSpec): Promise<string | null | undefined> => {
      const proxy = await open(authOf(spec))
      await chat(proxy, {}, { user: 'bob' })
      return proxy.seen[0]?.rights.user
    }
    expect(await named({})).toBe('bob')
    expect(await named({ hints: ['user'] })).toBe('bob')
    expect(await named({ hints: ['tier'] })).toBeNull()
  })

  it('count all conversations of one Claude Code as one user', async () => {
    const proxy = await open(authOf({}))
    for (const session of ['one', 'two']) await chat(proxy, {}, { user: `user_a1_account_b2_session_${session}` })
    expect(proxy.seen.map(({ rights }) => rights.user)).toEqual(['user_a1_account_b2', 'user_a1_account_b2'])
  })

  it('choose among the aliases of the key, and no others', async () => {
    const proxy = await open(authOf({ aliases: ['ci', 'nightly'], rights: { alias: 'ci' } }))
    await chat(proxy)
    await chat(proxy, { 'x-gateway-alias': 'nightly' })
    expect(proxy.seen.map(({ rights }) => [rights.keyId, rights.alias])).toEqual([
      ['dev', 'ci'],
      ['dev', 'nightly'],
    ])
    for (const alias of ['other', 'CI', 'ci,nightly', 'key_1'])
      expect(await chat(proxy, { 'x-gateway-alias': alias })).toMatchObject({ status: 403, param: 'x-gateway-alias' })
  })
})

describe('a user’s key', () => {
  it('changes none of its rights by any field of a body', async () => {
    const rights: Partial<Rights> = { budgets: ['small'], limits: ['slow'], tierCeiling: 'free', models: ['m'] }
    const proxy = await open(authOf({ rights }))
    const wishes: Readonly<Record<string, unknown>> = {
      budgets: [],
      limits: [],
      max_budget: 1e9,
      rights: { tierCeiling: null },
      metadata: { tier: 'premium', budgets: 'none', max_budget: '1000' },
      user: 'bob',
      tier: 'premium',
      alias: 'boss',
      groups: [],
      key: 'key_1',
      api_key: 'sk-x',
      api_base: 'http://169.254.169.254/',
      base_url: 'http://127.0.0.1:9/',
      extra_headers: { authorization: 'x' },
      extra_body: { budgets: [] },
    }
    for (const [name, value] of Object.entries(wishes)) {
      const { status } = await chat(proxy, { 'x-gateway-tags': 'tier:premium' }, { [name]: value })
      expect([200, 400], name).toContain(status)
    }
    for (const seen of proxy.seen) expect(seen.rights).toMatchObject(rights)
    expect(proxy.seen.length).toBeGreaterThan(8)
  })
})
