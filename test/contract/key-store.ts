import { describe, expect, it } from 'vitest'
import { chainEntry, verifyAudit } from '../../src/auth/audit-chain.ts'
import { secretFacts } from '../../src/auth/dev-identity.ts'
import { makeKey } from '../../src/auth/key-format.ts'
import { createGroup } from '../../src/auth/key-groups.ts'
import { createKey, editKey, revokeKey, rotateKey } from '../../src/auth/key-life.ts'
import { NO_SCOPES } from '../../src/auth/key-types.ts'
import type { AuditEvent, AuditStore, KeyStore } from '../../src/auth/ports.ts'
import { act, makeIn, newKey, T0 } from '../unit/auth/make-key.ts'

export interface OpenedStores {
  readonly keys: KeyStore
  readonly audit: AuditStore
}

/** What every store of keys and every audit log must do. */
export function describeKeyStore(name: string, open: () => OpenedStores): void {
  describe(`key store: ${name}`, () => {
    it('gives back what was kept, whole', () => {
      const { keys } = open()
      const group = { name: 'team', scopes: { ...NO_SCOPES, maxTier: 'free' }, budgets: ['small'], limits: ['slow'] }
      keys.update((state) => createGroup(state, group, act()))
      const spec = newKey({
        aliases: ['ci', 'nightly'],
        kind: 'admin',
        owner: "Ada O'Neil",
        deployment: 'eu-1',
        user: 'anna',
        project: 'docs',
        groups: ['team'],
        scopes: { models: ['gpt-*'], policies: [], explain: true },
        budgets: ['b'],
        limits: ['l'],
        expiresAt: T0 + 1,
      })
      const secret = secretFacts(makeKey('live'))
      keys.update((state) => createKey(state, spec, secret, act()))
      expect(keys.keys()).toEqual([
        { ...spec, createdAt: T0, revokedAt: null, secrets: [{ ...secret, createdAt: T0, graceUntil: null }] },
      ])
      expect(keys.groups()).toEqual([{ ...group, createdAt: T0 }])
    })

    it('replaces records by id, with their names and secrets', () => {
      const { keys } = open()
      const one = makeIn(keys, { aliases: ['one', 'more'] })
      const next = secretFacts(makeKey('live'))
      keys.update((state) => rotateKey(state, one.id, { ...next, graceMs: 5 }, act(T0 + 1)))
      keys.update((state) => editKey(state, one.id, { user: 'anna' }, act(T0 + 2)))
      const [record] = keys.keys()
      expect(record?.user).toBe('anna')
      expect(record?.secrets.map(({ digest, graceUntil }) => [digest, graceUntil])).toEqual([
        [next.digest, null],
        [secretFacts(one.secret).digest, T0 + 6],
      ])
      // A name is free once its key is revoked, and the revoked one keeps its record.
      keys.update((state) => revokeKey(state, one.id, act(T0 + 3)))
      const two = makeIn(keys, { aliases: ['more'] }, T0 + 4)
      expect(keys.keys().map(({ id, revokedAt }) => [id, revokedAt])).toEqual([
        [one.id, T0 + 3],
        [two.id, null],
      ])
    })

    it('has a version that changes with every change and with nothing else', () => {
      const { keys, audit } = open()
      const versions = new Set([keys.version()])
      const { id } = makeIn(keys)
      versions.add(keys.version())
      keys.update((state) => editKey(state, id, { user: 'anna' }, act()))
      versions.add(keys.version())
      keys.update((state) => createGroup(state, { name: 'g', scopes: NO_SCOPES, budgets: [], limits: [] }, act()))
      versions.add(keys.version())
      keys.update(() => ({ removedGroups: ['g'], audit: [] }))
      versions.add(keys.version())
      expect(versions.size).toBe(5)
      const before = keys.version()
      audit.append([event(1)])
      keys.update(() => ({ audit: [event(2)] }))
      expect(keys.version()).toBe(before)
    })

    it('changes nothing when a change is refused, and writes nothing of it down', () => {
      const { keys, audit } = open()
      const { id } = makeIn(keys)
      const before = [keys.version(), keys.keys(), audit.head()]
      expect(() => makeIn(keys, { aliases: ['ci'] })).toThrow('is taken')
      expect(() =>
        keys.update((state) => rotateKey(state, 'key_none', { ...secretFacts('x'), graceMs: 0 }, act())),
      ).toThrow('no key')
      expect(() =>
        keys.update(() => {
          throw new Error('in the middle')
        }),
      ).toThrow('in the middle')
      expect([keys.version(), keys.keys(), audit.head()]).toEqual(before)
      expect(keys.keys()[0]?.id).toBe(id)
    })

    it('keeps no secret, only its digest', () => {
      const { keys, audit } = open()
      const { secret } = makeIn(keys)
      const kept = JSON.stringify([keys.keys(), audit.after(0, 100)])
      expect(kept).toContain(secretFacts(secret).digest)
      expect(kept).not.toContain(secret.slice(0, 20))
      // Nor does the log repeat the digest.
      expect(JSON.stringify(audit.after(0, 100))).not.toContain(secretFacts(secret).digest)
    })
  })

  describe(`audit log: ${name}`, () => {
    it('numbers and links entries in the order of writing, those of changes among them', () => {
      const { keys, audit } = open()
      expect(audit.head()).toBeNull()
      audit.append([event(1), event(2)])
      makeIn(keys)
      audit.append([])
      audit.append([event(3)])
      const entries = audit.after(0, 100)
      expect(entries.map(({ seq, action }) => [seq, action])).toEqual([
        [1, 'test.1'],
        [2, 'test.2'],
        [3, 'key.create'],
        [4, 'test.3'],
      ])
      expect(entries[0]).toEqual(chainEntry(null, event(1)))
      expect(verifyAudit(entries)).toEqual({ entries: 4, head: audit.head()?.hash, fault: null })
      expect(audit.head()).toEqual(entries[3])
    })

    it('reads page by page', () => {
      const { audit } = open()
      audit.append(Array.from({ length: 25 }, (_, at) => event(at)))
      expect(audit.after(0, 10).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(audit.after(20, 10).map(({ seq }) => seq)).toEqual([21, 22, 23, 24, 25])
      expect(audit.after(25, 10)).toEqual([])
    })
  })
}

function event(number: number): AuditEvent {
  return {
    at: T0 + number,
    actor: 'cli',
    action: `test.${number}`,
    target: 't',
    facts: { number, text: 'é "', none: null },
  }
}
