import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeFindings } from '../../../src/guardrails/finding.ts'
import { findEncodedSecrets } from '../../../src/guardrails/encoded.ts'
import { findPersonalData } from '../../../src/guardrails/find-personal-data.ts'
import { findSecrets } from '../../../src/guardrails/find-secrets.ts'
import { KeywordScan } from '../../../src/guardrails/keyword-scan.ts'
import { KnownValues, secretsOfEnvironment } from '../../../src/guardrails/known-values.ts'
import { anySecret, SECRETS } from './secrets.ts'

const FIXTURES = join(import.meta.dirname, '..', '..', '..', 'fixtures')

/** Characters of the secret that no finding covers. */
function leftOver(text: string, secret: string, findings: readonly { start: number; end: number }[]): string {
  const start = text.indexOf(secret)
  const covered = (at: number): boolean => findings.some((finding) => finding.start <= at && at < finding.end)
  return secret
    .split('')
    .filter((_, index) => !covered(start + index))
    .join('')
}

describe('secrets by their form', () => {
  it.each(Object.entries(SECRETS))('%s keys are found whole, in prose, code, JSON and URLs', (_name, secret) => {
    const around = fc.constantFrom(
      (key: string) => key,
      (key: string) => `my key is ${key}.`,
      (key: string) => `export API=${key}\n`,
      (key: string) => `curl -H "x: ${key}" https://api.example.com`,
      (key: string) => `https://api.example.com/v1?x=${key}&y=1`,
      (key: string) => `text before\n${key}\ntext after`,
      (key: string) => `(${key})`,
    )
    fc.assert(
      fc.property(secret, around, (key, wrap) => {
        const text = wrap(key)
        expect(leftOver(text, key, findSecrets(text))).toBe('')
      }),
      { seed: 3, numRuns: 60 },
    )
  })

  it.each([
    ['password: Tr0ub4dor&3', 'Tr0ub4dor&3'],
    ['"db_password": "s3cret-value"', 's3cret-value'],
    [String.raw`{\"client_secret\":\"9f8e7d6c5b4a\"}`, '9f8e7d6c5b4a'],
    ['Authorization: Bearer abcdef0123456789', 'abcdef0123456789'],
    ['postgres://app:hunter22@db.internal:5432/x', 'hunter22'],
    ['https:\\/\\/user:p4ssw0rd\\@'.replace('\\@', '@') + 'host.example', 'p4ssw0rd'],
    ['https://x.example/cb?access_token=9a8b7c6d5e4f&state=1', '9a8b7c6d5e4f'],
    ['AccountKey=Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==;', 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA=='],
  ])('finds what stands behind its name: %s', (text, secret) => {
    expect(leftOver(text, secret, findSecrets(text))).toBe('')
  })

  it.each([
    'password: <your password>',
    'api_key = "YOUR_API_KEY_HERE"',
    'token = os.environ["TOKEN"]',
    'const token = await getToken()',
    'Set OPENAI_API_KEY=${OPENAI_API_KEY}',
    'the secret: always be kind to people',
    'max_tokens: 4096',
    'pip install sk-learn-contrib-packages',
    'password = settings.SECRET_VALUE',
  ])('leaves documentation and code alone: %s', (text) => {
    expect(findSecrets(text)).toEqual([])
  })

  it('finds nothing in 120 ordinary prompts and 1,200 answers', () => {
    const names = ['zeroeval-gsm', 'zeroeval-crux'].flatMap((name) => [`${name}.jsonl`, `${name}.alts.jsonl`])
    const lines = names.flatMap((name) => readFileSync(join(FIXTURES, name), 'utf8').trim().split('\n'))
    expect(lines.length).toBeGreaterThan(1_200)
    expect(lines.filter((line) => findSecrets(line).length > 0)).toEqual([])
  })

  it('finds keys inside base64, wherever the encoding starts', () => {
    fc.assert(
      fc.property(
        anySecret,
        fc.string({ maxLength: 20 }),
        fc.constantFrom('', '/a', 'data:text/plain;base64,'),
        (key, lead, path) => {
          const encoded = Buffer.from(`${lead}\n${key}\n`).toString('base64')
          const text = `see ${path}${encoded} there`
          expect(leftOver(text, encoded.slice(0, -4), findEncodedSecrets(text))).toBe('')
        },
      ),
      { seed: 5, numRuns: 200 },
    )
  })

  it('does not slow down on text made of its own keywords', () => {
    const hostile = ['sk-', 'eyJ-', 'password=', '://', 'bearer ', '-----BEGIN '].map((part) => part.repeat(4_000))
    for (const text of hostile) expect(findSecrets(text).length).toBeLessThan(text.length)
  })
})

describe('keyword scan', () => {
  it('finds what a plain search finds', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 })
    const text = fc.string({ unit: fc.constantFrom('a', 'B', 'c', 'é'), maxLength: 40 })
    fc.assert(
      fc.property(fc.uniqueArray(letters, { minLength: 1, maxLength: 6 }), text, (keywords, input) => {
        const found: string[] = []
        new KeywordScan(keywords).scan(input, (keyword, start) => found.push(`${start}:${keywords[keyword]}`))
        const lower = input.toLowerCase()
        const wanted = keywords.flatMap((keyword) =>
          lower.split('').flatMap((_, at) => (lower.startsWith(keyword, at) ? [`${at}:${keyword}`] : [])),
        )
        expect(found.sort()).toEqual(wanted.sort())
      }),
      { seed: 9, numRuns: 500 },
    )
  })
})

describe('personal data', () => {
  it.each([
    ['EMAIL', 'write to ada.lovelace+x@mail.example.co.uk please', 'ada.lovelace+x@mail.example.co.uk'],
    ['EMAIL', 'mailto%3Abob%40example.com', 'bob%40example.com'],
    ['CARD', 'card4111111111111111x', '4111111111111111'],
    ['CARD', 'fee4111111111111111', '4111111111111111'],
    ['CARD', 'card 4111 1111 1111 1111 exp 12/27', '4111 1111 1111 1111'],
    ['IBAN', 'IBAN DE89 3704 0044 0532 0130 00 BIC', 'DE89 3704 0044 0532 0130 00'],
    ['PHONE', 'call +49 170 1234567 now', '+49 170 1234567'],
    ['PHONE', 'call (212) 555-0123 now', '(212) 555-0123'],
    ['IP', 'from 203.0.113.77:443', '203.0.113.77'],
    ['IP', 'from 2001:db8::8a2e:370:7334 today', '2001:db8::8a2e:370:7334'],
  ])('%s in "%s"', (type, text, value) => {
    const found = mergeFindings(findPersonalData(text))
    expect(found.map((item) => item.type)).toEqual([type])
    expect(leftOver(text, value, found)).toBe('')
  })

  it.each([
    'card 4111 1111 1111 1112', // wrong check digit
    'IBAN GB82 WEST 1234 5698 7654 33', // wrong check digits
    // Hashes with right check digits: of no country, and longer than one of its country.
    'ef988000000000000000000000000068',
    'de89370400440532013000ab12cd34ef',
    'key bd4111111111111111811de5eb432db0', // digits of a hash
    'version 1.2.3 of 2024-11-04 at 12:30:45',
    'std::vector<int> and a::b',
    '1730728888112 ms and 999.999.999.999',
    'call 555-0123',
    'at 127.0.0.1',
  ])('nothing in "%s"', (text) => {
    expect(findPersonalData(text)).toEqual([])
  })
})

describe('known values', () => {
  const value = 'tiger"lily/42 +ü'
  it.each([
    ['plain', value],
    ['inside JSON', JSON.stringify({ a: value })],
    ['inside JSON inside JSON', JSON.stringify(JSON.stringify({ a: value }))],
    ['in a URL', `https://x.example/?q=${encodeURIComponent(value)}`],
    ['base64', Buffer.from(`id:${value};`).toString('base64')],
    ['base64, shifted by one', Buffer.from(`xid:${value};`).toString('base64')],
    ['base64, shifted by two', Buffer.from(`xxid:${value};`).toString('base64url')],
  ])('%s', (_name, text) => {
    expect(new KnownValues([value]).find(text).length).toBeGreaterThan(0)
  })

  it('does not search values that are too short to mean anything', () => {
    expect(new KnownValues(['abc']).find('abc abc')).toEqual([])
  })

  it('takes secrets from the environment by the names of the variables', () => {
    const env = {
      OPENAI_API_KEY: 'value-one-1',
      DB_PASSWORD: 'value-two-2',
      HOME: '/home/someone',
      SSH_AUTH_SOCK: '/tmp/agent-socket',
      KEY_FILE: '/etc/key-file',
      MAX_TOKEN: '1234567890',
    }
    expect(secretsOfEnvironment(env).sort()).toEqual(['value-one-1', 'value-two-2'])
  })
})
