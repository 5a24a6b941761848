import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createKeyAuthenticator, DEVELOPMENT_PRINCIPAL } from '../../../src/auth/authenticator.ts'
import { combinedAuth } from '../../../src/auth/combined-auth.ts'
import { secretFacts } from '../../../src/auth/dev-identity.ts'
import { keyDigest, makeKey } from '../../../src/auth/key-format.ts'
import { importedKeys, importKeys } from '../../../src/auth/key-import.ts'
import { importRows } from '../../../src/auth/import-rows.ts'
import { createGroup } from '../../../src/auth/key-groups.ts'
import { createKey, editKey, revokeKey, rotateKey } from '../../../src/auth/key-life.ts'
import { NO_SCOPES } from '../../../src/auth/key-types.ts'
import type { KeyStore } from '../../../src/auth/ports.ts'
import type { Authenticated, AuthPort, Principal } from '../../../src/proxy/ports.ts'
import { act, makeIn, newKey, T0 } from './make-key.ts'
import { memoryStores } from './memory-store.ts'

const HOUR = 3_600_000
const TIERS = ['free', 'standard', 'premium']

function open(keys: KeyStore = memoryStores().keys) {
  return { keys, auth: createKeyAuthenticator({ store: keys, tiers: () => TIERS }) }
}

function reasonOf(found: Authenticated): string | undefined {
  return found !== null && found.kind === 'denied' ? found.reason : undefined
}

function principalOf(found: Authenticated | Promise<Authenticated>): Principal {
  if (found === null || found instanceof Promise || found.kind === 'denied') throw new Error('not recognised')
  return found
}

describe('authenticator', () => {
  it('knows its keys, each as itself', () => {
    const { keys, auth } = open()
    const [one, two] = [makeIn(keys, { aliases: ['one'] }), makeIn(keys, { aliases: ['two'] })]
    expect(principalOf(auth.authenticate(one.secret, T0)).rights).toMatchObject({ keyId: one.id, alias: 'one' })
    expect(principalOf(auth.authenticate(two.secret, T0)).rights).toMatchObject({ keyId: two.id, alias: 'two' })
  })

  it('knows nobody else, and says why to the log alone', () => {
    const { keys, auth } = open()
    const { secret } = makeIn(keys)
    const mistyped = secret.slice(0, -1) + (secret.endsWith('a') ? 'b' : 'a')
    const cases: readonly (readonly [string | null, string])[] = [
      [null, 'missing'],
      ['', 'malformed'],
      ['Bearer', 'malformed'],
      [mistyped, 'malformed'],
      [secret.slice(0, -1), 'malformed'],
      [`${secret} `, 'malformed'],
      [secret.toLowerCase(), 'malformed'],
      [makeKey('live'), 'unknown'],
      [`sk-${'a'.repeat(60)}`, 'unknown'],
      [`' OR '1'='1' -- ${'%'.repeat(40)}`, 'unknown'],
      ['\0'.repeat(40), 'unknown'],
      ['x'.repeat(1_000_000), 'unknown'],
    ]
    for (const [text, reason] of cases) {
      expect(auth.authenticate(text, T0)).toEqual({ kind: 'denied', reason, keyId: null })
    }
  })

  it('does not take what is kept of a key for the key', () => {
    const { keys, auth } = open()
    const { secret } = makeIn(keys)
    const [record] = keys.keys()
    const kept = record?.secrets[0]?.digest ?? ''
    expect(kept).toBe(keyDigest(secret).toString('hex'))
    for (const text of [
      kept,
      kept.toUpperCase(),
      keyDigest(secret).toString('base64'),
      keyDigest(secret).toString('latin1'),
    ])
      expect(reasonOf(auth.authenticate(text, T0))).toBe('unknown')
  })

  it('tells keys apart that share their first 200 characters', () => {
    const { keys, auth } = open()
    const common = createHash('sha512').update('a common beginning').digest('base64url').repeat(3).slice(0, 200)
    const secrets = [`${common}-one`, `${common}-two`]
    const rows = importRows(secrets.map((secret, at) => JSON.stringify({ alias: `key${at}`, secret })).join('\n'))
    let made = 0
    const makeId = (): string => `key_${(made += 1)}`
    keys.update((state) => importKeys(state, importedKeys(rows), { ...act(), makeId }))
    expect(secrets.map((secret) => principalOf(auth.authenticate(secret, T0)).rights.alias)).toEqual(['key0', 'key1'])
    expect(reasonOf(auth.authenticate(common, T0))).toBe('unknown')
    expect(reasonOf(auth.authenticate(`${common}-three`, T0))).toBe('unknown')
  })

  it('looks a key up by nothing but its whole digest', () => {
    // The text itself never meets what is kept: two secrets with a common beginning have digests with none.
    const [one, two] = ['a', 'b'].map((end) => secretFacts(`${'x'.repeat(200)}${end}`).digest)
    expect(one?.slice(0, 8)).not.toBe(two?.slice(0, 8))
    const { keys, auth } = open()
    const { secret } = makeIn(keys)
    for (let length = 1; length < secret.length; length += 1)
      expect(auth.authenticate(secret.slice(0, length), T0).kind).toBe('denied')
  })
})

describe('the life of a key', () => {
  it('ends at its expiry, to the millisecond', () => {
    const { keys, auth } = open()
    const { secret, id } = makeIn(keys, { expiresAt: T0 + HOUR })
    expect(auth.authenticate(secret, T0 + HOUR - 1).kind).toBe('user')
    expect(auth.authenticate(secret, T0 + HOUR)).toEqual({ kind: 'denied', reason: 'expired', keyId: id })
    keys.update((state) => editKey(state, id, { expiresAt: T0 + 2 * HOUR }, act()))
    expect(auth.authenticate(secret, T0 + HOUR).kind).toBe('user')
  })

  it('goes on through a rotation: both secrets are one identity, the old one until its grace is over', () => {
    const { keys, auth } = open()
    const old = makeIn(keys)
    const next = makeKey('live')
    keys.update((state) => rotateKey(state, old.id, { ...secretFacts(next), graceMs: HOUR }, act()))
    for (const secret of [old.secret, next])
      expect(principalOf(auth.authenticate(secret, T0 + HOUR - 1)).rights.keyId).toBe(old.id)
    expect(auth.authenticate(old.secret, T0 + HOUR)).toEqual({ kind: 'denied', reason: 'grace_over', keyId: old.id })
    expect(auth.authenticate(next, T0 + HOUR).kind).toBe('user')
  })

  it('a second rotation does not give the first secret more time, and `now` gives it none', () => {
    const { keys, auth } = open()
    const first = makeIn(keys)
    const [second, third] = [makeKey('live'), makeKey('live')]
    const rotate = (secret: string, graceMs: number, at: number): void =>
      keys.update((state) => rotateKey(state, first.id, { ...secretFacts(secret), graceMs }, act(at)))
    rotate(second, HOUR, T0)
    rotate(third, 24 * HOUR, T0 + HOUR / 2)
    expect(reasonOf(auth.authenticate(first.secret, T0 + HOUR))).toBe('grace_over')
    expect(auth.authenticate(second, T0 + HOUR).kind).toBe('user')
    rotate(makeKey('live'), 0, T0 + HOUR)
    expect([second, third].map((secret) => reasonOf(auth.authenticate(secret, T0 + HOUR)))).toEqual([
      'grace_over',
      'grace_over',
    ])
  })

  it('ends with its revocation, for all its secrets and at the next look', () => {
    const { keys, auth } = open()
    const { id, secret } = makeIn(keys)
    const next = makeKey('live')
    keys.update((state) => rotateKey(state, id, { ...secretFacts(next), graceMs: HOUR }, act()))
    const granted = principalOf(auth.authenticate(secret, T0))
    expect(auth.stillHolds(granted, T0)).toBe(true)
    keys.update((state) => revokeKey(state, id, act()))
    for (const text of [secret, next])
      expect(auth.authenticate(text, T0)).toMatchObject({ reason: 'revoked', keyId: id })
    expect(auth.stillHolds(granted, T0)).toBe(false)
  })

  it('what was granted to one secret ends with that secret', () => {
    const { keys, auth } = open()
    const { id, secret } = makeIn(keys)
    const granted = principalOf(auth.authenticate(secret, T0))
    keys.update((state) => rotateKey(state, id, { ...secretFacts(makeKey('live')), graceMs: HOUR }, act()))
    expect(auth.stillHolds(granted, T0 + HOUR - 1)).toBe(true)
    expect(auth.stillHolds(granted, T0 + HOUR)).toBe(false)
    expect(auth.stillHolds(DEVELOPMENT_PRINCIPAL, T0)).toBe(false)
  })

  it('is of no use in a group that is gone, rather than free of it', () => {
    const { keys, auth } = open()
    keys.update((state) => createGroup(state, { name: 'team', scopes: NO_SCOPES, budgets: [], limits: [] }, act()))
    const { id, secret } = makeIn(keys, { groups: ['team'] })
    expect(auth.authenticate(secret, T0).kind).toBe('user')
    keys.update(() => ({ removedGroups: ['team'], audit: [] }))
    expect(auth.authenticate(secret, T0)).toEqual({ kind: 'denied', reason: 'group_missing', keyId: id })
  })
})

describe('trouble with the store', () => {
  it('leaves the keys in force that are known, and is told', () => {
    const { keys } = memoryStores()
    const { secret } = makeIn(keys)
    let broken = false
    const told: unknown[] = []
    const store: KeyStore = {
      ...keys,
      version() {
        if (broken) throw new Error('disk I/O error')
        return keys.version()
      },
    }
    const auth = createKeyAuthenticator({ store, tiers: () => TIERS, onTrouble: (cause) => told.push(cause) })
    expect(auth.authenticate(secret, T0).kind).toBe('user')
    broken = true
    expect(auth.authenticate(secret, T0).kind).toBe('user')
    expect(reasonOf(auth.authenticate(makeKey('live'), T0))).toBe('unknown')
    expect(told).toHaveLength(2)
    const cold = createKeyAuthenticator({ store, tiers: () => TIERS })
    expect(() => cold.authenticate(secret, T0)).toThrow('disk I/O error')
  })
})

describe('keys and tokens together', () => {
  const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl'
  const anna: Principal = { ...DEVELOPMENT_PRINCIPAL, rights: { ...DEVELOPMENT_PRINCIPAL.rights, keyId: 'jwt:anna' } }

  function combined(tokens: AuthPort | null, isOpen = false) {
    const { keys, auth } = open()
    const made = makeIn(keys)
    return { keys, made, port: combinedAuth({ keys: auth, tokens: () => tokens, open: () => isOpen }) }
  }

  it('ask for a token only what looks like one and is no key', async () => {
    const asked: unknown[] = []
    const tokens: AuthPort = {
      authenticate(secret) {
        asked.push(secret)
        return Promise.resolve(anna)
      },
    }
    const { made, port } = combined(tokens)
    expect(principalOf(port.authenticate(made.secret, T0)).rights.keyId).toBe(made.id)
    expect(await port.authenticate(token, T0)).toBe(anna)
    for (const text of [null, makeKey('live'), 'a.b.c', `${token}.`, 'x'.repeat(40)])
      expect(port.authenticate(text, T0)).toMatchObject({ kind: 'denied' })
    expect(asked).toEqual([token])
  })

  it('refuse tokens where the config takes none', () => {
    expect(combined(null).port.authenticate(token, T0)).toMatchObject({ kind: 'denied', reason: 'unknown' })
  })

  it('ask the one who granted whether it still holds', async () => {
    let valid = true
    const tokens: AuthPort = { authenticate: () => Promise.resolve(anna), stillHolds: () => valid }
    const { keys, made, port } = combined(tokens)
    const ofToken = principalOf((await port.authenticate(token, T0)) ?? null)
    const ofKey = principalOf(port.authenticate(made.secret, T0))
    valid = false
    expect([port.stillHolds?.(ofToken, T0), port.stillHolds?.(ofKey, T0)]).toEqual([false, true])
    keys.update((state) => revokeKey(state, made.id, act()))
    expect(port.stillHolds?.(ofKey, T0)).toBe(false)
  })

  it('let everybody in as the development key where no key is required, with its limits and never as administrator', () => {
    const { keys, made, port } = combined(null, true)
    expect(principalOf(port.authenticate(null, T0))).toMatchObject({
      kind: 'user',
      anonymous: true,
      rights: { alias: 'dev' },
    })
    keys.update((state) =>
      createKey(
        state,
        newKey({ id: 'dev', aliases: ['dev'], kind: 'admin', budgets: ['small'], scopes: { maxTier: 'free' } }),
        secretFacts(makeKey('dev')),
        act(),
      ),
    )
    for (const secret of [null, 'anything', makeKey('live')]) {
      expect(principalOf(port.authenticate(secret, T0))).toMatchObject({
        kind: 'user',
        anonymous: true,
        rights: { keyId: 'dev', tierCeiling: 'free', budgets: ['small'] },
      })
    }
    const own = principalOf(port.authenticate(made.secret, T0))
    expect([own.rights.keyId, own.anonymous]).toEqual([made.id, undefined])
  })
})
