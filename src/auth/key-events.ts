import { createHash } from 'node:crypto'
import { canonicalJson } from '../wire/json.ts'
import type { AuditEvent } from './audit-types.ts'
import type { KeyRecord, Scopes } from './key-types.ts'

/** Who does it, and when. */
export interface Act {
  readonly at: number
  /** `cli`, or the id of an administrator's key. */
  readonly actor: string
  /** Name of the person at the command line. */
  readonly by?: string
}

/** What may be changed later. */
export type KeyEdit = Partial<
  Omit<KeyRecord, 'id' | 'env' | 'kind' | 'aliases' | 'createdAt' | 'revokedAt' | 'secrets'>
>

/** What people call the key. */
export function nameOf({ aliases, id }: Pick<KeyRecord, 'aliases' | 'id'>): string {
  return aliases[0] ?? id
}

interface Versions {
  readonly before: KeyRecord | null
  readonly after: KeyRecord
}

/** The audit event of a change, with fingerprints of what was there before and after. */
export function eventOf(
  action: string,
  { before, after }: Versions,
  { at, actor, by }: Act,
  facts: AuditEvent['facts'] = {},
): AuditEvent {
  const name = { alias: nameOf(after), kind: after.kind }
  const whole = before === null ? {} : { before: fingerprint(before) }
  return {
    at,
    actor,
    action,
    target: after.id,
    facts: { ...name, ...facts, ...(by === undefined ? {} : { by }), ...whole, after: fingerprint(after) },
  }
}

/** Tells two states of a record apart without showing it. */
export function fingerprint(record: unknown): string {
  return createHash('sha256').update(canonicalJson(record)).digest('hex').slice(0, 16)
}

/** What a new key was given, as far as it is anything. */
export function grantFacts({
  user,
  project,
  groups,
  scopes,
  budgets,
  limits,
  expiresAt,
}: KeyRecord): AuditEvent['facts'] {
  const given = { user, project, groups, scopes, budgets, limits, expiresAt }
  return Object.fromEntries(Object.entries(editFacts(given)).filter(([, value]) => value !== null && value !== ''))
}

/** What was set, as text; nothing in it is secret. */
export function editFacts({ scopes, ...edit }: KeyEdit): AuditEvent['facts'] {
  const plain = Object.entries(edit).map(([name, value]) => [name, isList(value) ? value.join(', ') : value] as const)
  return Object.fromEntries(scopes === undefined ? plain : [...plain, ['scopes', scopesText(scopes)]])
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

/** The restrictions, without what is not restricted. */
export function scopesText(scopes: Scopes): string {
  const set = Object.entries(scopes).filter(([, value]) => value !== null)
  return set.length === 0 ? '' : canonicalJson(Object.fromEntries(set))
}
