import { describe, expect, it } from 'vitest'
import { spendQuery } from '../../../src/proxy/admin-spend.ts'

describe('the address of a sum', () => {
  it('says by what, since when and of whom', () => {
    expect(
      spendQuery('/gateway/spend?by=user,model&since=2026-11-01&until=2026-12-01T06:00:00Z&project=a%20b'),
    ).toEqual({
      by: ['user', 'model'],
      since: Date.UTC(2026, 10, 1),
      until: Date.UTC(2026, 11, 1, 6),
      filter: { project: 'a b' },
    })
    expect(spendQuery('/gateway/spend')).toEqual({ by: [], since: null, until: null, filter: {} })
  })

  it.each([
    ['by=colour', 'by'],
    ['by=day,month,user,model,tier', 'by'],
    ['since=yesterday', 'since'],
    ['since=1', 'since'],
    ['until=2026-13-45', 'until'],
    ['usr=anna', 'usr'],
    ['user=a&user=b', 'user'],
    [`user=${'a'.repeat(600)}`, 'user'],
  ])('is refused when it is not understood: %s', (query, param) => {
    expect(() => spendQuery(`/gateway/spend?${query}`)).toThrow(expect.objectContaining({ param }))
  })
})
