import { describe, expect, it } from 'vitest'
import { check, listed, shown } from './check.ts'

describe('a config is plain data', () => {
  it.each([
    ['anchors and aliases', 'tiers: &t [a]\naliases: *t', 'anchors and aliases are not supported'],
    ['tags', 'tiers: !!js/function "function(){}"', 'the tag "!!js/function" is not supported'],
    ['keys written twice', 'tiers: [a]\ntiers: [b]', 'the key "tiers" stands twice in one map'],
    ['two documents', 'version: 1\n---\nversion: 1\n', 'a config is one document'],
    ['keys that are no text', '? [a]\n: 1\n', 'keys must be plain text'],
    ['broken syntax', 'tiers: [a, b\nrouting: {}', 'not valid YAML'],
  ])('refuses %s', (_what, text, expected) => {
    const validated = check(text)
    expect(validated.config).toBeUndefined()
    expect(listed(validated).join('\n')).toContain(expected)
  })

  it('is not blown up by an alias bomb', () => {
    const levels = Array.from({ length: 30 }, (_, level) =>
      level === 0 ? 'a0: &a0 [x, x]' : `a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`,
    )
    const validated = check(levels.join('\n'))
    expect(validated.config).toBeUndefined()
    expect(shown(validated)).toContain('anchors and aliases are not supported')
  })

  it('takes a merge key for the unknown key that it is', () => {
    expect(listed(check('routing: { <<: { sticky: off } }')).join()).toContain('unknown key "<<" in "routing"')
  })

  it('reads "yes", "no" and "off" as text, not as booleans', () => {
    expect(check('routing: { sticky: off }').config?.routing?.sticky).toBe('off')
  })

  it.each([
    ['a file over a mebibyte', `# ${'x'.repeat(1_048_576)}\nversion: 1`, 'larger than 1024 KiB'],
    ['deep nesting in brackets', `tiers: ${'['.repeat(100_000)}`, 'nested more than 40 levels'],
    ['deep nesting by dashes', `tiers:\n  ${'- '.repeat(50_000)}x`, 'nested more than 40 levels'],
    [
      'deep nesting by indentation',
      Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      'nested more than 40 levels',
    ],
  ])('refuses %s without parsing it', (_what, text, expected) => {
    expect(listed(check(text)).join('\n')).toContain(expected)
  })

  it('treats a key named __proto__ like any other unknown key', () => {
    const validated = check('__proto__: { polluted: true }')
    expect(listed(validated)).toEqual(['config_unknown_key 1:1 unknown key "__proto__"'])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

describe('JSON configs', () => {
  it('are read with the same checks and places, indented with tabs too', () => {
    const text = '{\n\t"routing": {\n\t\t"default_polcy": "best"\n\t}\n}'
    expect(listed(check(text, 'gateway.json'))).toEqual([
      'config_unknown_key 3:3 unknown key "default_polcy" in "routing"',
    ])
  })

  it('are valid with a $schema', () => {
    expect(check('{"$schema": "./gateway.schema.json", "version": 1}', 'gateway.json').config).toEqual({
      $schema: './gateway.schema.json',
      version: 1,
    })
  })
})

describe('an empty config', () => {
  it.each(['', '# only a comment\n', '{}', 'version: 1'])('%j is valid', (text) => {
    expect(check(text).problems).toEqual([])
    expect(check(text).config).toBeDefined()
  })
})

describe('secrets in a config', () => {
  const literal = `sk-${Array.from({ length: 40 }, (_, index) => 'abcdefghij0123456789'[(index * 7) % 20]).join('')}`

  it.each([
    ['as a key', `providers: { openai: { kind: openai, api_keys: ["${literal}"] } }`],
    ['as a key without quotes', `providers:\n  openai:\n    kind: openai\n    api_keys: [${literal}]`],
    ['beside another mistake', `providers: { openai: { kind: opnai, api_keys: ["${literal}"], foo: 1 } }`],
    ['in a misspelt field', `providers: { openai: { kind: openai, api_key: ${literal} } }`],
    ['in a broken file', `providers: { openai: { api_keys: ["${literal}"], kind: [ } }`],
    [
      'in a base_url',
      `providers: { x: { kind: openai-compatible, base_url: "https://user:${literal}@x.example/v1" } }`,
    ],
  ])('%s never show in an error', (_where, text) => {
    const validated = check(text)
    expect(validated.config).toBeUndefined()
    const everything = `${shown(validated)}\n${JSON.stringify(validated.problems)}`
    expect(everything).not.toContain(literal)
    expect(everything).not.toContain(literal.slice(0, 20))
  })

  it('are answered with the reference to write instead', () => {
    const report = shown(check(`providers: { openai: { kind: openai, api_keys: ["${literal}"] } }`))
    expect(report).toContain('error config_literal_secret  provider "openai" has a key written into the file')
    expect(report).toContain('write "${OPENAI_API_KEY}"')
  })

  it.each(['${OPENAI_API_KEY}', 'file:openai.key', 'file:/run/secrets/openai'])(
    'may be referred to by %s',
    (reference) => {
      expect(check(`providers: { openai: { kind: openai, api_keys: ["${reference}"] } }`).problems).toEqual([])
    },
  )

  it.each(['$OPENAI_API_KEY', '${A}${B}', 'key-${A}', '${A:-default}', 'file:'])('are not hidden in %s', (text) => {
    expect(listed(check(`providers: { openai: { kind: openai, api_keys: ['${text}'] } }`)).join()).toContain(
      'config_literal_secret',
    )
  })
})

describe('targets', () => {
  it.each([
    'ftp://x.example/v1',
    'http://169.254.169.254/latest',
    'http://2852039166/v1',
    'http://[fe80::1]/v1',
    'http://[::ffff:169.254.169.254]/v1',
    'http://metadata.google.internal/v1',
    'http://0.0.0.0:8000/v1',
    'https://x.example/v1?key=1',
    'https://user@x.example/v1',
    'https://${HOST}/v1',
    'not a url',
  ])('%s is refused', (url) => {
    const validated = check(`providers: { x: { kind: openai-compatible, base_url: '${url}' } }`)
    expect(listed(validated).join()).toContain('"x" has a base_url that can not be used')
  })

  it.each(['https://api.x.example/v1', 'http://127.0.0.1:8000/v1', 'http://[::1]:8000/v1', 'http://10.1.2.3/v1'])(
    '%s is accepted',
    (url) => {
      expect(check(`providers: { x: { kind: openai-compatible, base_url: '${url}' } }`).problems).toEqual([])
    },
  )

  it('simulated providers have none', () => {
    expect(listed(check('providers: { s: { kind: simulated, base_url: "https://x.example" } }')).join()).toContain(
      'provider "s" is simulated, so it has no "base_url"',
    )
  })
})
