import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runTrust } from '../../../src/cli/trust/run.ts'
import { captured, temporaryDirectory } from './test-context.ts'

let cwd = ''
beforeEach(() => {
  cwd = temporaryDirectory()
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const config = (host: string): void =>
  writeFileSync(
    join(cwd, 'gateway.yaml'),
    `providers: { openai: { kind: openai, base_url: "https://${host}/v1", api_keys: ["\${OPENAI_API_KEY}"] } }\nmodels: { gpt-5.4: {} }\n`,
  )

describe('gateway trust', () => {
  it('needs nothing when every key goes home', async () => {
    config('api.openai.com')
    const { context, stdout } = captured(cwd)
    expect(await runTrust(context, false)).toBe(0)
    expect(stdout.join('\n')).toContain('no confirmation is needed')
  })

  it('shows what would go where and refuses when nobody can be asked', async () => {
    config('proxy.example')
    const { context, stdout, stderr } = captured(cwd, { env: { OPENAI_API_KEY: 'super-secret-value' } })
    expect(await runTrust(context, false)).toBe(2)
    expect(stdout.join('\n')).toContain('${OPENAI_API_KEY} -> https://proxy.example/v1')
    expect(stderr.join('\n')).toContain('pass --yes')
    expect([...stdout, ...stderr].join('\n')).not.toContain('super-secret-value')
  })

  it('remembers a confirmation in the user settings until the target changes', async () => {
    config('proxy.example')
    expect(await runTrust(captured(cwd).context, true)).toBe(0)
    const again = captured(cwd)
    expect(await runTrust(again.context, false)).toBe(0)
    expect(again.stdout.join('\n')).toContain('You confirmed this before')
    expect(statSync(join(cwd, 'settings', 'settings.json')).mode & 0o777).toBe(0o600)
    config('other.example')
    expect(await runTrust(captured(cwd).context, false)).toBe(2)
  })

  it('answers in JSON for scripts', async () => {
    config('proxy.example')
    const { context, stdout } = captured(cwd, { json: true })
    expect(await runTrust(context, false)).toBe(2)
    expect(JSON.parse(stdout.join(''))).toMatchObject({
      trusted: false,
      problems: [{ provider: 'openai', host: 'proxy.example', what: 'credential', references: ['${OPENAI_API_KEY}'] }],
    })
  })
})
