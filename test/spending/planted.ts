import { createHmac, randomBytes } from 'node:crypto'

const some = (prefix: string, length = 40): string => prefix + randomBytes(length).toString('hex').slice(0, length)

/** A token as an identity provider would have signed it. */
function token(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: some('user-'), exp: 4_102_444_800 })}`
  return `${body}.${createHmac('sha256', randomBytes(32)).update(body).digest('base64url')}`
}

function privateKey(): string {
  const lines = randomBytes(360).toString('base64').replaceAll(/.{64}/gu, '$&\n')
  const marker = (word: string): string => `-----${word} PRIVATE KEY-----`
  return `${marker('BEGIN')}\n${lines}\n${marker('END')}`
}

/** Secrets of the forms that people paste, each used in one place only, so that a leak names its way out. */
export const PLANTED = {
  providerKey: some('sk-proj-'),
  secondProviderKey: some('sk-proj-'),
  environment: some(''),
  bearer: some('sk-ant-api03-'),
  apiKeyHeader: some('sk-proj-'),
  googleHeader: some('AIza', 35),
  foreignToken: token(),
  cookie: some('ghp_', 36),
  query: some('sk-proj-'),
  path: some('sk-proj-'),
  targetUserinfo: some('', 32),
  model: some('sk-proj-'),
  geminiModel: some('sk-proj-'),
  tier: some('sk-proj-'),
  policy: some('sk-proj-'),
  user: some('sk-proj-'),
  bodyUser: some('ghp_', 36),
  project: some('sk-proj-'),
  tag: some('sk-proj-'),
  session: some('sk-proj-'),
  alias: some('sk-proj-'),
  prompt: some('sk-proj-'),
  promptPassword: some('', 28),
  promptToken: token(),
  promptUrl: some('', 28),
  promptAws: `AKIA${randomBytes(16)
    .toString('hex')
    .toUpperCase()
    .replaceAll(/[^A-Z]/gu, 'Q')
    .slice(0, 16)}`,
  promptPrivateKey: privateKey(),
  system: some('sk-ant-api03-'),
  toolArgument: some('sk-proj-'),
  toolName: some('sk-proj-'),
  parameterName: some('sk-proj-'),
  parameterValue: some('sk-proj-'),
  metadata: some('sk-proj-'),
  brokenBody: some('sk-proj-'),
  host: some('sk-proj-'),
  origin: some('sk-proj-'),
  answer: some('sk-proj-'),
  providerError: some('sk-proj-'),
  brokenInside: some('sk-proj-'),
  crash: some('sk-proj-'),
  rejection: some('sk-proj-'),
} as const

/** Words of prompts that are no secrets, and still belong neither into the ledger nor into the audit log. */
export const PROSE = 'the quarterly heron report of aunt Wilhelmina'

/** Where of a text a secret is found: as it is, or as programs write it. */
export function leaksIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets).flatMap(([place, secret]) =>
    formsOf(secret).some((form) => text.includes(form)) ? [place] : [],
  )
}

/** A long middle part, so that a cut or decorated secret is found too; and what encoders make of it. */
function formsOf(secret: string): string[] {
  const core = coreOf(secret)
  const bytes = Buffer.from(core)
  const base64 = [0, 1, 2].map((lead) =>
    Buffer.concat([Buffer.alloc(lead), bytes])
      .toString('base64')
      .slice(4, -4),
  )
  return [core, bytes.toString('hex'), ...base64, bytes.toString('utf16le')]
}

function coreOf(secret: string): string {
  const from = Math.max(0, Math.floor(secret.length / 2) - 10)
  return secret.slice(from, from + 20).replaceAll('\n', '')
}
