import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JwtIssuer } from '../../../src/auth/jwt-types.ts'
import { KeyPlaceError } from '../../../src/auth/jwt-key-cache.ts'
import {
  checking,
  claims,
  issuerOf,
  keyServer,
  makeSigner,
  NOW,
  setOf,
  tokenOf,
  type KeyServer,
} from './jwt-support.ts'

const [first, second] = [makeSigner('EdDSA'), makeSigner('EdDSA')]
const MINUTE = 60_000
/** Valid for a day, so that only the keys decide. */
const lasting = claims({ exp: NOW / 1000 + 86_400 })
let server: KeyServer

beforeEach(async () => {
  server = await keyServer(setOf(first))
})
afterEach(() => server.close())

describe('fetching a key set', () => {
  it('happens with the first token, and once for many at the same time', async () => {
    const { verifier } = await checking(issuerOf(server.url))
    expect(server.fetches()).toBe(0)
    const tokens = Array.from({ length: 50 }, (_, index) => tokenOf(first, claims({ sub: `user-${index}` })))
    const found = await Promise.all(tokens.map((token) => verifier.verify(token, NOW)))
    expect(found.every((principal) => principal !== null)).toBe(true)
    expect(server.fetches()).toBe(1)
  })

  it('happens once in a cool-down, however many unknown key names come', async () => {
    const { verifier } = await checking(issuerOf(server.url))
    expect(await verifier.verify(tokenOf(first), NOW)).not.toBeNull()
    const attack = (at: number): Promise<unknown[]> =>
      Promise.all(
        Array.from({ length: 1_000 }, (_, index) =>
          verifier.verify(tokenOf(second, claims(), { kid: `made-up-${index}` }), at + index),
        ),
      )
    expect(await attack(NOW + 1_000)).not.toContainEqual(expect.anything())
    expect(server.fetches()).toBe(1)
    await attack(NOW + 30_000)
    expect(server.fetches()).toBe(2)
    await attack(NOW + 45_000)
    expect(server.fetches()).toBe(2)
  })

  it('finds a new signing key as soon as the cool-down allows, and forgets the old one with the set', async () => {
    const { verifier } = await checking(issuerOf(server.url))
    const [old, next] = [tokenOf(first, lasting), tokenOf(second, lasting)]
    expect(await verifier.verify(old, NOW)).not.toBeNull()
    server.content = setOf(first, second)
    expect(await verifier.verify(next, NOW + 29_000)).toBeNull()
    expect(await verifier.verify(next, NOW + 30_000)).not.toBeNull()
    expect(await verifier.verify(old, NOW + 30_000)).not.toBeNull()
    server.content = setOf(second)
    expect(await verifier.verify(old, NOW + 5 * MINUTE)).not.toBeNull()
    expect(await verifier.verify(next, NOW + 30_000 + 10 * MINUTE)).not.toBeNull()
    expect(await verifier.verify(old, NOW + 30_000 + 10 * MINUTE)).toBeNull()
  })

  it('renews a set beside the requests before it is too old', async () => {
    const { verifier } = await checking(issuerOf(server.url))
    await verifier.verify(tokenOf(first, lasting), NOW)
    await verifier.verify(tokenOf(first, lasting), NOW + 9 * MINUTE)
    await expect.poll(() => server.fetches()).toBe(2)
    expect(await verifier.verify(tokenOf(first, lasting), NOW + 15 * MINUTE)).not.toBeNull()
    expect(server.fetches()).toBe(2)
  })
})

describe('a provider that is down', () => {
  const down: KeyServer['content'] = (response) => response.writeHead(503).end('{}')

  it('leaves the last keys in use for the stated time, and is asked once in a cool-down', async () => {
    const { verifier, troubles } = await checking(issuerOf(server.url))
    const token = tokenOf(first, lasting)
    await verifier.verify(token, NOW)
    server.content = down
    const until = NOW + 10 * MINUTE + 60 * MINUTE
    expect(await verifier.verify(token, NOW + 11 * MINUTE)).not.toBeNull()
    const asked = server.fetches()
    for (let at = 0; at < 20; at += 1) {
      expect(await verifier.verify(tokenOf(first, { ...lasting, jti: at }), NOW + 11 * MINUTE + at)).not.toBeNull()
    }
    expect(server.fetches()).toBe(asked)
    expect(await verifier.verify(token, until - 1)).not.toBeNull()
    expect(await verifier.verify(token, until)).toBeNull()
    expect(troubles.length).toBeGreaterThan(0)
    expect(troubles.every((trouble) => trouble.kind === 'failed' && trouble.held)).toBe(true)
  })

  it('means no tokens at all before any keys were there, until it is up again', async () => {
    server.content = down
    const { verifier, faults } = await checking(issuerOf(server.url))
    expect(await verifier.verify(tokenOf(first), NOW)).toBeNull()
    expect(await verifier.verify(tokenOf(first), NOW + 1)).toBeNull()
    expect(faults).toEqual([{ code: 'keys_unavailable' }, { code: 'keys_unavailable' }])
    expect(server.fetches()).toBe(1)
    server.content = setOf(first)
    expect(await verifier.verify(tokenOf(first), NOW + 30_000)).not.toBeNull()
  })

  it.each<[string, KeyServer['content'], string]>([
    [
      'redirects',
      (response) => response.writeHead(302, { location: server.url }).end(),
      'a redirect (302) is not followed',
    ],
    ['sends too much', { keys: [], pad: 'x'.repeat(600_000) }, 'larger than'],
    ['sends no JSON', (response) => response.end('<html>'), 'is not JSON'],
    ['sends no key set', { keys: {} }, 'not a JSON Web Key Set'],
    ['sends countless keys', { keys: Array.from({ length: 101 }, () => null) }, 'more than 100 keys'],
    ['hangs up', (response) => void response.destroy(), 'could not fetch'],
  ])('counts as down when it %s', async (_what, content, why) => {
    server.content = content
    const { verifier, troubles } = await checking(issuerOf(server.url))
    expect(await verifier.verify(tokenOf(first), NOW)).toBeNull()
    expect(troubles).toMatchObject([{ kind: 'failed', held: false }])
    expect(String(troubles[0]?.kind === 'failed' && troubles[0].cause)).toContain(why)
  })

  it.each(['https://169.254.169.254/keys', 'https://10.1.2.3/keys', 'http://id.example.com/keys'])(
    'is never asked at %s',
    async (url) => {
      const { verifier, troubles } = await checking(issuerOf(url))
      expect(await verifier.verify(tokenOf(first), NOW)).toBeNull()
      expect(troubles).toMatchObject([{ kind: 'failed', cause: { code: 'fetch_failed' } }])
    },
  )
})

describe('the cache of verified tokens', () => {
  it('keeps two tokens apart that share their first 200 characters', async () => {
    const { verifier } = await checking(issuerOf(server.url))
    const pad = { a: 'x'.repeat(200) }
    const [ann, bob] = ['ann', 'bob'].map((sub) => tokenOf(first, { ...pad, ...claims({ sub }) }))
    expect(ann?.slice(0, 200)).toBe(bob?.slice(0, 200))
    for (let round = 0; round < 2; round += 1) {
      expect((await verifier.verify(ann ?? '', NOW))?.rights.keyId).toBe('jwt:corp:ann')
      expect((await verifier.verify(bob ?? '', NOW))?.rights.keyId).toBe('jwt:corp:bob')
    }
  })

  it('gives the same principal again, and none after its token has expired', async () => {
    const { verifier } = await checking(issuerOf(server.url))
    const token = tokenOf(first)
    const principal = await verifier.verify(token, NOW)
    expect(await verifier.verify(token, NOW + 1)).toBe(principal)
    expect(await verifier.verify(token, NOW + 629_000)).not.toBeNull()
    expect(await verifier.verify(token, NOW + 631_000)).toBeNull()
  })

  it('forgets everything on a reload, so that a token of a removed issuer is worth nothing', async () => {
    const checked = await checking(issuerOf(server.url))
    const token = tokenOf(first)
    const principal = await checked.verifier.verify(token, NOW)
    if (principal === null) throw new Error('refused')
    expect(checked.verifier.stillHolds(principal, NOW)).toBe(true)
    await checked.use(issuerOf(server.url, { name: 'other', issuer: 'https://other.example' }))
    expect(checked.verifier.stillHolds(principal, NOW)).toBe(false)
    expect(await checked.verifier.verify(token, NOW)).toBeNull()
    expect(checked.faults).toEqual([{ code: 'unknown_issuer' }])
  })

  it('refuses a token whose issuer is removed while its keys are being fetched', async () => {
    const checked = await checking(issuerOf(server.url))
    const asked = checked.verifier.verify(tokenOf(first), NOW)
    await checked.use()
    expect(await asked).toBeNull()
  })

  it('is judged by the new rules after a reload, with the keys that are there', async () => {
    const checked = await checking(issuerOf(server.url))
    const token = tokenOf(first, claims({ tier: 'premium' }))
    const before = await checked.verifier.verify(token, NOW)
    await checked.use(issuerOf(server.url, { claims: { tier: { claim: { path: 'tier' } } } }))
    expect((await checked.verifier.verify(token, NOW))?.rights.tierCeiling).toBe('premium')
    expect(before !== null && checked.verifier.stillHolds(before, NOW)).toBe(false)
    expect(server.fetches()).toBe(1)
  })

  it('lets a request go on over a reload that left its issuer as it was, until its token expires', async () => {
    const checked = await checking(issuerOf(server.url))
    const principal = await checked.verifier.verify(tokenOf(first), NOW)
    if (principal === null) throw new Error('refused')
    await checked.use(issuerOf(server.url), issuerOf(server.url, { name: 'two', issuer: 'https://two.example' }))
    expect(checked.verifier.stillHolds(principal, NOW)).toBe(true)
    expect(checked.verifier.stillHolds(principal, NOW + 630_000)).toBe(false)
  })
})

describe('keys in a local file', () => {
  let dir: string
  let file: string
  const pem = first.publicKey.export({ type: 'spki', format: 'pem' })
  const fromFile = (given: Partial<JwtIssuer> = {}): JwtIssuer =>
    issuerOf('', {
      keys: { kind: 'file', path: file },
      ages: { maxAgeMs: 5_000, coolDownMs: 1_000, maxStaleMs: 3_600_000 },
      ...given,
    })

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gateway-jwt-'))
    file = join(dir, 'keys')
  })
  afterEach(() => rm(dir, { recursive: true }))

  it.each<[string, string, Partial<JwtIssuer>]>([
    ['a key set', JSON.stringify(setOf(first)), {}],
    ['a single JSON Web Key', JSON.stringify(first.publicKey.export({ format: 'jwk' })), { allowMissingKid: true }],
    ['a PEM key, whatever name its issuer gives it', String(pem), { allowMissingKid: true }],
  ])('may be %s', async (_what, content, given) => {
    await writeFile(file, content)
    const { verifier } = await checking(fromFile(given))
    expect(await verifier.verify(tokenOf(first), NOW)).not.toBeNull()
    expect(await verifier.verify(tokenOf(second), NOW)).toBeNull()
  })

  it('several PEM keys are told apart by their prints', async () => {
    await writeFile(file, `${String(pem)}\n${String(second.publicKey.export({ type: 'spki', format: 'pem' }))}`)
    const { verifier } = await checking(fromFile({ allowMissingKid: true }))
    expect(await verifier.verify(tokenOf(first), NOW)).toBeNull()
    const { x } = first.publicKey.export({ format: 'jwk' })
    const { createHash } = await import('node:crypto')
    const print = createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url')
    expect(await verifier.verify(tokenOf(first, claims(), { kid: print }), NOW)).not.toBeNull()
  })

  it.each([
    ['a private PEM key', () => first.privateKey.export({ type: 'pkcs8', format: 'pem' }), 'a private key'],
    ['a private key in a set', () => JSON.stringify(first.privateKey.export({ format: 'jwk' })), 'a private key'],
    [
      'an encrypted private key',
      () => first.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
      'a private key',
    ],
    ['a shared secret', () => JSON.stringify({ kty: 'oct', k: 'c2VjcmV0' }), 'a symmetric key'],
    ['no key', () => JSON.stringify({ keys: [] }), 'it holds no key'],
    ['something else', () => 'hello', 'neither a JSON Web Key Set nor PEM'],
    ['half a file', () => '{"keys": [', 'not valid JSON'],
  ])('is refused before anything starts when it holds %s', async (_what, content, why) => {
    await writeFile(file, String(content()))
    const failure = checking(fromFile())
    await expect(failure).rejects.toBeInstanceOf(KeyPlaceError)
    await expect(failure).rejects.toMatchObject({ cause: { message: expect.stringContaining(why) } })
  })

  it('is refused when it is not there', async () => {
    await expect(checking(fromFile())).rejects.toMatchObject({ cause: { code: 'ENOENT' } })
  })

  it('is read again when it has changed, and stays as it was when the change is bad', async () => {
    await writeFile(file, JSON.stringify(setOf(first)))
    const { verifier, troubles } = await checking(fromFile())
    const [old, next] = [tokenOf(first, lasting), tokenOf(second, lasting)]
    expect(await verifier.verify(old, NOW)).not.toBeNull()
    await writeFile(join(dir, 'next'), JSON.stringify(setOf(second)))
    await rename(join(dir, 'next'), file)
    expect(await verifier.verify(next, NOW + 5_000)).not.toBeNull()
    expect(await verifier.verify(old, NOW + 5_000)).toBeNull()
    await writeFile(file, String(second.privateKey.export({ type: 'pkcs8', format: 'pem' })))
    expect(await verifier.verify(next, NOW + 11_000)).not.toBeNull()
    expect(troubles).toMatchObject([{ kind: 'failed', held: true }])
  })
})
