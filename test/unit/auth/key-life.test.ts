import { describe, expect, it } from 'vitest'
import { secretFacts } from '../../../src/auth/dev-identity.ts'
import { makeKey, makeKeyId } from '../../../src/auth/key-format.ts'
import { createGroup, editGroup, removeGroup } from '../../../src/auth/key-groups.ts'
import { addAlias, createKey, editKey, removeAlias, revokeKey, rotateKey } from '../../../src/auth/key-life.ts'
import { statusOf } from '../../../src/auth/key-status.ts'
import { findKey, groupView, keyView } from '../../../src/auth/key-views.ts'
import { NO_SCOPES } from '../../../src/auth/key-types.ts'
import { act, makeIn, newKey, T0, type KeySpec } from './make-key.ts'
import { memoryStores } from './memory-store.ts'

const DAY = 86_400_000

function store() {
  return memoryStores().keys
}

describe('ids and secrets', () => {
  it('are new every time', () => {
    const ids = Array.from({ length: 200 }, () => makeKeyId())
    expect(new Set(ids).size).toBe(200)
    for (const id of ids) expect(id).toMatch(/^key_[0-9A-Za-z]{16}$/)
  })
})

describe('what can be kept', () => {
  it.each<[string, KeySpec, RegExp]>([
    ['no alias', { aliases: [] }, /needs at least one alias/],
    ['an alias twice', { aliases: ['a', 'a'] }, /twice/],
    ['a secret as an alias', { aliases: [makeKey('live')] }, /a key was given where the alias belongs/],
    ['an id as an alias', { aliases: ['key_abc'] }, /looks like the id/],
    ['the name of the development key', { aliases: ['dev'] }, /belongs to the development key/],
    ['a line break in an alias', { aliases: ['a\nb'] }, /not usable/],
    ['an alias of 65 characters', { aliases: ['a'.repeat(65)] }, /not usable/],
    ['65 aliases', { aliases: Array.from({ length: 65 }, (_, at) => `a${at}`) }, /at most 64/],
    ['a secret as an owner', { owner: makeKey('live') }, /a key was given where the owner belongs/],
    ['a control character in a user', { user: 'a\u001b[2J' }, /user "a.*" is not usable/],
    ['a user of 129 characters', { user: 'u'.repeat(129) }, /of 129 characters/],
    ['an unknown group', { groups: ['gone'] }, /no group "gone"/],
  ])('not %s', (_what, spec, message) => {
    const keys = store()
    expect(() => makeIn(keys, spec)).toThrow(message)
    expect(keys.keys()).toEqual([])
  })

  it('errors repeat no secret', () => {
    const secret = makeKey('live')
    for (const spec of [{ aliases: [secret] }, { owner: secret }, { user: secret }]) {
      const thrown = (() => {
        try {
          makeIn(store(), spec)
          return ''
        } catch (error) {
          return String(error)
        }
      })()
      expect(thrown).toContain('a key was given')
      expect(thrown).not.toContain(secret.slice(0, 16))
    }
  })

  it('names belong to one key at a time, and a secret to one for ever', () => {
    const keys = store()
    const { id, secret } = makeIn(keys, { aliases: ['ci', 'nightly'] })
    expect(() => makeIn(keys, { aliases: ['nightly'] })).toThrow('"nightly" is taken')
    keys.update((state) => revokeKey(state, id, act()))
    makeIn(keys, { aliases: ['nightly'] })
    expect(() =>
      keys.update((state) => createKey(state, newKey({ aliases: ['x'] }), secretFacts(secret), act())),
    ).toThrow('belongs to a key already')
  })
})

describe('what has ended', () => {
  it('stays so: nothing brings a revoked key back', () => {
    const keys = store()
    const { id } = makeIn(keys)
    keys.update((state) => revokeKey(state, id, act()))
    const again = [
      () => keys.update((state) => revokeKey(state, id, act())),
      () => keys.update((state) => rotateKey(state, id, { ...secretFacts('x'), graceMs: 0 }, act())),
      () => keys.update((state) => editKey(state, id, { expiresAt: null }, act())),
      () => keys.update((state) => addAlias(state, id, 'other', act())),
    ]
    for (const attempt of again) expect(attempt).toThrow(/is revoked/)
  })

  it('an expired key gets no new secret before it has a new end', () => {
    const keys = store()
    const { id } = makeIn(keys, { expiresAt: T0 + 1 })
    const rotate = (): void =>
      keys.update((state) => rotateKey(state, id, { ...secretFacts(makeKey('live')), graceMs: 0 }, act(T0 + 1)))
    expect(rotate).toThrow(/has expired/)
    keys.update((state) => editKey(state, id, { expiresAt: T0 + DAY }, act()))
    rotate()
    expect(keys.keys()[0]?.secrets).toHaveLength(2)
  })

  it('secrets are forgotten long after they stopped, so that rotating daily keeps the list short', () => {
    const keys = store()
    const { id } = makeIn(keys)
    for (let day = 1; day <= 400; day += 1)
      keys.update((state) =>
        rotateKey(state, id, { ...secretFacts(makeKey('live')), graceMs: DAY }, act(T0 + day * DAY)),
      )
    expect(keys.keys()[0]?.secrets.length).toBeLessThan(100)
    expect(keyView(keys.keys()[0] ?? neverHere(), T0 + 400 * DAY).secrets).toHaveLength(2)
  })
})

describe('aliases', () => {
  it('come and go, but for the name itself', () => {
    const keys = store()
    const { id } = makeIn(keys)
    keys.update((state) => addAlias(state, id, 'nightly', act()))
    expect(keys.keys()[0]?.aliases).toEqual(['ci', 'nightly'])
    expect(() => keys.update((state) => addAlias(state, id, 'nightly', act()))).toThrow('same alias twice')
    expect(() => keys.update((state) => removeAlias(state, id, 'ci', act()))).toThrow('is the name of the key')
    expect(() => keys.update((state) => removeAlias(state, id, 'gone', act()))).toThrow('has no alias "gone"')
    keys.update((state) => removeAlias(state, id, 'nightly', act()))
    expect(keys.keys()[0]?.aliases).toEqual(['ci'])
  })
})

describe('groups', () => {
  const spec = { name: 'team', scopes: NO_SCOPES, budgets: [], limits: [] }

  it('are made once, changed in place and removed when they are empty', () => {
    const keys = store()
    keys.update((state) => createGroup(state, spec, act()))
    expect(() => keys.update((state) => createGroup(state, spec, act()))).toThrow('already')
    const { id } = makeIn(keys, { groups: ['team'] })
    keys.update((state) => editGroup(state, 'team', { budgets: ['b'] }, act()))
    expect(keys.groups()).toEqual([{ ...spec, budgets: ['b'], createdAt: T0 }])
    expect(() => keys.update((state) => removeGroup(state, 'team', act()))).toThrow('has 1 key: ci')
    keys.update((state) => revokeKey(state, id, act()))
    keys.update((state) => removeGroup(state, 'team', act()))
    expect(keys.groups()).toEqual([])
    expect(() => keys.update((state) => editGroup(state, 'team', {}, act()))).toThrow('no group "team"')
  })
})

describe('what is shown', () => {
  it('of a key holds no digest and only the secrets that work', () => {
    const keys = store()
    const { id } = makeIn(keys, { expiresAt: T0 + 10 * DAY })
    const next = makeKey('live')
    keys.update((state) => rotateKey(state, id, { ...secretFacts(next), graceMs: DAY }, act()))
    const [record] = keys.keys()
    const view = keyView(record ?? neverHere(), T0)
    expect(view.secrets.map(({ worksUntil }) => worksUntil)).toEqual([
      '2026-12-02T00:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
    ])
    expect(view.status).toBe('rotating')
    expect(keyView(record ?? neverHere(), T0 + DAY)).toMatchObject({
      status: 'active',
      secrets: [{ lastFour: next.slice(-4) }],
    })
    for (const { digest } of record?.secrets ?? []) expect(JSON.stringify(view)).not.toContain(digest)
    expect(statusOf(record ?? neverHere(), T0 + 10 * DAY)).toBe('expired')
  })

  it('by name is the key that bears it now, else the last that did', () => {
    const keys = store()
    const first = makeIn(keys, { aliases: ['ci'] })
    keys.update((state) => revokeKey(state, first.id, act(T0 + 1)))
    const second = makeIn(keys, { aliases: ['ci'] })
    keys.update((state) => revokeKey(state, second.id, act(T0 + 2)))
    expect(findKey(keys.keys(), 'ci')?.id).toBe(second.id)
    expect(findKey(keys.keys(), first.id)?.id).toBe(first.id)
    const third = makeIn(keys, { aliases: ['ci'] })
    expect(findKey(keys.keys(), 'ci')?.id).toBe(third.id)
    expect(findKey(keys.keys(), 'gone')).toBeNull()
  })

  it('of a group are its living keys', () => {
    const keys = store()
    keys.update((state) => createGroup(state, { name: 'team', scopes: NO_SCOPES, budgets: [], limits: [] }, act()))
    makeIn(keys, { aliases: ['in'], groups: ['team'] })
    const gone = makeIn(keys, { aliases: ['gone'], groups: ['team'] })
    makeIn(keys, { aliases: ['out'] })
    keys.update((state) => revokeKey(state, gone.id, act()))
    expect(groupView(keys.groups()[0] ?? neverHere(), keys.keys()).keys).toEqual(['in'])
  })
})

function neverHere(): never {
  throw new Error('there is nothing')
}
