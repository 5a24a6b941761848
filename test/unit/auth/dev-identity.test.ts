import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeyAuthenticator } from '../../../src/auth/authenticator.ts'
import { openDevelopmentKey, rotateDevelopmentKey } from '../../../src/auth/dev-identity.ts'
import { makeKey } from '../../../src/auth/key-format.ts'
import { editKey, revokeKey } from '../../../src/auth/key-life.ts'
import type { KeyStore } from '../../../src/auth/ports.ts'
import { act, makeIn, T0 } from './make-key.ts'
import { memoryStores } from './memory-store.ts'

const HOUR = 3_600_000

let dir: string
let keys: KeyStore
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'gateway-key-')), '.gateway')
  ;({ keys } = memoryStores())
})
afterEach(async () => {
  await rm(join(dir, '..'), { recursive: true, force: true })
})

const inFile = async (): Promise<string> => (await readFile(join(dir, 'dev-key'), 'utf8')).trim()
const kindOf = (secret: string, now = T0): string => {
  const found = createKeyAuthenticator({ store: keys, tiers: () => [] }).authenticate(secret, now)
  return found.kind === 'denied' ? found.reason : found.rights.keyId
}

describe('the development key as one of the keys', () => {
  it('is made once and found again, in file and store', async () => {
    const first = await openDevelopmentKey(dir, keys, act())
    const second = await openDevelopmentKey(dir, keys, act(T0 + 1))
    expect([first.origin, second.origin]).toEqual(['made', 'found'])
    expect(second.key).toBe(first.key)
    expect(await inFile()).toBe(first.key)
    expect(kindOf(first.key)).toBe('dev')
    expect(keys.keys()).toHaveLength(1)
    expect(keys.keys()[0]).toMatchObject({ id: 'dev', kind: 'user', aliases: ['dev'], createdAt: T0 })
  })

  it('takes over the file of a project that had no store yet', async () => {
    const { key } = await openDevelopmentKey(dir, keys, act())
    ;({ keys } = memoryStores())
    expect(await openDevelopmentKey(dir, keys, act())).toMatchObject({ key, origin: 'found' })
    expect(kindOf(key)).toBe('dev')
  })

  it('rotates with its file; the old one works through the grace', async () => {
    const { key } = await openDevelopmentKey(dir, keys, act())
    const next = rotateDevelopmentKey(dir, keys, { ...act(), graceMs: HOUR })
    expect(await inFile()).toBe(next)
    expect((await stat(join(dir, 'dev-key'))).mode & 0o777).toBe(0o600)
    expect([kindOf(key, T0 + HOUR - 1), kindOf(next), kindOf(key, T0 + HOUR)]).toEqual(['dev', 'dev', 'grace_over'])
    expect(await openDevelopmentKey(dir, keys, act())).toMatchObject({ key: next, origin: 'found' })
    expect((await readdir(dir)).sort()).toEqual(['.gitignore', 'dev-key'])
  })

  it.each([
    ['revoked', () => keys.update((state) => revokeKey(state, 'dev', act()))],
    ['expired', () => keys.update((state) => editKey(state, 'dev', { expiresAt: T0 }, act()))],
  ] as const)('is followed by a new one after it was %s, which says so and keeps its limits', async (origin, end) => {
    const { key } = await openDevelopmentKey(dir, keys, act())
    keys.update((state) => editKey(state, 'dev', { budgets: ['small'] }, act()))
    end()
    expect(kindOf(key)).toBe(origin)
    const next = await openDevelopmentKey(dir, keys, act(T0 + 1))
    expect(next.origin).toBe(origin)
    expect(await inFile()).toBe(next.key)
    expect([kindOf(key, T0 + 1), kindOf(next.key, T0 + 1)]).toEqual(['unknown', 'dev'])
    expect(keys.keys()[0]).toMatchObject({ id: 'dev', budgets: ['small'], revokedAt: null, createdAt: T0 })
    expect(await openDevelopmentKey(dir, keys, act(T0 + 2))).toMatchObject({ origin: 'found' })
  })

  it('gets a new secret when its file was lost or can not be trusted; the old one is worth nothing', async () => {
    const first = await openDevelopmentKey(dir, keys, act())
    await rm(first.file)
    const second = await openDevelopmentKey(dir, keys, act())
    expect([second.origin, kindOf(first.key), kindOf(second.key)]).toEqual(['made', 'unknown', 'dev'])
    await chmod(second.file, 0o644)
    const third = await openDevelopmentKey(dir, keys, act())
    expect([third.origin, kindOf(second.key), kindOf(third.key)]).toEqual(['replaced', 'unknown', 'dev'])
  })

  it('does not become what somebody wrote into its file', async () => {
    const first = await openDevelopmentKey(dir, keys, act())
    const planted = makeKey('dev')
    await writeFile(first.file, `${planted}\n`, { mode: 0o600 })
    const next = await openDevelopmentKey(dir, keys, act())
    expect(next.origin).toBe('unknown')
    expect([kindOf(planted), kindOf(first.key), kindOf(next.key)]).toEqual(['unknown', 'unknown', 'dev'])
  })

  it('is one key for processes that start at the same time, after a revocation too', async () => {
    const open = (): Promise<string[]> =>
      Promise.all(Array.from({ length: 8 }, async () => (await openDevelopmentKey(dir, keys, act())).key))
    expect(new Set(await open()).size).toBe(1)
    keys.update((state) => revokeKey(state, 'dev', act()))
    const again = new Set(await open())
    expect(again.size).toBe(1)
    expect([...again].map((key) => kindOf(key))).toEqual(['dev'])
  })

  it('comes back under its name although another key took its further aliases', async () => {
    await openDevelopmentKey(dir, keys, act())
    keys.update((state) => ({
      keys: state.keys.map((key) => ({ ...key, aliases: ['dev', 'mine'] })),
      audit: [],
    }))
    keys.update((state) => revokeKey(state, 'dev', act()))
    makeIn(keys, { aliases: ['mine'] })
    await openDevelopmentKey(dir, keys, act())
    expect(keys.keys().find(({ id }) => id === 'dev')?.aliases).toEqual(['dev'])
  })
})
