import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openUserSettings } from '../../../src/config/user-settings.ts'

describe('user settings', () => {
  it('leave the signals alone: one Ctrl-C stays one', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gateway-settings-'))
    const names = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const
    const own = (): void => undefined
    process.on('SIGINT', own)
    const before = names.map((name) => process.listenerCount(name))
    try {
      const settings = await openUserSettings({ GATEWAY_SETTINGS_DIR: directory })
      settings.trust('abc', 'test')
      expect(settings.isTrusted('abc')).toBe(true)
      expect(names.map((name) => process.listenerCount(name))).toEqual(before)
      expect(process.listeners('SIGINT')).toContain(own)
    } finally {
      process.off('SIGINT', own)
      rmSync(directory, { recursive: true })
    }
  })
})
