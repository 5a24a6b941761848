import { GatewayError } from '../wire/errors.ts'
import { isKeyShaped, isOwnPrefix, keyDigest, MIN_SECRET_LENGTH } from './key-format.ts'
import { eventOf, grantFacts, type Act } from './key-events.ts'
import { checked, type NewKey, type SecretFacts } from './key-life.ts'
import { isName, isText } from './names.ts'
import { NO_SCOPES, type KeyRecord } from './key-types.ts'
import type { ImportRow } from './import-rows.ts'
import type { KeyChange, KeyState } from './ports.ts'

/** A key that another gateway gave out. */
export interface ImportedKey {
  readonly line: number
  readonly spec: Omit<NewKey, 'id'>
  readonly secret: SecretFacts
}

const MEMBERS = ['alias', 'secret', 'sha256', 'owner', 'deployment', 'user', 'project', 'groups'] as const
/** Fewer different characters than this are no random secret, whatever its length. */
const MIN_DIFFERENT = 10
const MAX_SHOWN = 10

/**
 * The keys of an import file. All mistakes are told at once, each with its line; none repeats what stands there, as it may
 * be a secret in the wrong column.
 */
export function importedKeys(rows: readonly ImportRow[]): readonly ImportedKey[] {
  const mistakes: string[] = []
  const keys: ImportedKey[] = []
  for (const row of rows) {
    const found = importedKey(row)
    if (typeof found === 'string') mistakes.push(`line ${row.line}: ${found}`)
    else keys.push(found)
  }
  mistakes.push(...twice(keys))
  if (mistakes.length > 0) throw importError(mistakes)
  if (keys.length === 0) throw importError(['no key in it'])
  return keys
}

/** All of them or none. */
export function importKeys(state: KeyState, keys: readonly ImportedKey[], act: Act & { makeId(): string }): KeyChange {
  const digests = new Set(state.keys.flatMap(({ secrets }) => secrets.map(({ digest }) => digest)))
  const mistakes: string[] = []
  const records: KeyRecord[] = []
  for (const { line, spec, secret } of keys) {
    const secrets = [{ ...secret, createdAt: act.at, graceUntil: null }]
    if (digests.has(secret.digest)) mistakes.push(`line ${line}: the secret belongs to a key already`)
    try {
      records.push(checked(state, { ...spec, id: act.makeId(), createdAt: act.at, revokedAt: null, secrets }))
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      mistakes.push(`line ${line}: ${error.message}`)
    }
  }
  if (mistakes.length > 0) throw importError(mistakes)
  return {
    keys: records,
    audit: records.map((after) => eventOf('key.import', { before: null, after }, act, grantFacts(after))),
  }
}

/** The key, or what is wrong with the row. */
function importedKey({ line, members }: ImportRow): ImportedKey | string {
  const unknown = [...members.keys()].filter((name) => !MEMBERS.some((known) => known === name))
  if (unknown.length > 0) return `unknown member; there are ${MEMBERS.join(', ')}`
  const of = (name: (typeof MEMBERS)[number]): string => members.get(name) ?? ''
  if (!isName(of('alias'))) return 'no alias, or one that is not usable as a name'
  const secret = secretOf(of('secret'), of('sha256'))
  if (typeof secret === 'string') return secret
  const text = (name: 'owner' | 'deployment' | 'user' | 'project'): string | null => (of(name) === '' ? null : of(name))
  for (const name of ['owner', 'deployment', 'user', 'project'] as const)
    if (of(name) !== '' && !isText(of(name))) return `the ${name} is not usable`
  const groups = of('groups')
    .split(/[;,]/u)
    .map((group) => group.trim())
  const spec = {
    env: 'live',
    kind: 'user',
    aliases: [of('alias')],
    owner: text('owner'),
    deployment: text('deployment'),
    user: text('user'),
    project: text('project'),
    groups: [...new Set(groups.filter((group) => group !== ''))],
    scopes: NO_SCOPES,
    budgets: [],
    limits: [],
    expiresAt: null,
  } as const
  return { line, spec, secret }
}

function secretOf(secret: string, sha256: string): SecretFacts | string {
  if ((secret === '') === (sha256 === '')) return 'needs either a secret or its sha256'
  if (sha256 !== '') {
    if (!/^[0-9a-f]{64}$/i.test(sha256)) return 'the sha256 must be 64 hexadecimal digits'
    return { digest: sha256.toLowerCase(), lastFour: '' }
  }
  if (secret.length < MIN_SECRET_LENGTH)
    return `the secret has ${secret.length} characters, at least ${MIN_SECRET_LENGTH} are needed: shorter ones can be guessed`
  if (!/^[\u0021-\u007e]+$/.test(secret)) return 'the secret must be printable ASCII without blanks'
  if (new Set(secret).size < MIN_DIFFERENT) return 'the secret is not random'
  if (isOwnPrefix(secret) && !isKeyShaped(secret)) return 'the secret has a typo: its checksum does not fit'
  return { digest: keyDigest(secret).toString('hex'), lastFour: secret.slice(-4) }
}

function twice(keys: readonly ImportedKey[]): readonly string[] {
  const [aliases, digests] = [new Map<string, number>(), new Map<string, number>()]
  return keys.flatMap(({ line, spec, secret }) => {
    const [alias = ''] = spec.aliases
    const [sameAlias, sameSecret] = [aliases.get(alias), digests.get(secret.digest)]
    aliases.set(alias, sameAlias ?? line)
    digests.set(secret.digest, sameSecret ?? line)
    return [
      ...(sameAlias === undefined ? [] : [`line ${line}: the same alias as in line ${sameAlias}`]),
      ...(sameSecret === undefined ? [] : [`line ${line}: the same secret as in line ${sameSecret}`]),
    ]
  })
}

function importError(mistakes: readonly string[]): GatewayError {
  const more = mistakes.length > MAX_SHOWN ? [`and ${mistakes.length - MAX_SHOWN} more`] : []
  const list = [...mistakes.slice(0, MAX_SHOWN), ...more].map((mistake) => `\n  ${mistake}`)
  return new GatewayError('key_invalid', `the import can not be used, so nothing was kept:${list.join('')}`, {
    hint: 'one JSON object a line, or CSV with a header: alias and secret, or alias and sha256',
  })
}
