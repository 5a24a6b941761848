import { describe, expect, it } from 'vitest'
import { issuerName } from '../../../src/config/issuer-name.ts'
import { check, listed, shown } from './check.ts'

const URL_PLACE = 'jwks_url: "https://id.example/keys"'

function jwt(more: string, base = `issuer: i, audience: a, algorithms: [RS256], ${URL_PLACE}`): string {
  return `auth: { jwt: [{ ${[base, more].filter((part) => part !== '').join(', ')} }] }`
}

describe('issuers of tokens', () => {
  it.each([
    ['the least', jwt('')],
    ['a local file', jwt('', 'issuer: i, audience: [a, b], algorithms: [EdDSA, Ed25519], keys_file: keys.pem')],
    [
      'plain http on this machine',
      jwt('', 'issuer: i, audience: a, algorithms: [ES256], jwks_url: "http://[::1]:9/k"'),
    ],
    [
      'an address with a query',
      jwt('', 'issuer: i, audience: a, algorithms: [ES256], jwks_url: "https://x.example/k?p=1"'),
    ],
    [
      'a private address that is meant',
      jwt('private_network: true', 'issuer: i, audience: a, algorithms: [ES256], jwks_url: "https://10.0.0.1/k"'),
    ],
    [
      'a whole mapping',
      `budgets: [{ name: team, scope: key, limit: 1 USD, window: day }]\n${jwt(
        'clock_tolerance: 5m, claims: { user: email, groups: realm_access.groups, tier: { claim: "https://x.example/tier", default: free }, budgets: { default: [team] } }, allow: { models: [gpt-*], max_tier: standard, policies: [cheapest], hints: [tier], budgets: team }',
      )}`,
    ],
  ])('are valid with %s', (_what, text) => {
    expect(listed(check(text))).toEqual([])
  })

  it.each([
    [
      'a symmetric algorithm',
      jwt('', `issuer: i, audience: a, algorithms: [HS256], ${URL_PLACE}`),
      'must be one of RS256',
    ],
    ['no signature', jwt('', `issuer: i, audience: a, algorithms: [none], ${URL_PLACE}`), 'must be one of RS256'],
    ['no algorithm', jwt('', `issuer: i, audience: a, algorithms: [], ${URL_PLACE}`), 'must not be empty'],
    ['no audience', jwt('', `issuer: i, algorithms: [RS256], ${URL_PLACE}`), 'has no "audience"'],
    ['an empty audience', jwt('', `issuer: i, audience: [], algorithms: [RS256], ${URL_PLACE}`), 'expected a text'],
    ['no issuer', jwt('', `audience: a, algorithms: [RS256], ${URL_PLACE}`), 'has no "issuer"'],
    ['no place of keys', jwt('', 'issuer: i, audience: a, algorithms: [RS256]'), 'neither "jwks_url" nor "keys_file"'],
    ['two places of keys', jwt('keys_file: k'), 'both "jwks_url" and "keys_file"'],
    [
      'plain http',
      jwt('', 'issuer: i, audience: a, algorithms: [RS256], jwks_url: "http://x.example/j"'),
      'must be an https URL',
    ],
    ['no URL', jwt('', 'issuer: i, audience: a, algorithms: [RS256], jwks_url: keys'), 'must be an https URL'],
    [
      'a metadata address',
      jwt('', 'issuer: i, audience: a, algorithms: [RS256], jwks_url: "https://169.254.169.254/k"'),
      'never called',
    ],
    [
      'a private address',
      jwt('', 'issuer: i, audience: a, algorithms: [RS256], jwks_url: "https://10.0.0.1/k"'),
      'is a private address',
    ],
    [
      'a password in the URL',
      jwt('', 'issuer: i, audience: a, algorithms: [RS256], jwks_url: "https://u:p@x.example/k"'),
      'no user or password',
    ],
    ['too much tolerance', jwt('clock_tolerance: 6m'), 'expected at most 5m'],
    ['a name that could not be part of a key id', jwt('name: "a:b"'), 'expected up to 64 letters'],
    ['an unknown target', jwt('claims: { group: groups }'), 'unknown key "group"'],
    ['a claim of no name', jwt('claims: { tier: a..b }'), 'is no way to a claim'],
    ['a rule without content', jwt('claims: { tier: {} }'), 'neither "claim" nor "default"'],
    ['two defaults of one value', jwt('claims: { tier: { default: [free, premium] } }'), 'must be one text'],
    ['an unknown tier', jwt('allow: { max_tier: gold }'), 'unknown tier "gold"'],
    ['an unknown default tier', jwt('claims: { tier: { claim: t, default: gold } }'), 'unknown tier "gold"'],
    ['an unknown policy', jwt('allow: { policies: [x] }'), 'unknown policy "x"'],
    ['an unknown budget', jwt('allow: { budgets: [x] }'), 'unknown budget "x"'],
    ['an unknown model', jwt('allow: { models: [gpt-5.4-mni] }'), 'unknown model "gpt-5.4-mni"'],
    ['an unknown hint', jwt('allow: { hints: [key] }'), 'must be one of tier'],
  ])('are refused with %s', (_what, text, expected) => {
    const validated = check(text)
    expect(validated.config).toBeUndefined()
    expect(listed(validated).join('\n')).toContain(expected)
  })

  it('must differ in "iss" and in name, of which the first that fails is told', () => {
    const two = (second: string): string =>
      `auth: { jwt: [{ issuer: "https://a.example", audience: a, algorithms: [RS256], ${URL_PLACE} }, { ${second}, audience: b, algorithms: [RS256], ${URL_PLACE} }] }`
    expect(shown(check(two('issuer: "https://a.example", name: b')))).toContain(
      'issuer "https://a.example" is there twice',
    )
    expect(shown(check(two('issuer: "https://b.example", name: a.example')))).toContain(
      'issuer name "a.example" is there twice',
    )
    expect(listed(check(two('issuer: "https://b.example"')))).toEqual([])
  })

  it('have a name of the form that key ids need, whatever their "iss"', () => {
    expect(issuerName('https://id.example.com/realms/main/')).toBe('id.example.com-realms-main')
    for (const text of ['urn:x:y', '::', 'ü', 'https://', 'x'.repeat(200)])
      expect(issuerName(text)).toMatch(/^[A-Za-z0-9][\w.-]{0,63}$/)
  })
})
