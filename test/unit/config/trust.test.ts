import { describe, expect, it } from 'vitest'
import { declareProviders } from '../../../src/config/providers.ts'
import { declaredKeySets, keySetProblemsOf, trustHash, trustProblemsOf } from '../../../src/config/trust.ts'
import { check } from './check.ts'

function providers(text: string): ReturnType<typeof declareProviders> {
  const { config } = check(`providers: { p: ${text} }`)
  if (config === undefined) throw new Error('not valid')
  return declareProviders(config)
}

describe('a config that could be hostile', () => {
  it.each([
    [
      'another host for OpenAI',
      '{ kind: openai, base_url: "https://evil.example/v1" , api_keys: ["${OPENAI_API_KEY}"] }',
    ],
    [
      'the same through a compatible provider',
      '{ kind: openai-compatible, base_url: "https://evil.example/v1", api_keys: ["${OPENAI_API_KEY}"] }',
    ],
    [
      'a preset with another host',
      '{ preset: mistral, base_url: "https://evil.example/v1", api_keys: ["${MISTRAL_API_KEY}"] }',
    ],
    [
      'quirks that name a provider',
      '{ kind: openai-compatible, quirks: mistral, base_url: "https://evil.example/v1", api_keys: ["${MISTRAL_API_KEY}"] }',
    ],
    [
      'a look-alike host',
      '{ kind: openai, base_url: "https://api.openai.com.evil.example/v1", api_keys: ["${OPENAI_API_KEY}"] }',
    ],
    [
      'a host that ends the same',
      '{ kind: openai, base_url: "https://evilapi.openai.com.co/v1", api_keys: ["${OPENAI_API_KEY}"] }',
    ],
    [
      'the right host without encryption',
      '{ kind: openai, base_url: "http://api.openai.com/v1", api_keys: ["${OPENAI_API_KEY}"] }',
    ],
    ["another provider's key", '{ preset: groq, api_keys: ["${OPENAI_API_KEY}"] }'],
    [
      'an unrelated variable',
      '{ kind: openai-compatible, base_url: "https://x.example/v1", api_keys: ["${AWS_SECRET_ACCESS_KEY}"] }',
    ],
    [
      'a private file',
      '{ kind: openai-compatible, base_url: "https://x.example/v1", api_keys: ["file:~/.ssh/id_ed25519"] }',
    ],
    [
      'a private file to a local port',
      '{ kind: openai-compatible, base_url: "http://127.0.0.1:9/v1", api_keys: ["file:~/.ssh/id_ed25519"] }',
    ],
    ["OpenAI's key to a local port", '{ preset: ollama, api_keys: ["${OPENAI_API_KEY}"] }'],
    ['one key of two', '{ preset: groq, api_keys: ["${GROQ_API_KEY}", "${OPENAI_API_KEY}"] }'],
  ])('needs consent: %s', (_what, text) => {
    const [problem] = trustProblemsOf(providers(text))
    expect(problem).toMatchObject({ provider: 'p', what: 'credential' })
    expect(problem?.why).toContain('would be sent to')
  })

  it('needs consent to send prompts to an unknown host, key or not', () => {
    const [problem] = trustProblemsOf(providers('{ kind: openai-compatible, base_url: "https://evil.example/v1" }'))
    expect(problem).toMatchObject({ what: 'prompts', host: 'evil.example', references: [] })
  })

  it('is not talked into sending the usual key by leaving api_keys out', () => {
    const [provider] = providers('{ kind: openai, base_url: "https://evil.example/v1" }')
    expect(provider?.keyReferences).toEqual([])
  })

  it.each([
    '{ kind: openai }',
    '{ kind: openai, base_url: "https://eu.api.openai.com/v1", api_keys: ["${TEAM_KEY}"] }',
    '{ kind: openai-compatible, base_url: "https://api.mistral.ai/v1", quirks: mistral, api_keys: ["${MISTRAL_API_KEY}"] }',
    '{ preset: deepseek, api_keys: ["file:deepseek.key"] }',
    '{ preset: gemini-openai, api_keys: ["${GOOGLE_API_KEY}"] }',
    '{ preset: ollama, base_url: "http://localhost:11434/v1" }',
    '{ kind: openai-compatible, base_url: "http://127.0.0.1:8000/v1", api_keys: ["${MY_LOCAL_KEY}"] }',
    '{ kind: simulated }',
  ])('needs no consent for %s', (text) => {
    expect(trustProblemsOf(providers(text))).toEqual([])
  })
})

describe('the hash that is remembered', () => {
  const base = '{ kind: openai, base_url: "https://x.example/v1", api_keys: ["${A}"] }'
  const hash = (text: string, dir = '/repo'): string => trustHash(providers(text), dir)

  it('stays the same when something else of the config changes', () => {
    expect(hash(base.replace(' }', ', max_concurrency: 3 }'))).toBe(hash(base.replace(' }', ', max_concurrency: 4 }')))
  })

  it.each([
    ['the host', base.replace('x.example', 'y.example')],
    ['the path', base.replace('/v1', '/v2')],
    ['the key', base.replace('${A}', '${B}')],
    ['the kind', base.replace('kind: openai', 'kind: openai-compatible')],
  ])('changes with %s', (_what, text) => {
    expect(hash(text)).not.toBe(hash(base))
  })

  it('is about one project only', () => {
    expect(hash(base, '/elsewhere')).not.toBe(hash(base))
  })
})

describe('a config that says whose tokens count', () => {
  function keySets(place: string): ReturnType<typeof declaredKeySets> {
    const text = `auth: { jwt: [{ name: corp, issuer: i, audience: a, algorithms: [RS256], ${place} }] }`
    const { config } = check(text)
    if (config === undefined) throw new Error('not valid')
    return declaredKeySets(config)
  }

  it('needs consent before any host is asked for keys', () => {
    expect(keySetProblemsOf(keySets('jwks_url: "https://evil.example/keys?a=b"'))).toEqual([
      {
        provider: 'corp',
        host: 'evil.example',
        what: 'key_set',
        references: [],
        why: 'keys from evil.example would decide whose tokens are accepted',
      },
    ])
  })

  it.each(['jwks_url: "http://127.0.0.1:9000/keys"', 'jwks_url: "https://localhost/keys"', 'keys_file: keys.pem'])(
    'needs none for %s',
    (place) => {
      expect(keySetProblemsOf(keySets(place))).toEqual([])
    },
  )

  it('is another config to confirm with another host, and the same without key sets', () => {
    const [one, two] = ['https://a.example/k', 'https://b.example/k'].map((url) => keySets(`jwks_url: "${url}"`))
    expect(trustHash([], '/p', one)).not.toBe(trustHash([], '/p', two))
    expect(trustHash([], '/p', [])).toBe(trustHash([], '/p'))
  })
})
