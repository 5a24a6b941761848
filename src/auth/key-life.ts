import { GatewayError } from '../wire/errors.ts'
import { eventOf, grantFacts, editFacts, nameOf, type Act, type KeyEdit } from './key-events.ts'
import { DEV_KEY_ID, type KeyRecord, type KeySecret } from './key-types.ts'
import { checkName, checkText, invalid } from './names.ts'
import type { KeyChange, KeyState } from './ports.ts'

/** All of a key but its life so far. */
export type NewKey = Omit<KeyRecord, 'createdAt' | 'revokedAt' | 'secrets'>

/** A secret without the secret. */
export type SecretFacts = Pick<KeySecret, 'digest' | 'lastFour'>

const MAX_ALIASES = 64
/** How long a secret that no longer works is remembered, so that the audit log can say which one came. */
const FORGET_AFTER_MS = 90 * 24 * 60 * 60_000

/** A new identity with its first secret. */
export function createKey(state: KeyState, spec: NewKey, secret: SecretFacts, act: Act): KeyChange {
  const record = checked(state, {
    ...spec,
    createdAt: act.at,
    revokedAt: null,
    secrets: [fresh(state, secret, act.at)],
  })
  if (state.keys.some(({ id }) => id === record.id)) throw invalid(`there is a key with the id "${record.id}" already`)
  return { keys: [record], audit: [eventOf('key.create', { before: null, after: record }, act, grantFacts(record))] }
}

/** The old secret works on until the grace is over, the new one at once. Identity, spend and limits stay. */
export function rotateKey(
  state: KeyState,
  id: string,
  next: SecretFacts & { readonly graceMs: number },
  act: Act,
): KeyChange {
  const before = living(state, id, act.at)
  const until = act.at + next.graceMs
  const old = before.secrets
    .map((secret) => ({ ...secret, graceUntil: Math.min(secret.graceUntil ?? Infinity, until) }))
    .filter(({ graceUntil }) => graceUntil > act.at - FORGET_AFTER_MS)
  const record = { ...before, secrets: [fresh(state, next, act.at), ...old] }
  return { keys: [record], audit: [eventOf('key.rotate', { before, after: record }, act, { graceMs: next.graceMs })] }
}

/** For good and at once, with all its secrets. Its names are free again, its id and its spend stay. */
export function revokeKey(state: KeyState, id: string, act: Act): KeyChange {
  const before = existing(state, id)
  if (before.revokedAt !== null) throw invalid(`the key "${nameOf(before)}" is revoked already`)
  const record = { ...before, revokedAt: act.at }
  return { keys: [record], audit: [eventOf('key.revoke', { before, after: record }, act)] }
}

/** Replaces what the edit names. */
export function editKey(state: KeyState, id: string, edit: KeyEdit, act: Act): KeyChange {
  const before = existing(state, id)
  if (before.revokedAt !== null) throw revoked(before)
  const record = checked(state, { ...before, ...edit })
  return { keys: [record], audit: [eventOf('key.set', { before, after: record }, act, editFacts(edit))] }
}

/** One more name that requests of the key may go by. */
export function addAlias(state: KeyState, id: string, alias: string, act: Act): KeyChange {
  const before = existing(state, id)
  if (before.revokedAt !== null) throw revoked(before)
  const record = checked(state, { ...before, aliases: [...before.aliases, alias] })
  return { keys: [record], audit: [eventOf('key.alias.add', { before, after: record }, act, { alias })] }
}

/** Takes a further name away; the first one stays, as spend is booked under it. */
export function removeAlias(state: KeyState, id: string, alias: string, act: Act): KeyChange {
  const before = existing(state, id)
  if (!before.aliases.includes(alias)) throw invalid(`the key "${nameOf(before)}" has no alias "${alias}"`)
  const [name] = before.aliases
  if (name === alias)
    throw invalid(`"${alias}" is the name of the key, not one of its further aliases`, 'its spend is booked under it')
  const record = { ...before, aliases: before.aliases.filter((one) => one !== alias) }
  return { keys: [record], audit: [eventOf('key.alias.remove', { before, after: record }, act, { alias })] }
}

/**
 * The development key with a new secret as its only one: made on first use, given back after it was revoked, or changed
 * because its file was lost. What was set for it stays.
 */
export function issueDevelopmentKey(state: KeyState, spec: NewKey, secret: SecretFacts, act: Act): KeyChange {
  const before = state.keys.find(({ id }) => id === DEV_KEY_ID) ?? null
  if (before === null) return createKey(state, spec, secret, act)
  const secrets = [fresh(state, secret, act.at)]
  const aliases = before.aliases.filter((alias) => !isTaken(state, before.id, alias))
  const expiresAt = before.expiresAt !== null && before.expiresAt <= act.at ? null : before.expiresAt
  const record = checked(state, { ...before, aliases, expiresAt, revokedAt: null, secrets })
  return { keys: [record], audit: [eventOf('key.reissue', { before, after: record }, act)] }
}

/** Everything that must hold of a key before it is kept. */
export function checked(state: KeyState, record: KeyRecord): KeyRecord {
  const { id, aliases, groups, owner, deployment, user, project } = record
  if (aliases.length === 0) throw invalid('a key needs at least one alias', 'name it with `--alias`')
  if (aliases.length > MAX_ALIASES) throw invalid(`a key has at most ${MAX_ALIASES} aliases`)
  if (new Set(aliases).size < aliases.length) throw invalid('a key can not have the same alias twice')
  for (const alias of aliases) {
    checkName('alias', alias)
    if (alias === DEV_KEY_ID && id !== DEV_KEY_ID)
      throw invalid(`the alias "${alias}" belongs to the development key`, 'choose another')
    if (isTaken(state, id, alias))
      throw invalid(`the alias "${alias}" is taken`, 'choose another, or `gateway keys show` whose it is')
  }
  for (const [what, text] of Object.entries({ owner, deployment, user, project }))
    if (text !== null) checkText(what, text)
  for (const group of groups)
    if (!state.groups.some(({ name }) => name === group))
      throw new GatewayError('key_not_found', `there is no group "${group}"`, {
        hint: `make it first with \`gateway keys group create ${group}\``,
      })
  return record
}

// A memo, not state: an import asks about thousands of names, in a transaction that keeps other writers waiting.
const memo = new WeakMap<KeyState, ReadonlyMap<string, string>>()

/** The ids of the keys that bear a name now. */
function bearers(state: KeyState): ReadonlyMap<string, string> {
  const known = memo.get(state)
  if (known !== undefined) return known
  const unrevoked = state.keys.filter(({ revokedAt }) => revokedAt === null)
  const found = new Map(unrevoked.flatMap(({ id, aliases }) => aliases.map((alias) => [alias, id] as const)))
  memo.set(state, found)
  return found
}

function isTaken(state: KeyState, id: string, alias: string): boolean {
  const bearer = bearers(state).get(alias)
  return bearer !== undefined && bearer !== id
}

function fresh(state: KeyState, { digest, lastFour }: SecretFacts, at: number): KeySecret {
  if (state.keys.some(({ secrets }) => secrets.some((secret) => secret.digest === digest)))
    throw invalid('this secret belongs to a key already', 'every secret stands for one key; use its aliases instead')
  return { digest, lastFour, createdAt: at, graceUntil: null }
}

function existing(state: KeyState, id: string): KeyRecord {
  const record = state.keys.find((key) => key.id === id)
  if (record === undefined) throw new GatewayError('key_not_found', `there is no key "${id}"`)
  return record
}

function living(state: KeyState, id: string, now: number): KeyRecord {
  const record = existing(state, id)
  if (record.revokedAt !== null) throw revoked(record)
  if (record.expiresAt !== null && record.expiresAt <= now)
    throw invalid(
      `the key "${nameOf(record)}" has expired`,
      'give it a new end first with `gateway keys set --expires`',
    )
  return record
}

function revoked(record: KeyRecord): GatewayError {
  return invalid(`the key "${nameOf(record)}" is revoked`, 'what is revoked stays so; make a new one')
}
