import { describe, expect, it } from 'vitest'
import { budgetSubjects, inClass, limitSubjects } from '../../../../src/engine/budgets/concerns.ts'
import type { Rights } from '../../../../src/engine/decision.ts'
import type { BudgetScope } from '../../../../src/engine/routing-config.ts'
import { budget, RIGHTS } from '../decision/world.ts'

const ANNA: Rights = {
  ...RIGHTS,
  keyId: 'key_1',
  alias: 'ci',
  groups: ['a', 'b', 'a'],
  user: 'anna',
  project: null,
  budgets: ['named'],
  limits: ['slow'],
}

function subjects(scope: BudgetScope, over: object = {}): readonly string[] {
  return budgetSubjects({ ...budget({ leftNanoUsd: 0 }).rule, scope, ...over }, ANNA)
}

describe('whom a rule concerns', () => {
  it('is the key by its id, every group once, the user; all for global; nobody where the caller has no name', () => {
    expect(subjects('key')).toEqual(['key_1'])
    expect(subjects('group')).toEqual(['a', 'b'])
    expect(subjects('user')).toEqual(['anna'])
    expect(subjects('global')).toEqual([''])
    expect(subjects('project')).toEqual([])
  })

  it('is nobody but those who name it, for a rule by reference', () => {
    expect(subjects('user', { byReference: true, name: 'named' })).toEqual(['anna'])
    expect(subjects('user', { byReference: true, name: 'slow' })).toEqual([])
    const limit = { scope: 'key', concurrent: 1, byReference: true } as const
    expect(limitSubjects({ ...limit, name: 'slow' }, ANNA)).toEqual(['key_1'])
    expect(limitSubjects({ ...limit, name: 'named' }, ANNA)).toEqual([])
    expect(limitSubjects({ ...limit, name: 'slow' }, RIGHTS)).toEqual([])
  })
})

describe('a class of models', () => {
  it('is asked the same about a row of the matrix and about what a ledger row says', () => {
    const aliases = new Map([['pool', new Set(['m'])]])
    const m = { id: 'm', tier: 'free' }
    expect(inClass(m, undefined, aliases)).toBe(true)
    expect(inClass(m, { kind: 'tier', tier: 'free' }, aliases)).toBe(true)
    expect(inClass(m, { kind: 'tier', tier: 'premium' }, aliases)).toBe(false)
    expect(inClass(m, { kind: 'alias', alias: 'pool' }, aliases)).toBe(true)
    expect(inClass(m, { kind: 'alias', alias: 'none' }, aliases)).toBe(false)
    expect(inClass(m, { kind: 'pattern', pattern: 'm*' }, aliases)).toBe(true)
  })
})
