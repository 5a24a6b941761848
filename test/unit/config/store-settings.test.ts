import { describe, expect, it } from 'vitest'
import { storeSettings } from '../../../src/config/store-settings.ts'
import { configOrThrow } from '../../../src/config/validate.ts'
import { check } from './check.ts'

const settings = (text: string): ReturnType<typeof storeSettings> => storeSettings(configOrThrow(check(text)))

describe('store', () => {
  it('keeps rows for 90 days and 2 GB, and survives a killed process, when nothing is said', () => {
    const expected = { keepMs: 90 * 86_400_000, maxBytes: 2e9, synchronous: 'normal' }
    expect(settings('version: 1\n')).toEqual(expected)
    expect(settings('store: {}\n')).toEqual(expected)
  })

  it('takes each value by itself', () => {
    expect(settings('store: { ledger_retention: 36h }\n')).toMatchObject({ keepMs: 129_600_000, maxBytes: 2e9 })
    expect(settings('store: { max_size: 500MiB, synchronous: full }\n')).toMatchObject({
      maxBytes: 500 * 2 ** 20,
      synchronous: 'full',
    })
  })

  it.each([
    '{ ledger_retention: 0 }',
    '{ ledger_retention: 90 }',
    '{ max_size: 0B }',
    '{ synchronous: off }',
    '{ path: x }',
  ])('refuses %s', (text) => {
    expect(check(`store: ${text}\n`).config).toBeUndefined()
  })
})
