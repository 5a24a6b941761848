import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyAuthenticator } from '../../../src/auth/authenticator.ts'
import { importRows } from '../../../src/auth/import-rows.ts'
import { importedKeys, importKeys } from '../../../src/auth/key-import.ts'
import { makeKey, makeKeyId } from '../../../src/auth/key-format.ts'
import { createGroup } from '../../../src/auth/key-groups.ts'
import { NO_SCOPES } from '../../../src/auth/key-types.ts'
import type { KeyStore } from '../../../src/auth/ports.ts'
import { GatewayError } from '../../../src/wire/errors.ts'
import { act, makeIn, newKey, T0 } from './make-key.ts'
import { memoryStores } from './memory-store.ts'

const foreign = (): string => `sk-${randomBytes(24).toString('base64url')}`

function importInto(keys: KeyStore, text: string): void {
  const found = importedKeys(importRows(text))
  keys.update((state) => importKeys(state, found, { ...act(), makeId: () => makeKeyId() }))
}

function thrownBy(work: () => void): GatewayError {
  try {
    work()
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('an import', () => {
  it('does not look through all keys for each new one', () => {
    let looks = 0
    const key = { ...newKey(), createdAt: T0, revokedAt: null, secrets: [] }
    const keys = Array.from({ length: 500 }, (_, at) => ({
      ...key,
      id: `key_${at}`,
      get aliases() {
        looks += 1
        return [`old ${at}`]
      },
    }))
    const rows = Array.from({ length: 500 }, (_, at) => JSON.stringify({ alias: `new-${at}`, secret: foreign() }))
    const found = importedKeys(importRows(rows.join('\n')))
    expect(importKeys({ keys, groups: [] }, found, { ...act(), makeId: () => makeKeyId() }).keys).toHaveLength(500)
    expect(looks).toBeLessThanOrEqual(1_000)
  })

  it('takes secrets and digests, as JSON lines or CSV, and they work', () => {
    const { keys } = memoryStores()
    const secrets = [foreign(), foreign(), foreign(), foreign()] as const
    const digest = (secret: string): string => createHash('sha256').update(secret).digest('hex')
    keys.update((state) => createGroup(state, { name: 'team', scopes: NO_SCOPES, budgets: [], limits: [] }, act()))
    importInto(
      keys,
      [
        JSON.stringify({ alias: 'a', secret: secrets[0], user: 'anna', groups: ['team'] }),
        '',
        JSON.stringify({ alias: 'b', sha256: digest(secrets[1]).toUpperCase(), owner: null }),
      ].join('\r\n'),
    )
    importInto(
      keys,
      `\ufeffAlias,secret,sha256,owner\nc,${secrets[2]},,"Ada ""the"" first, PhD"\nd,,${digest(secrets[3])},\n`,
    )
    const auth = createKeyAuthenticator({ store: keys, tiers: () => [] })
    const found = secrets.map((secret) => auth.authenticate(secret, T0))
    expect(found.map((one) => (one.kind === 'denied' ? one.reason : one.rights.alias))).toEqual(['a', 'b', 'c', 'd'])
    const [a, b, c] = keys.keys()
    expect([a?.user, a?.groups, a?.secrets[0]?.lastFour]).toEqual(['anna', ['team'], secrets[0].slice(-4)])
    expect([b?.owner, b?.secrets[0]?.lastFour]).toEqual([null, ''])
    expect(c?.owner).toBe('Ada "the" first, PhD')
  })

  it('is all or nothing, and tells every mistake with its line', () => {
    const { keys, audit } = memoryStores()
    makeIn(keys, { aliases: ['taken'] })
    const before = [keys.keys(), audit.head()]
    const secret = foreign()
    const lines = [
      JSON.stringify({ alias: 'good', secret: foreign() }),
      JSON.stringify({ alias: 'short', secret: 'sk-too-short-to-be-safe-0123456' }),
      JSON.stringify({ alias: 'same', secret: 'a'.repeat(40) }),
      JSON.stringify({ alias: 'bad name', secret: foreign() }),
      JSON.stringify({ alias: 'neither' }),
      JSON.stringify({ alias: 'both', secret: foreign(), sha256: 'a'.repeat(64) }),
      JSON.stringify({ alias: 'hash', sha256: 'xyz' }),
      JSON.stringify({ alias: 'one', secret }),
      JSON.stringify({ alias: 'one', secret }),
      JSON.stringify({ alias: 'odd', secret: foreign(), budget: '5' }),
    ]
    const { message } = thrownBy(() => importInto(keys, lines.join('\n')))
    expect(message.split('\n').slice(1)).toEqual([
      '  line 2: the secret has 31 characters, at least 32 are needed: shorter ones can be guessed',
      '  line 3: the secret is not random',
      '  line 4: no alias, or one that is not usable as a name',
      '  line 5: needs either a secret or its sha256',
      '  line 6: needs either a secret or its sha256',
      '  line 7: the sha256 must be 64 hexadecimal digits',
      '  line 10: unknown member; there are alias, secret, sha256, owner, deployment, user, project, groups',
      '  line 9: the same alias as in line 8',
      '  line 9: the same secret as in line 8',
    ])
    expect([keys.keys(), audit.head()]).toEqual(before)
  })

  it('is all or nothing against what is there already', () => {
    const { keys } = memoryStores()
    const own = makeIn(keys, { aliases: ['taken'] })
    const lines = [
      { alias: 'new', secret: foreign() },
      { alias: 'taken', secret: foreign() },
      { alias: 'copy', secret: own.secret },
      { alias: 'lost', secret: foreign(), groups: 'gone' },
    ]
    const { message } = thrownBy(() => importInto(keys, lines.map((line) => JSON.stringify(line)).join('\n')))
    expect(message.split('\n').slice(1)).toEqual([
      '  line 2: the alias "taken" is taken',
      '  line 3: the secret belongs to a key already',
      '  line 4: there is no group "gone"',
    ])
    expect(keys.keys()).toHaveLength(1)
  })

  it('knows keys of ours by their form', () => {
    const { keys } = memoryStores()
    const key = makeKey('live')
    const typo = key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a')
    expect(thrownBy(() => importInto(keys, JSON.stringify({ alias: 'a', secret: typo }))).message).toContain('typo')
    importInto(keys, JSON.stringify({ alias: 'a', secret: key }))
    expect(keys.keys()).toHaveLength(1)
  })

  it.each([
    ['', 'no key in it'],
    ['\n \n', 'no key in it'],
    ['{"alias":', 'line 1 is not valid JSON'],
    ['{"alias":"a","secret":7}', 'line 1 has a member that is neither text'],
    ['{"alias":"a","secret":"x"}\n[1]', 'line 2 is no JSON object'],
    ['alias,secret\na,b,c', 'line 2 has 3 columns, the header has 2'],
    ['alias,secret\n"a,b', 'line 2 has a quote that is not closed'],
    ['alias,secret\n"a"b,c', 'line 2 has text after a closing quote'],
  ])('says what is wrong with %j', (text, message) => {
    expect(thrownBy(() => importInto(memoryStores().keys, text)).message).toContain(message)
  })

  it('never repeats what stands in the file, in whatever column it stands', () => {
    const secret = foreign()
    const spoilt = fc.constantFrom(
      `{"alias":"${secret}","secret":"${secret}"`,
      `{"alias":"a","${secret}":"x"}`,
      `{"alias":"a","secret":"${secret} "}`,
      `{"alias":"a b ${secret}","secret":"${foreign()}"}`,
      `{"alias":"a","sha256":"${secret}"}`,
      `{"alias":"a","secret":"${foreign()}","user":"${secret}\\u0001"}`,
      `alias,secret\n${secret}`,
      `alias,${secret}\na,b`,
      `alias,secret\n"${secret}`,
      `alias,secret\na b,${secret}`,
    )
    fc.assert(
      fc.property(spoilt, (text) => {
        const error = thrownBy(() => importInto(memoryStores().keys, text))
        expect(`${error.message} ${error.hint} ${JSON.stringify(error.data)}`).not.toContain(secret.slice(3, 15))
        expect(error.cause).toBeUndefined()
      }),
      { seed: 3, numRuns: 60 },
    )
  })
})
