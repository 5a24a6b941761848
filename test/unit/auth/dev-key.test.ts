import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadDevKey } from '../../../src/auth/dev-key.ts'
import { isKeyShaped, makeKey } from '../../../src/auth/key-format.ts'

let dir: string
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'gateway-key-')), '.gateway')
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

describe('development key', () => {
  it('is made once, for its owner alone, and found again', async () => {
    const first = await loadDevKey(dir)
    const second = await loadDevKey(dir)
    expect(first.origin).toBe('made')
    expect(isKeyShaped(first.key)).toBe(true)
    expect(second).toEqual({ ...first, origin: 'found' })
    expect((await stat(first.file)).mode & 0o777).toBe(0o600)
    expect((await stat(dir)).mode & 0o777).toBe(0o700)
    expect(await readFile(join(dir, '.gitignore'), 'utf8')).toBe('*\n')
  })

  it('is the same for processes that start at the same time', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadDevKey(dir)))
    expect(new Set(keys.map(({ key }) => key)).size).toBe(1)
  })

  it('is replaced when others could read the file, as they can after a checkout', async () => {
    const { file } = await loadDevKey(dir)
    const planted = makeKey('dev')
    await writeFile(file, `${planted}\n`)
    await chmod(file, 0o644)
    const loaded = await loadDevKey(dir)
    expect(loaded.origin).toBe('replaced')
    expect(loaded.key).not.toBe(planted)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('says where it can not be kept', async () => {
    await writeFile(join(dir, '..', 'blocked'), '')
    await expect(loadDevKey(join(dir, '..', 'blocked', '.gateway'))).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('ENOTDIR'),
    })
  })

  it('is replaced when the file is a link or holds no valid key', async () => {
    const { file } = await loadDevKey(dir)
    const elsewhere = join(dir, 'elsewhere')
    const planted = makeKey('dev')
    await writeFile(elsewhere, planted, { mode: 0o600 })
    await rm(file)
    await symlink(elsewhere, file)
    expect((await loadDevKey(dir)).key).not.toBe(planted)
    expect(await readFile(elsewhere, 'utf8')).toBe(planted)

    await writeFile(file, planted.slice(0, -1))
    expect((await loadDevKey(dir)).origin).toBe('replaced')
  })
})
