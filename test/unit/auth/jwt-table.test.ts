import { createHmac, generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  checking,
  claims,
  encode,
  issuerOf,
  jwkOf,
  keyServer,
  makeSigner,
  NOW,
  SECONDS,
  setOf,
  tokenOf,
  type KeyServer,
  type Signer,
} from './jwt-support.ts'

let server: KeyServer
const rsa = makeSigner('RS256')
const ec = makeSigner('ES256')
const ed = makeSigner('EdDSA')
const stranger: Signer = { ...makeSigner('RS256'), kid: rsa.kid }
const [head = '', body = '', signature = ''] = tokenOf(rsa).split('.')

beforeAll(async () => {
  server = await keyServer(setOf(rsa, ec, ed))
})
afterAll(() => server.close())

/** Signed with the text of the public key as shared secret, which a verifier that trusts the header's `alg` accepts. */
function confused(): string {
  const input = `${encode({ alg: 'HS256', kid: rsa.kid })}.${encode(claims())}`
  const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' })
  return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`
}

describe('tokens that are accepted', () => {
  it.each([
    ['RS256', tokenOf(rsa)],
    ['ES256', tokenOf(ec)],
    ['EdDSA', tokenOf(ed)],
    ['an audience list', tokenOf(rsa, claims({ aud: ['other', 'gateway'] }))],
    ['expired 20 s ago', tokenOf(rsa, claims({ exp: SECONDS - 20 }))],
    ['valid in 20 s', tokenOf(rsa, claims({ nbf: SECONDS + 20 }))],
    ['no "typ"', tokenOf(rsa, claims(), { typ: undefined })],
    ['an access token by its "typ"', tokenOf(rsa, claims(), { typ: 'at+jwt' })],
    ['a certificate print, which is no key', tokenOf(rsa, claims(), { 'x5t#S256': 'abc' })],
  ])('%s', async (_what, token) => {
    const { verifier, faults } = await checking(issuerOf(server.url))
    const principal = await verifier.verify(token, NOW)
    expect(faults).toEqual([])
    expect(principal).toMatchObject({ kind: 'user', rights: { keyId: 'jwt:corp:ann', user: 'ann' } })
  })
})

describe('tokens that are refused', () => {
  it.each([
    ['wrong audience', tokenOf(rsa, claims({ aud: 'other' })), { code: 'claim', name: 'aud' }],
    ['no audience', tokenOf(rsa, claims({ aud: undefined })), { code: 'claim', name: 'aud' }],
    ['audience that only begins alike', tokenOf(rsa, claims({ aud: 'gateway2' })), { code: 'claim', name: 'aud' }],
    ['wrong issuer', tokenOf(rsa, claims({ iss: 'https://evil.example' })), { code: 'unknown_issuer' }],
    [
      'an issuer with a slash more',
      tokenOf(rsa, claims({ iss: 'https://id.example.com/' })),
      { code: 'unknown_issuer' },
    ],
    ['no issuer', tokenOf(rsa, claims({ iss: undefined })), { code: 'claim', name: 'iss' }],
    ['issuer list', tokenOf(rsa, claims({ iss: ['https://id.example.com'] })), { code: 'claim', name: 'iss' }],
    ['alg none', `${encode({ alg: 'none', kid: rsa.kid })}.${encode(claims())}.AA`, { code: 'algorithm' }],
    ['alg None', `${encode({ alg: 'None', kid: rsa.kid })}.${body}.${signature}`, { code: 'algorithm' }],
    ['alg confusion', confused(), { code: 'algorithm' }],
    [
      'alg of another kind of key',
      `${encode({ alg: 'ES256', kid: rsa.kid })}.${body}.${signature}`,
      { code: 'unknown_key' },
    ],
    ['alg that the config leaves out', tokenOf(rsa, claims(), { alg: 'RS512' }), { code: 'algorithm' }],
    ['no alg', tokenOf(rsa, claims(), { alg: undefined }), { code: 'malformed' }],
    ['unknown kid', tokenOf(rsa, claims(), { kid: 'other' }), { code: 'unknown_key' }],
    ['no kid', tokenOf(rsa, claims(), { kid: undefined }), { code: 'header', name: 'kid' }],
    ['empty kid', tokenOf(rsa, claims(), { kid: '' }), { code: 'header', name: 'kid' }],
    ['kid of another type', tokenOf(rsa, claims(), { kid: [rsa.kid] }), { code: 'header', name: 'kid' }],
    ['another key under a known kid', tokenOf(stranger), { code: 'signature' }],
    ['expired', tokenOf(rsa, claims({ exp: SECONDS - 31 })), { code: 'expired' }],
    ['no exp', tokenOf(rsa, claims({ exp: undefined })), { code: 'claim', name: 'exp' }],
    ['exp as text', tokenOf(rsa, claims({ exp: String(SECONDS + 600) })), { code: 'claim', name: 'exp' }],
    ['not yet valid', tokenOf(rsa, claims({ nbf: SECONDS + 31 })), { code: 'claim', name: 'nbf' }],
    ['no sub', tokenOf(rsa, claims({ sub: undefined })), { code: 'claim', name: 'sub' }],
    ['empty sub', tokenOf(rsa, claims({ sub: '' })), { code: 'claim', name: 'sub' }],
    ['sub with a line break', tokenOf(rsa, claims({ sub: 'ann\nroot' })), { code: 'claim', name: 'sub' }],
    ['sub that is too long', tokenOf(rsa, claims({ sub: 'a'.repeat(256) })), { code: 'claim', name: 'sub' }],
    ['tampered payload', `${head}.${encode(claims({ sub: 'root' }))}.${signature}`, { code: 'signature' }],
    ['stripped signature', `${head}.${body}.`, { code: 'malformed' }],
    ['two parts', `${head}.${body}`, { code: 'malformed' }],
    ['four parts', `${head}.${body}.${signature}.AA`, { code: 'malformed' }],
    ['a payload that is no JSON', `${head}.${encode('{')}.${signature}`, { code: 'malformed' }],
    ['a payload that is no object', `${head}.${encode('[]')}.${signature}`, { code: 'claim', name: 'iss' }],
    ['standard base64', `${head}.${body}.${signature}==`, { code: 'malformed' }],
    [
      'embedded key',
      tokenOf({ ...stranger, kid: 'mine' }, claims(), { jwk: jwkOf(stranger) }),
      { code: 'header', name: 'key' },
    ],
    ['address of a key', tokenOf(rsa, claims(), { jku: 'https://evil.example/keys' }), { code: 'header', name: 'key' }],
    [
      'address of a certificate',
      tokenOf(rsa, claims(), { x5u: 'https://evil.example/x' }),
      { code: 'header', name: 'key' },
    ],
    ['embedded certificate', tokenOf(rsa, claims(), { x5c: ['AAAA'] }), { code: 'header', name: 'key' }],
    ['unknown extension', tokenOf(rsa, claims(), { crit: ['x'], x: 1 }), { code: 'malformed' }],
    ['known extension', tokenOf(rsa, claims(), { crit: ['b64'], b64: true }), { code: 'header', name: 'crit' }],
    ['a token for something else', tokenOf(rsa, claims(), { typ: 'logout+jwt' }), { code: 'header', name: 'typ' }],
    ['oversized', tokenOf(rsa, claims({ pad: 'x'.repeat(17_000) })), { code: 'too_long' }],
    ['nothing', '', { code: 'malformed' }],
  ])('%s', async (_what, token, fault) => {
    const { verifier, faults } = await checking(issuerOf(server.url))
    expect(await verifier.authenticate(token, NOW)).toMatchObject({ kind: 'denied', keyId: null })
    expect(faults).toEqual([fault])
  })

  it('without one fetch where the header or the issuer alone is wrong', async () => {
    const lonely = await keyServer(setOf(rsa))
    const { verifier } = await checking(issuerOf(lonely.url))
    const bad = [confused(), `${encode({ alg: 'none' })}.${body}.AA`, tokenOf(rsa, claims({ iss: 'x' }))]
    for (const token of [...bad, tokenOf(rsa, claims(), { jku: 'https://evil.example' })]) {
      expect(await verifier.verify(token, NOW)).toBeNull()
    }
    expect(lonely.fetches()).toBe(0)
    await lonely.close()
  })

  it('when one character of any part is another', async () => {
    const { verifier } = await checking(issuerOf(server.url))
    const token = tokenOf(ed)
    expect(await verifier.verify(token, NOW)).not.toBeNull()
    for (let at = 0; at < token.length; at += 7) {
      if (token[at] === '.') continue
      const other = `${token.slice(0, at)}${token[at] === 'A' ? 'Q' : 'A'}${token.slice(at + 1)}`
      expect(await verifier.verify(other, NOW)).toBeNull()
    }
  })
})

describe('keys that are too weak or not for this', () => {
  it.each([
    ['an RSA key of 1024 bits', () => weak(), 'weak'],
    ['a symmetric key', () => ({ kty: 'oct', k: 'c2VjcmV0', kid: 'x', alg: 'HS256' }), 'symmetric'],
    ['a private key', () => ({ ...rsa.privateKey.export({ format: 'jwk' }), kid: rsa.kid }), 'private'],
    ['a key for encryption', () => ({ ...jwkOf(rsa), use: 'enc' }), 'other_use'],
    ['a key for another algorithm', () => ({ ...jwkOf(rsa), alg: 'RSA-OAEP' }), 'other_use'],
    ['a curve that is not known', () => ({ kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' }), 'malformed'],
    ['a point that is not on its curve', () => ({ ...jwkOf(ec), x: encode('a'.repeat(32)) }), 'malformed'],
    ['nonsense', () => null, 'malformed'],
  ])('%s is left out, and the rest of the set is used', async (_what, jwk, flaw) => {
    const own = await keyServer({ keys: [jwk(), jwkOf(ed)] })
    const { verifier, troubles } = await checking(issuerOf(own.url))
    expect(await verifier.verify(tokenOf(rsa), NOW)).toBeNull()
    expect(await verifier.verify(tokenOf(ed), NOW)).not.toBeNull()
    expect(troubles).toEqual([{ kind: 'flaws', flaws: [flaw] }])
    await own.close()
  })

  function weak(): unknown {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    return { ...publicKey.export({ format: 'jwk' }), kid: rsa.kid, alg: 'RS256' }
  }

  it('two keys of one name are none', async () => {
    const twin = { ...makeSigner('RS256'), kid: rsa.kid }
    const own = await keyServer(setOf(rsa, twin))
    const { verifier, faults } = await checking(issuerOf(own.url))
    expect(await verifier.verify(tokenOf(rsa), NOW)).toBeNull()
    expect(faults).toEqual([{ code: 'unknown_key' }])
    await own.close()
  })
})

describe('tokens without a key name', () => {
  const nameless = tokenOf(ed, claims(), { kid: undefined })

  it.each([
    ['one key', [ed], true],
    ['two keys', [ed, rsa], false],
  ])('with a set of %s, where the config allows them', async (_what, signers, accepted) => {
    const own = await keyServer(setOf(...signers))
    const { verifier } = await checking(issuerOf(own.url, { allowMissingKid: true }))
    expect((await verifier.verify(nameless, NOW)) !== null).toBe(accepted)
    expect(await verifier.verify(tokenOf(ed, claims(), { kid: 'other' }), NOW)).toBeNull()
    await own.close()
  })
})
