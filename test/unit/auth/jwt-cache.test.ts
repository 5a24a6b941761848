import { describe, expect, it } from 'vitest'
import { TokenCache, tokenDigest } from '../../../src/auth/jwt-cache.ts'

describe('the cache of tokens', () => {
  it('holds so many and lets go of the one that was not used for longest', () => {
    const cache = new TokenCache<{ readonly untilMs: number }>(2)
    const [one, two, three] = [1, 2, 3].map((at) => ({ untilMs: 100 + at }))
    if (one === undefined || two === undefined || three === undefined) throw new Error('three entries')
    cache.set('one', one)
    cache.set('two', two)
    expect(cache.get('one', 0)).toBe(one)
    cache.set('three', three)
    expect(['one', 'two', 'three'].map((digest) => cache.get(digest, 0))).toEqual([one, null, three])
  })

  it('gives nothing from the moment on at which a token expires', () => {
    const cache = new TokenCache<{ readonly untilMs: number }>(2)
    cache.set('one', { untilMs: 100 })
    expect(cache.get('one', 99)).not.toBeNull()
    expect(cache.get('one', 100)).toBeNull()
    expect(cache.get('one', 99)).toBeNull()
  })

  it('tells tokens apart by their last character', () => {
    const long = 'x'.repeat(10_000)
    expect(tokenDigest(`${long}a`)).not.toBe(tokenDigest(`${long}b`))
  })
})
