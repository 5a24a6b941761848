import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chainEntry, verifyAudit } from '../../../src/auth/audit-chain.ts'
import { createKeyAuthenticator } from '../../../src/auth/authenticator.ts'
import { secretFacts } from '../../../src/auth/dev-identity.ts'
import { makeKey } from '../../../src/auth/key-format.ts'
import { editKey, revokeKey, rotateKey } from '../../../src/auth/key-life.ts'
import { createAuditStore, readHead } from '../../../src/store/audit.ts'
import { createKeyStore } from '../../../src/store/keys.ts'
import { openDatabase, type Connection } from '../../../src/store/open.ts'
import { act, makeIn, T0 } from '../auth/make-key.ts'
import { storeDirectory } from './support.ts'

const { path, dir } = storeDirectory()
const headFile = (): string => join(dir(), 'audit-head')

function open(connection: Connection = openDatabase(path())) {
  const audit = createAuditStore(connection, { chain: chainEntry, headFile: headFile() })
  return { connection, audit, keys: createKeyStore(connection, audit) }
}

describe('keys that several processes share', () => {
  it('are seen by the others at their next look, revocations too', () => {
    const [proxy, cli] = [open(), open()]
    const auth = createKeyAuthenticator({ store: proxy.keys, tiers: () => [] })
    expect(auth.authenticate(makeKey('live'), T0).kind).toBe('denied')
    const { id, secret } = makeIn(cli.keys)
    expect(auth.authenticate(secret, T0).kind).toBe('user')
    cli.keys.update((state) => editKey(state, id, { user: 'anna' }, act()))
    expect(auth.authenticate(secret, T0)).toMatchObject({ rights: { user: 'anna' } })
    cli.keys.update((state) => revokeKey(state, id, act()))
    expect(auth.authenticate(secret, T0)).toMatchObject({ reason: 'revoked' })
  })

  it('have a version that other writers of the same file leave alone', () => {
    const [proxy, cli] = [open(), open()]
    makeIn(proxy.keys)
    const before = proxy.keys.version()
    cli.connection.exec(`INSERT INTO response (key, model, response, at_ms) VALUES ('k', 'm', '{}', 0)`)
    cli.audit.append([{ at: T0, actor: '-', action: 'request.refused', target: '-', facts: {} }])
    expect(proxy.keys.version()).toBe(before)
  })

  it('can be changed by both without losing a change', () => {
    const [one, two] = [open(), open()]
    const { id } = makeIn(one.keys)
    for (let turn = 0; turn < 10; turn += 1)
      for (const { keys } of [one, two])
        keys.update((state) =>
          rotateKey(state, id, { ...secretFacts(makeKey('live')), graceMs: 60_000 }, act(T0 + turn)),
        )
    expect(one.keys.keys()[0]?.secrets).toHaveLength(21)
    const entries = two.audit.after(0, 100)
    expect(verifyAudit(entries)).toMatchObject({ entries: 21, fault: null })
  })

  it('never share a name or a secret, even if somebody forgot to look', () => {
    const { keys } = open()
    makeIn(keys, { aliases: ['ci'] })
    const [record] = keys.keys()
    expect(record).toBeDefined()
    if (record === undefined) return
    const stolen = { ...record, id: 'key_2' }
    expect(() => keys.update(() => ({ keys: [stolen], audit: [] }))).toThrow(/UNIQUE/)
    expect(() => keys.update(() => ({ keys: [{ ...stolen, aliases: ['other'] }], audit: [] }))).toThrow(/UNIQUE/)
    expect(keys.keys()).toHaveLength(1)
  })

  it('survive a name that would be SQL', () => {
    const { keys } = open()
    const user = `'); DROP TABLE api_key; --%_"`
    makeIn(keys, { user })
    expect(keys.keys()[0]?.user).toBe(user)
  })
})

describe('the audit log in SQLite', () => {
  it('refuses to be changed or cut by way of this program', () => {
    const { keys, connection, audit } = open()
    makeIn(keys)
    expect(() => connection.exec(`UPDATE audit SET actor = 'nobody'`)).toThrow('append-only')
    expect(() => connection.exec('DELETE FROM audit')).toThrow('append-only')
    expect(audit.after(0, 10)).toHaveLength(1)
  })

  it('leaves its newest hash in a second place, for its owner alone', () => {
    const { keys, audit } = open()
    expect(existsSync(headFile())).toBe(false)
    makeIn(keys, { aliases: ['one'] })
    expect(readHead(headFile())).toEqual({ seq: 1, hash: audit.head()?.hash })
    makeIn(keys, { aliases: ['two'] })
    expect(readFileSync(headFile(), 'utf8')).toBe(`2 ${audit.head()?.hash}\n`)
    expect(statSync(headFile()).mode & 0o777).toBe(0o600)
  })

  it('never puts an older hash there, and knows a file that says nothing', () => {
    const { keys } = open()
    writeFileSync(headFile(), `99 ${'a'.repeat(64)}\n`)
    makeIn(keys)
    expect(readHead(headFile())).toEqual({ seq: 99, hash: 'a'.repeat(64) })
    writeFileSync(headFile(), 'nonsense')
    expect(readHead(headFile())).toBeNull()
  })

  it('takes a change that is committed for done, even if the second place can not be written', () => {
    const troubles: unknown[] = []
    const connection = openDatabase(path())
    mkdirSync(headFile())
    const setup = { chain: chainEntry, headFile: headFile(), onHeadTrouble: (cause: unknown) => troubles.push(cause) }
    const audit = createAuditStore(connection, setup)
    const keys = createKeyStore(connection, audit)
    makeIn(keys)
    audit.append([{ at: T0, actor: '-', action: 'request.refused', target: '-', facts: {} }])
    expect(keys.keys()).toHaveLength(1)
    expect(audit.after(0, 10)).toHaveLength(2)
    expect(troubles).toEqual([expect.objectContaining({ code: 'EISDIR' }), expect.objectContaining({ code: 'EISDIR' })])
  })

  it('is one chain when two processes write at once', () => {
    const [one, two] = [open(), open()]
    const event = { at: T0, actor: 'cli', action: 'a', target: 't', facts: {} }
    for (let turn = 0; turn < 20; turn += 1) for (const { audit } of [one, two]) audit.append([event, event])
    expect(verifyAudit(one.audit.after(0, 1_000))).toMatchObject({ entries: 80, fault: null })
  })
})
