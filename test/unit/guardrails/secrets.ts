import * as fc from 'fast-check'

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'.split('')
const LOWER_HEX = '0123456789abcdef'.split('')
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.split('')
const DIGITS = '0123456789'.split('')

function run(alphabet: readonly string[], length: number): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length }).map((list) => list.join(''))
}

function keyed(prefix: string, body: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return body.map((text) => `${prefix}${text}`)
}

/** Made from a seed, as code hosts refuse commits that hold realistic keys. */
export const SECRETS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  openai: keyed(['sk', 'proj', ''].join('-'), run(ALNUM, 48)),
  anthropic: keyed(['sk', 'ant', 'api03', ''].join('-'), run(ALNUM, 93)),
  google: keyed('AIza', run(ALNUM, 35)),
  groq: keyed('gsk_', run(ALNUM, 52)),
  huggingface: keyed('hf_', run(ALNUM, 34)),
  gateway: keyed('gw_dev_', run(ALNUM, 49)),
  aws: keyed('AKIA', run(BASE32, 16)),
  github: keyed('ghp_', run(ALNUM, 36)),
  slack: fc.tuple(run(DIGITS, 11), run(ALNUM, 24)).map(([id, key]) => `xoxb-${id}-${key}`),
  stripe: keyed('sk_live_', run(ALNUM, 24)),
  databricks: keyed('dapi', run(LOWER_HEX, 32)),
  jwt: fc.tuple(run(ALNUM, 40), run(ALNUM, 40)).map(([subject, signature]) => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: subject })}.${signature}`
  }),
  privateKey: run(ALNUM, 400).map((body) => {
    const marker = (word: string): string => `-----${word} RSA PRIVATE KEY-----`
    return `${marker('BEGIN')}\n${body.replaceAll(/.{64}/gu, '$&\n')}\n${marker('END')}`
  }),
}

export const anySecret: fc.Arbitrary<string> = fc.oneof(...Object.values(SECRETS))
