import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runInit } from '../../../src/cli/config/init.ts'
import { runPrint } from '../../../src/cli/config/print.ts'
import { runValidate } from '../../../src/cli/config/validate.ts'
import { captured, temporaryDirectory } from './test-context.ts'

let cwd = ''
beforeEach(() => {
  cwd = temporaryDirectory()
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const write = (text: string, name = 'gateway.yaml'): void => writeFileSync(join(cwd, name), text)
const NOTHING = { file: undefined, sets: [] }

describe('gateway config validate', () => {
  it('sums up a valid config, names what is inactive, what keeps dev from starting and what needs consent', async () => {
    write(`providers:
  openai: { kind: openai, base_url: https://proxy.example/v1, api_keys: ["\${OPENAI_API_KEY}"] }
models: { gpt-5.4: {} }
cache: { exact: { ttl: 5m } }
guardrails: { input: { patterns: { pii: mask } } }
replay: { gates: [{ metric: cost.total, max_increase: 5% }] }
`)
    const { context, stdout } = captured(cwd)
    expect(await runValidate(context, NOTHING)).toBe(0)
    const text = stdout.join('\n').replaceAll(/\b[0-9a-f]{12}\b/g, '<hash>')
    expect(text).toBe(`gateway.yaml is valid   config <hash>   catalogue <hash>
  1 provider, 1 model, 0 aliases, 0 rules, 1 gate
  not active yet: cache, guardrails.input
  \`gateway dev\` will not start: guardrails.input would not protect anything yet
  needs \`gateway trust\` before \`gateway dev\`: \${OPENAI_API_KEY} would be sent to proxy.example, which is not api.openai.com`)
  })

  it('shows warnings with their place and still passes', async () => {
    write('models: { gpt-4o-mni: { provider: s } }\nproviders: { s: { kind: simulated } }\n')
    const { context, stderr } = captured(cwd)
    expect(await runValidate(context, NOTHING)).toBe(0)
    expect(stderr.join('\n')).toContain('--> gateway.yaml:1:11')
  })

  it('fails with the report, as text or as one JSON document with exit code 2', async () => {
    write('foo: 1\n')
    await expect(runValidate(captured(cwd).context, NOTHING)).rejects.toMatchObject({ code: 'config_invalid' })
    const { context, stdout } = captured(cwd, { json: true })
    expect(await runValidate(context, NOTHING)).toBe(2)
    expect(JSON.parse(stdout.join(''))).toMatchObject({
      valid: false,
      errors: [{ code: 'config_unknown_key', place: { line: 1, column: 1, length: 3 } }],
    })
  })

  it('knows the metrics that a gate may be about', async () => {
    write('replay: { gates: [{ metric: cost.totl, max_increase: 5% }] }\n')
    await expect(runValidate(captured(cwd).context, NOTHING)).rejects.toMatchObject({
      code: 'config_invalid',
      data: { report: expect.stringMatching(/unknown metric "cost\.totl"[\s\S]*gateway\.yaml:1:29/) },
    })
  })

  it('takes a file and overrides', async () => {
    write('routing: {}\n', 'other.yaml')
    const { context } = captured(cwd)
    await expect(
      runValidate(context, { file: 'other.yaml', sets: ['routing.default_policy=x'] }),
    ).rejects.toMatchObject({
      message: 'other.yaml has a mistake',
    })
  })

  it('says so when there is no config', async () => {
    await expect(runValidate(captured(cwd).context, NOTHING)).rejects.toMatchObject({ code: 'config_not_found' })
  })
})

describe('gateway config print', () => {
  it('shows origins in order of precedence, preferences of the user last', async () => {
    write('failover: { deadline: 30s }\n')
    const { context, stdout } = captured(cwd, {
      env: { GATEWAY_SET: 'failover.max_attempts=2', GATEWAY_UI: 'plain' },
      ui: 'plain',
    })
    await runPrint(context, { origins: true, sets: ['routing.sticky=off'] })
    const lines = stdout
      .join('\n')
      .split('\n')
      .map((line) => line.replaceAll(/ {2,}/g, '  '))
    expect(lines).toEqual(
      expect.arrayContaining([
        'failover.deadline = "30s"  gateway.yaml:1',
        'failover.max_attempts = 2  GATEWAY_SET',
        'routing.sticky = "off"  --set',
        'failover.lower_tiers = true  default',
        'ui = "plain"  GATEWAY_UI',
        'ascii = false  default',
      ]),
    )
  })

  it('prints a config that means the same, with references instead of secrets', async () => {
    write('providers: { openai: { kind: openai, api_keys: ["${OPENAI_API_KEY}"] } }\nmodels: { gpt-5.4: {} }\n')
    const { context, stdout } = captured(cwd, { env: { OPENAI_API_KEY: 'super-secret-value' } })
    await runPrint(context, { origins: false, sets: [] })
    const text = stdout.join('')
    expect(text).toContain('${OPENAI_API_KEY}')
    expect(text).not.toContain('super-secret-value')
    write(text, 'printed.yaml')
    expect(await runValidate(captured(cwd).context, { file: 'printed.yaml', sets: [] })).toBe(0)
  })
})

describe('gateway config init', () => {
  it('writes a config that is valid as it stands', async () => {
    const { context } = captured(cwd)
    runInit(context, false)
    expect(await runValidate(context, NOTHING)).toBe(0)
  })

  it.each(['gateway.yaml', 'gateway.json'])('leaves an existing %s alone', (name) => {
    write('version: 1\n', name)
    expect(() => runInit(captured(cwd).context, false)).toThrow(`"${name}" exists already`)
    expect(readFileSync(join(cwd, name), 'utf8')).toBe('version: 1\n')
    expect(existsSync(join(cwd, 'gateway.yaml'))).toBe(name === 'gateway.yaml')
  })

  it('replaces it with --force', () => {
    write('version: 1\n')
    runInit(captured(cwd).context, true)
    expect(readFileSync(join(cwd, 'gateway.yaml'), 'utf8')).toContain('routing:')
  })
})
