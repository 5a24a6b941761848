import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grantOf, subjectId, type Claims, type TokenGrant } from '../../../src/auth/jwt-claims.ts'
import { CLAIM_TARGETS, type ClaimRules, type JwtCeiling } from '../../../src/auth/jwt-types.ts'
import {
  ALLOW_ALL,
  checking,
  claims,
  groupOf,
  issuerOf,
  keyServer,
  KNOWN,
  makeSigner,
  NOW,
  setOf,
  tokenOf,
} from './jwt-support.ts'

const path = (name: string) => ({ claim: { path: name } })

function mapped(token: Claims, rules: ClaimRules, allow: Partial<JwtCeiling> = {}): ReturnType<typeof grantOf> {
  return grantOf({ sub: 'ann', ...token }, issuerOf('', { claims: rules, allow: { ...ALLOW_ALL, ...allow } }), KNOWN)
}

function granted(...given: Parameters<typeof mapped>): TokenGrant {
  const found = mapped(...given)
  if ('code' in found) throw new Error(JSON.stringify(found))
  return found
}

describe('where claims are found', () => {
  it.each<[string, Claims, string]>([
    ['at the top', { project: 'apollo' }, 'project'],
    ['in nested maps', { realm_access: { project: 'apollo' } }, 'realm_access.project'],
    ['under a URL', { 'https://example.com/claims/project': 'apollo' }, 'https://example.com/claims/project'],
    ['under a name with dots before nested maps', { 'a.b': 'apollo', a: { b: 'zeus' } }, 'a.b'],
    ['in a list of one', { project: ['apollo'] }, 'project'],
  ])('%s', (_what, token, name) => {
    expect(granted(token, { project: path(name) }).holder.project).toBe('apollo')
  })

  it('by steps whose names hold dots', () => {
    const rule = { claim: { steps: ['resource_access', 'my.client', 'roles'] } }
    const token = { resource_access: { 'my.client': { roles: ['team', 'pilot', 'team'] } } }
    expect(granted(token, { budgets: rule }).holder.budgets).toEqual(['team', 'pilot'])
  })

  it('never in what every object has', () => {
    for (const name of ['constructor', '__proto__', 'constructor.name', 'toString'])
      expect(mapped({}, { project: path(name) })).toEqual({ code: 'mapping', target: 'project', why: 'missing' })
  })

  it('the user is the subject, unless the config names another claim', () => {
    expect(granted({}, {}).holder.user).toBe('ann')
    expect(granted({ email: 'ann@example.com' }, { user: path('email') }).holder.user).toBe('ann@example.com')
  })
})

describe('values that refuse a token', () => {
  it.each<[string, Claims, ClaimRules, Partial<JwtCeiling>, object]>([
    ['a missing claim', {}, { tier: path('tier') }, {}, { target: 'tier', why: 'missing' }],
    ['an empty list', { groups: [] }, { groups: path('groups') }, {}, { target: 'groups', why: 'missing' }],
    ['null', { tier: null }, { tier: path('tier') }, {}, { target: 'tier', why: 'missing' }],
    ['a number', { project: 7 }, { project: path('project') }, {}, { target: 'project', why: 'malformed' }],
    ['a map', { groups: { a: 1 } }, { groups: path('groups') }, {}, { target: 'groups', why: 'malformed' }],
    [
      'a list with a map',
      { groups: ['a', {}] },
      { groups: path('groups') },
      {},
      { target: 'groups', why: 'malformed' },
    ],
    ['an empty text', { project: '' }, { project: path('project') }, {}, { target: 'project', why: 'malformed' }],
    ['a line break', { project: 'a\nb' }, { project: path('project') }, {}, { target: 'project', why: 'malformed' }],
    ['an invisible letter', { user: 'an\u200bn' }, { user: path('user') }, {}, { target: 'user', why: 'malformed' }],
    [
      'two values of one',
      { tier: ['free', 'premium'] },
      { tier: path('tier') },
      {},
      { target: 'tier', why: 'malformed' },
    ],
    ['an unknown tier', { tier: 'gold' }, { tier: path('tier') }, {}, { target: 'tier', why: 'not_allowed' }],
    ['an unknown policy', { policy: 'x' }, { policy: path('policy') }, {}, { target: 'policy', why: 'not_allowed' }],
    [
      'a policy that is not allowed',
      { policy: 'balanced' },
      { policy: path('policy') },
      { policies: ['cheapest'] },
      { target: 'policy', why: 'not_allowed' },
    ],
    ['an unknown budget', { b: ['team', 'x'] }, { budgets: path('b') }, {}, { target: 'budgets', why: 'not_allowed' }],
    [
      'a budget that is not allowed',
      { b: 'team' },
      { budgets: path('b') },
      { budgets: ['pilot'] },
      { target: 'budgets', why: 'not_allowed' },
    ],
    ['an unknown limit', { l: 'x' }, { limits: path('l') }, {}, { target: 'limits', why: 'not_allowed' }],
    [
      'groups of which none counts',
      { groups: ['offline_access'] },
      { groups: path('groups') },
      { groups: ['staff'] },
      { target: 'groups', why: 'not_allowed' },
    ],
  ])('%s', (_what, token, rules, allow, fault) => {
    expect(mapped(token, rules, allow)).toEqual({ code: 'mapping', ...fault })
  })

  it.each([{}, { sub: 7 }, { sub: ' ann' }, { sub: 'ä'.repeat(128) }, { sub: 'a\ud800' }])('subject %j', (token) => {
    expect(grantOf(token, issuerOf(''), KNOWN)).toEqual({ code: 'claim', name: 'sub' })
  })
})

describe('values that narrow', () => {
  it('a tier above the ceiling becomes the ceiling, one below stays', () => {
    const ceiling = (tier: string): string | null =>
      granted({ tier }, { tier: path('tier') }, { maxTier: 'standard' }).holder.scopes.maxTier
    expect(['free', 'standard', 'premium'].map(ceiling)).toEqual(['free', 'standard', 'standard'])
  })

  it('models of the token and of the ceiling both bind', () => {
    const { holder, modelsAlso } = granted({ m: ['gpt-*'] }, { models: path('m') }, { models: ['gpt-5.4-mini'] })
    expect([holder.scopes.models, modelsAlso]).toEqual([['gpt-*'], ['gpt-5.4-mini']])
  })

  it('a stated default stands in for what is missing, and a constant needs no claim', () => {
    const rules: ClaimRules = {
      tier: { ...path('tier'), fallback: ['free'] },
      project: { fallback: ['mobile'] },
      budgets: { fallback: ['team'] },
    }
    const { holder } = granted({ project: 'other' }, rules)
    expect(holder).toMatchObject({ project: 'mobile', budgets: ['team'], scopes: { maxTier: 'free' } })
    expect(granted({ tier: 'premium' }, rules).holder.scopes.maxTier).toBe('premium')
  })

  it('groups that mean nothing here are left out where the config lists those that count', () => {
    const token = { groups: ['offline_access', 'staff'] }
    expect(granted(token, { groups: path('groups') }, { groups: ['staff', 'admins'] }).holder.groups).toEqual(['staff'])
  })

  it('whatever a token says, it never gets past the ceiling', () => {
    const name = fc.constantFrom(
      'free',
      'standard',
      'premium',
      'balanced',
      'cheapest',
      'team',
      'pilot',
      'slow',
      'staff',
      'x',
    )
    const list = fc.uniqueArray(name, { maxLength: 4 })
    const value = fc.oneof(name, list, fc.jsonValue({ maxDepth: 1 }))
    const token = fc.record(Object.fromEntries(CLAIM_TARGETS.map((target) => [target, value])), { requiredKeys: [] })
    const lists = fc.option(list, { nil: null })
    const allow = fc.record({
      models: lists,
      maxTier: fc.constantFrom(null, ...KNOWN.tiers),
      policies: lists,
      groups: lists,
      budgets: lists,
      limits: lists,
    })
    const rules = Object.fromEntries(CLAIM_TARGETS.map((target) => [target, path(target)]))
    let accepted = 0
    fc.assert(
      fc.property(token, allow, fc.subarray([...CLAIM_TARGETS]), (given, ceiling, targets) => {
        const used = Object.fromEntries(
          Object.entries(rules).filter(([one]) => targets.some((target) => target === one)),
        )
        const found = mapped(given, used, ceiling)
        accepted += 'code' in found ? 0 : 1
        return 'code' in found || isWithin(found, { ...ALLOW_ALL, ...ceiling })
      }),
      { seed: 20, numRuns: 3_000 },
    )
    expect(accepted).toBeGreaterThan(300)
  })
})

function isWithin({ holder, modelsAlso }: TokenGrant, allow: JwtCeiling): boolean {
  const { scopes, policy = null } = holder
  const inside = (values: readonly string[], list: readonly string[] | null): boolean =>
    list === null || values.every((one) => list.includes(one))
  const tier = allow.maxTier === null ? null : KNOWN.tiers.indexOf(allow.maxTier)
  const reached = scopes.maxTier === null ? Infinity : KNOWN.tiers.indexOf(scopes.maxTier)
  return (
    holder.kind === 'user' &&
    (tier === null || (reached >= 0 && reached <= tier)) &&
    inside(holder.groups, allow.groups) &&
    inside(holder.budgets, allow.budgets) &&
    inside(holder.budgets, KNOWN.budgets) &&
    inside(holder.limits, allow.limits) &&
    inside(holder.limits, KNOWN.limits) &&
    (policy === null || inside([policy], allow.policies)) &&
    scopes.policies === allow.policies &&
    (allow.models === null || [scopes.models, modelsAlso].includes(allow.models)) &&
    inside(scopes.hints ?? ['user'], allow.hints) &&
    scopes.explain === allow.explain
  )
}

describe('key ids of tokens', () => {
  it('differ for different subjects, and are plain ASCII without blanks', () => {
    const subject = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(subject, subject, (a, b) => {
        expect(subjectId('corp', a) === subjectId('corp', b)).toBe(a === b)
        expect(subjectId('corp', a)).toMatch(/^jwt:corp:[\u0021-\u007e]+$/)
      }),
      { seed: 21, numRuns: 2_000 },
    )
    expect(subjectId('corp', 'auth0|5f7')).toBe('jwt:corp:auth0|5f7')
    expect(subjectId('corp', 'a b%')).toBe('jwt:corp:a%20b%25')
  })
})

describe('groups of a token', () => {
  it('give it the scopes that the store has for them, as they are now', async () => {
    const signer = makeSigner('EdDSA')
    const server = await keyServer(setOf(signer))
    const checked = await checking(issuerOf(server.url, { claims: { groups: path('groups') } }))
    const token = tokenOf(signer, claims({ groups: ['staff'] }))
    expect(await checked.verifier.authenticate(token, NOW)).toMatchObject({ reason: 'group_missing' })
    checked.groups = new Map([['staff', groupOf('staff', { maxTier: 'standard', hints: ['policy'] })]])
    const principal = await checked.verifier.verify(token, NOW)
    expect(principal).toMatchObject({ rights: { groups: ['staff'], tierCeiling: 'standard' }, hints: [] })
    checked.groups = new Map([['staff', groupOf('staff', { maxTier: 'free' })]])
    expect(await checked.verifier.verify(token, NOW)).toMatchObject({ rights: { tierCeiling: 'free' } })
    checked.groups = new Map()
    expect(principal !== null && checked.verifier.stillHolds(principal, NOW)).toBe(false)
    await server.close()
  })
})
