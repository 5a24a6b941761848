import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/guardrails/redactor.ts'
import type { RedactionProfile } from '../../../src/guardrails/redactor.ts'
import { anySecret } from './secrets.ts'

function redactor(profile: RedactionProfile = 'strict', knownValues: readonly string[] = []) {
  return createRedactor({ profile, knownValues, salt: 'salt' })
}

describe('redaction', () => {
  it('gives the same value the same placeholder within a session, and numbers the next', () => {
    const session = redactor().session('s1')
    expect(session.text('a@x.example, b@x.example, a@x.example')).toBe('[EMAIL_1], [EMAIL_2], [EMAIL_1]')
    expect(redactor().session('s1').text('b@x.example')).toBe('[EMAIL_1]')
    expect(session.hits).toEqual({ EMAIL: 3 })
  })

  it('keeps numbering over the exchanges of a session and starts anew in another', () => {
    const shared = redactor()
    expect(shared.session('s1').text('a@x.example')).toBe('[EMAIL_1]')
    expect(shared.session('s1').text('b@x.example')).toBe('[EMAIL_2]')
    expect(shared.session('s2').text('b@x.example')).toBe('[EMAIL_1]')
  })

  it('takes known values before patterns', () => {
    const session = redactor('secrets', ['plain-known-value']).session('s')
    expect(session.text('use plain-known-value here')).toBe('use [SECRET_1] here')
  })

  it('leaves personal data in the profile `secrets`', () => {
    expect(redactor('secrets').session('s').text('a@x.example')).toBe('a@x.example')
  })

  it('goes into nested JSON, member names, and texts whose member name gives them away', () => {
    const session = redactor().session('s')
    const inner = JSON.stringify({ password: 'correct horse', note: 'a@x.example' })
    const redacted = session.json({ args: inner, 'b@x.example': 1, apiKey: 'short', card: 4111111111111111 })
    expect(redacted).toEqual({
      args: '{"password":"[PASSWORD_1]","note":"[EMAIL_1]"}',
      '[EMAIL_2]': 1,
      apiKey: '[PASSWORD_2]',
      card: '[CARD_1]',
    })
  })

  it('leaves JSON text as it is when there is nothing to take out', () => {
    const text = '{ "a": 1,\n  "b": [ 2 ] }'
    expect(redactor().session('s').json(text)).toBe(text)
  })

  it('keeps only the outline in the profile `shape`', () => {
    const session = redactor('shape').session('s')
    expect(session.text('Hello, World 42!\n你好 a@x.example')).toBe('Xxxxx. Xxxxx 00.\n文文 [EMAIL_1]')
    expect(session.json('{"q": "Where", "n": [1]}')).toBe('{"x":"Xxxxx","x_1":[1]}')
    expect(session.name('get_weather')).toBe('get_weather')
  })

  it('changes nothing more when run on its own result', () => {
    const text = fc.array(
      fc.oneof(anySecret, fc.string({ maxLength: 20 }), fc.constantFrom('password: ', ' a@x.example ')),
    )
    fc.assert(
      fc.property(text, (parts) => {
        const session = redactor().session('s')
        const once = session.text(parts.join(' '))
        expect(session.text(once)).toBe(once)
      }),
      { seed: 17, numRuns: 200 },
    )
    const session = redactor().session('s')
    const once = session.text(`password:  ' AKIA${'A'.repeat(16)}`)
    expect(once).toBe("password:  ' [API_KEY_1]")
    expect(session.text(once)).toBe(once)
    const mailed = session.text("password:  '# a@x.example ")
    expect(mailed).toBe("password:  '# [EMAIL_1] ")
    expect(session.text(mailed)).toBe(mailed)
  })
})

describe('the second look at a finished line', () => {
  it('names what is still there, in the raw line and in its values', () => {
    const check = redactor('strict', ['known-secret-value'])
    expect(check.leaks(JSON.stringify({ a: 'x known-secret-value' }))).toEqual(['SECRET'])
    expect(check.leaks(JSON.stringify({ a: JSON.stringify({ token: 'Zq8!kLm2pR' }) }))).toEqual(['PASSWORD'])
    expect(check.leaks(JSON.stringify({ a: 'a@x.example' }))).toEqual(['EMAIL'])
  })

  it('does not take times and counts for cards', () => {
    expect(redactor().leaks(JSON.stringify({ now: 1730728888112, n: 4111111111111111 }))).toEqual([])
  })
})
