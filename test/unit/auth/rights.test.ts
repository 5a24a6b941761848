import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_SCOPES, type GroupRecord, type Holder, type Scopes } from '../../../src/auth/key-types.ts'
import { principalOf } from '../../../src/auth/rights.ts'
import { newKey, T0, type KeySpec } from './make-key.ts'

const TIERS = ['free', 'standard', 'premium']

function group(name: string, scopes: Partial<Scopes> = {}, more: Partial<GroupRecord> = {}): GroupRecord {
  return { name, scopes: { ...NO_SCOPES, ...scopes }, budgets: [], limits: [], createdAt: T0, ...more }
}

function of(spec: KeySpec, ...groups: readonly GroupRecord[]) {
  const world = { groups: new Map(groups.map((one) => [one.name, one])), tiers: TIERS }
  return principalOf(newKey({ groups: groups.map(({ name }) => name), ...spec }), world)
}

describe('the rights of a key', () => {
  it('are wide where nothing narrows them, but for decision records and administration', () => {
    expect(of({ id: 'key_1', aliases: ['ci', 'nightly'] })).toEqual({
      kind: 'user',
      rights: {
        keyId: 'key_1',
        alias: 'ci',
        groups: [],
        user: null,
        project: null,
        tierCeiling: null,
        models: null,
        policy: null,
      },
      endpoints: null,
      hints: null,
      mayExplain: false,
      aliases: ['ci', 'nightly'],
    })
  })

  it('are what key and groups all allow', () => {
    const principal = of(
      {
        scopes: {
          models: ['gpt-*'],
          maxTier: 'premium',
          policies: ['best', 'cheap'],
          endpoints: ['a', 'b'],
          hints: ['tier'],
        },
      },
      group('one', {
        models: ['*-mini'],
        maxTier: 'standard',
        policies: ['cheap', 'best', 'x'],
        endpoints: ['b', 'c'],
      }),
      group('two', { models: ['chat'], maxTier: null, hints: [] }),
    )
    expect(principal).toMatchObject({
      rights: {
        models: ['gpt-*'],
        modelsAlso: [['*-mini'], ['chat']],
        tierCeiling: 'standard',
        policies: ['best', 'cheap'],
      },
      endpoints: ['b'],
      hints: [],
    })
  })

  it('come from a group alone where the key says nothing', () => {
    expect(of({}, group('one', { models: ['a'] }))?.rights).toMatchObject({ models: ['a'] })
    expect(of({}, group('one', { models: ['a'] }))?.rights).not.toHaveProperty('modelsAlso')
  })

  it('have the lowest ceiling; one that the config does not know is lower than all', () => {
    const ceiling = (...tiers: (string | null)[]): string | null | undefined =>
      of(
        { scopes: { maxTier: tiers[0] ?? null } },
        ...tiers.slice(1).map((maxTier, at) => group(`g${at}`, { maxTier })),
      )?.rights.tierCeiling
    expect(ceiling(null, null)).toBeNull()
    expect(ceiling('premium', 'free', 'standard')).toBe('free')
    expect(ceiling('premium', 'gone', 'free')).toBe('gone')
  })

  it('add up budgets and limits, each once', () => {
    const principal = of({ budgets: ['a'], limits: ['l'] }, group('one', {}, { budgets: ['b', 'a'], limits: ['m'] }))
    expect(principal?.rights).toMatchObject({ budgets: ['a', 'b'], limits: ['l', 'm'] })
  })

  it('include decision records only where the key says so and no group forbids it', () => {
    expect(of({ scopes: { explain: true } }, group('one'))?.mayExplain).toBe(true)
    expect(of({ scopes: { explain: true } }, group('one', { explain: false }))?.mayExplain).toBe(false)
    expect(of({}, group('one', { explain: true }))?.mayExplain).toBe(false)
  })

  it('are none when a group is missing', () => {
    const world = { groups: new Map([['one', group('one')]]), tiers: TIERS }
    expect(principalOf(newKey({ groups: ['one', 'gone'] }), world)).toBeNull()
  })

  it('of an administrator are as bound as those of anybody', () => {
    const spec: KeySpec = { budgets: ['a'], limits: ['l'], scopes: { models: ['m'], maxTier: 'free' }, id: 'key_1' }
    expect(of({ ...spec, kind: 'admin' })).toEqual({ ...of(spec), kind: 'admin' })
  })

  it('never grow by a further group', () => {
    const names = fc.option(fc.subarray(['a', 'b', 'c', 'd']), { nil: null })
    const scopes = fc.record({
      models: names,
      maxTier: fc.constantFrom(null, ...TIERS, 'unknown'),
      policies: names,
      endpoints: names,
      hints: names,
      explain: fc.constantFrom(null, true, false),
    })
    const lists = fc.subarray(['x', 'y', 'z'])
    const groups = fc.array(fc.record({ scopes, budgets: lists, limits: lists }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(scopes, groups, (own, all) => {
        const records = all.map((one, at) => ({ ...one, name: `g${at}`, createdAt: T0 }))
        const holder = (count: number): Holder =>
          newKey({ id: 'k', scopes: own, groups: records.slice(0, count).map(({ name }) => name) })
        const world = { groups: new Map(records.map((one) => [one.name, one])), tiers: TIERS }
        const [fewer, more] = [principalOf(holder(all.length - 1), world), principalOf(holder(all.length), world)]
        expect(fewer === null || more === null).toBe(false)
        if (fewer === null || more === null) return
        expect(within(more.endpoints, fewer.endpoints) && within(more.hints, fewer.hints)).toBe(true)
        expect(within(more.rights.policies ?? null, fewer.rights.policies ?? null)).toBe(true)
        expect(rank(more.rights.tierCeiling)).toBeLessThanOrEqual(rank(fewer.rights.tierCeiling))
        expect(Number(more.mayExplain)).toBeLessThanOrEqual(Number(fewer.mayExplain))
        const listsOf = (rights: typeof more.rights): number =>
          (rights.models === null ? 0 : 1) + (rights.modelsAlso?.length ?? 0)
        expect(listsOf(more.rights)).toBeGreaterThanOrEqual(listsOf(fewer.rights))
        for (const budget of fewer.rights.budgets ?? []) expect(more.rights.budgets).toContain(budget)
      }),
      { seed: 11, numRuns: 300 },
    )
  })
})

/** Null is everything. */
function within(inner: readonly string[] | null, outer: readonly string[] | null): boolean {
  return outer === null || (inner !== null && inner.every((item) => outer.includes(item)))
}

function rank(ceiling: string | null): number {
  return ceiling === null ? TIERS.length : TIERS.indexOf(ceiling)
}
