import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { preferenceRows, withPreferences } from '../../../src/cli/project/preferences.ts'
import { captured, temporaryDirectory } from './test-context.ts'

let cwd = ''
beforeEach(() => {
  cwd = temporaryDirectory()
  mkdirSync(join(cwd, 'settings'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const settings = (text: string): void => writeFileSync(join(cwd, 'settings', 'settings.json'), text)

describe('preferences of the terminal', () => {
  it('apply where neither a flag nor the environment says otherwise', async () => {
    settings('{"preferences": {"ui": "plain", "ascii": true}}')
    const plain = await withPreferences(captured(cwd, { interactive: true }).context)
    expect(plain).toMatchObject({ ui: 'plain', ascii: true, interactive: false })
    const flag = await withPreferences(captured(cwd, { interactive: true, ui: 'tui' }).context)
    expect(flag).toMatchObject({ ui: 'tui', interactive: true })
    const environment = captured(cwd, { interactive: true, env: { GATEWAY_UI: 'auto', GATEWAY_ASCII: '0' } })
    expect(await withPreferences(environment.context)).toMatchObject({ ui: 'auto', ascii: false, interactive: true })
  })

  it('name their origin', async () => {
    settings('{"preferences": {"ui": "plain"}}')
    expect(await preferenceRows(captured(cwd, { screenReader: true }).context)).toEqual([
      { path: 'ui', value: 'plain', origin: join(cwd, 'settings', 'settings.json') },
      { path: 'ascii', value: false, origin: 'default' },
      { path: 'screenReader', value: true, origin: 'flag' },
    ])
  })

  it('can not change anything else, and a damaged file is as good as none', async () => {
    settings('{"preferences": {"ui": "blink", "env": "x", "quiet": true}}')
    expect(await withPreferences(captured(cwd).context)).toMatchObject({ ui: 'auto', quiet: false })
    settings('{"preferences": ')
    expect(await withPreferences(captured(cwd).context)).toMatchObject({ ui: 'auto' })
  })
})
