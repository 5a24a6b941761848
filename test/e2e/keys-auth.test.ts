import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runGateway } from './dev-process.ts'
import { bearer, keyedDev } from './keyed-dev.ts'

const proxy = keyedDev()
const { ask, chat, issued, keys, newKey, raw, tail } = proxy

describe('authentication of a running proxy', () => {
  it('takes a key by each of the three headers, with the same rights', async () => {
    const { secret } = await newKey('--max-tier', 'free')
    for (const headers of [bearer(secret), { 'x-api-key': secret }, { 'x-goog-api-key': secret }]) {
      expect((await chat(headers)).status).toBe(200)
      expect(await chat(headers, { model: 'dear' })).toMatchObject({ status: 403, code: 'model_not_allowed' })
    }
    expect((await chat({ ...bearer(secret), 'x-api-key': secret })).status).toBe(200)
    expect(await chat({ ...bearer(secret), 'x-api-key': proxy.dev.key })).toMatchObject({ status: 400 })
    expect(await chat({ 'x-goog-api-key': secret, 'x-api-key': 'other' })).toMatchObject({ status: 400 })
  })

  it('answers every failure with the same words', async () => {
    const { alias, secret } = await newKey()
    const expiring = await newKey('--expires', '100ms')
    const revoked = await newKey()
    await keys('revoke', revoked.alias)
    const next = await keys('rotate', alias, '--now', '--quiet')
    const wrongEnd = next.slice(0, -1) + (next.endsWith('a') ? 'b' : 'a')
    const digest = createHash('sha256').update(next).digest()
    const attempts: Record<string, string>[] = [
      {},
      bearer(''),
      bearer(wrongEnd),
      bearer(secret),
      bearer(revoked.secret),
      bearer(expiring.secret),
      bearer(digest.toString('hex')),
      bearer(digest.toString('base64')),
      bearer(`gw_live_${randomBytes(24).toString('hex')}`),
      bearer(`"'--%_;DROP TABLE api_key;${'%'.repeat(100)}`),
      { 'x-api-key': `' OR '1'='1` },
      { 'x-api-key': 'x'.repeat(8_000) },
      { cookie: `key=${next}` },
      { 'proxy-authorization': `Bearer ${next}` },
    ]
    const answers = await Promise.all(attempts.map((headers) => chat(headers)))
    expect(answers.map(({ status, code }) => [status, code])).toEqual(attempts.map(() => [401, 'invalid_api_key']))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect((await chat(bearer(next))).status).toBe(200)
    expect((await ask(`/v1/models?key=${next}`)).status).toBe(401)
  })

  it('takes a scheme nobody knows for no key at all', async () => {
    const { secret } = await newKey()
    const schemes = [
      'Basic',
      'Digest',
      'Negotiate',
      'NTLM',
      'Hawk',
      'Key',
      'Token',
      'ApiKey',
      'Bearers',
      'Bear',
      'bearer:',
    ]
    const foreign = [
      'OAuth',
      'AWS4-HMAC-SHA256',
      'MAC',
      'Signature',
      'Session',
      'Admin',
      'Internal',
      'None',
      'null',
      '',
    ]
    for (const scheme of [...schemes, ...foreign]) {
      const { status, code } = await chat({ authorization: `${scheme} ${secret}` })
      expect([status, code], scheme).toEqual([401, 'invalid_api_key'])
    }
    for (const text of [secret, `Bearer`, `Bearer ${secret} x`, `Bearer,${secret}`, `Bearer Bearer ${secret}`])
      expect((await chat({ authorization: text })).status, text.slice(0, 8)).toBe(401)
  })

  it('closes at once on bytes that no header may hold, and on a key that never ends', async () => {
    const head = (value: string): string =>
      `GET /v1/models HTTP/1.1\r\nHost: ${new URL(proxy.dev.url).host}\r\nx-api-key: ${value}\r\n\r\n`
    expect(await raw(head('gw_live_\0'))).toMatch(/^HTTP\/1\.1 400 /)
    expect(await raw(head('x'.repeat(1_000_000)))).toMatch(/^HTTP\/1\.1 431 /)
    expect((await ask('/healthz')).status).toBe(200)
  })
})

describe('paths of administrators', () => {
  it('open to a key made for it and to no other', async () => {
    const { secret } = await newKey()
    const admin = await newKey('--admin')
    for (const path of [
      '/gateway/keys',
      '/gateway/keys/dev',
      '/gateway/groups',
      '/gateway/audit/head',
      '/gateway/config',
    ]) {
      expect((await ask(path)).status).toBe(401)
      for (const key of [secret, proxy.dev.key])
        expect(await ask(path, { headers: bearer(key) })).toMatchObject({ status: 403 })
    }
    const listed = await ask('/gateway/keys', { headers: bearer(admin.secret) })
    expect(listed.status).toBe(200)
    for (const key of [secret, proxy.dev.key, admin.secret]) {
      const digest = createHash('sha256').update(key).digest('hex')
      expect(listed.text.includes(key) || listed.text.includes(digest)).toBe(false)
    }
    expect(await ask('/gateway/keys/none', { headers: bearer(admin.secret) })).toMatchObject({ status: 404 })
  })

  it('give an administrator no more models than anybody', async () => {
    const admin = await newKey('--admin', '--max-tier', 'free')
    expect(await chat(bearer(admin.secret), { model: 'dear' })).toMatchObject({
      status: 403,
      code: 'model_not_allowed',
    })
  })
})

describe('the audit log of a running proxy', () => {
  it('holds what was changed and refused, whole, and nothing secret', async () => {
    const { alias, secret } = await newKey()
    await chat(bearer(`gw_live_${randomBytes(30).toString('hex')}`))
    await chat(bearer(secret), { model: 'dear', user: 'a-user' })
    await keys('revoke', alias)
    await chat(bearer(secret))
    await expect.poll(tail, { timeout: 10_000 }).toContain('reason=revoked')
    const log = await tail()
    expect(log).toMatch(/ cli key\.revoke key_\w{16} /)
    expect(log).toMatch(/ - request\.refused chat\.completions code=invalid_api_key reason=malformed /)
    expect(log).not.toContain(secret.slice(0, 20))
    expect(log).not.toContain(createHash('sha256').update(secret).digest('hex'))
    const verified = await runGateway(proxy.project, ['audit', 'verify'])
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringMatching(/^whole: \d+ entries, head [0-9a-f]{64}\n$/),
    ])
  })

  it('is beside the development key the only trace of a secret, and holds none itself', async () => {
    const secrets = [proxy.dev.key, ...issued]
    expect(secrets.length).toBeGreaterThan(7)
    for (const entry of await readdir(join(proxy.project.dir, '.gateway'))) {
      if (entry === 'dev-key') continue
      const bytes = await readFile(join(proxy.project.dir, '.gateway', entry), 'latin1')
      for (const secret of secrets) expect(bytes.includes(secret.slice(8, 40)), entry).toBe(false)
    }
    for (const secret of secrets) expect(proxy.dev.stdout().includes(secret)).toBe(false)
    for (const secret of issued) expect(proxy.dev.stderr().includes(secret)).toBe(false)
  })

  it('is exported for its owner alone, once', async () => {
    expect((await runGateway(proxy.project, ['audit', 'export', 'audit.jsonl'])).code).toBe(0)
    expect((await stat(`${proxy.project.dir}/audit.jsonl`)).mode & 0o777).toBe(0o600)
    const lines = (await proxy.project.read('audit.jsonl')).trimEnd().split('\n')
    const entries = lines.map((line): { seq: number; hash: string; previous: string } => JSON.parse(line))
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, at) => at + 1))
    for (const [at, { previous }] of entries.entries()) expect(previous).toBe(entries[at - 1]?.hash ?? '0'.repeat(64))
    expect((await runGateway(proxy.project, ['audit', 'export', 'audit.jsonl'])).code).toBe(2)
  })
})
