import { refusalOf, statusOf, type KeyStatus } from './key-status.ts'
import type { GroupRecord, KeyRecord, Scopes } from './key-types.ts'

/** A key as people and programs may see it. Digests stay inside. */
export interface KeyView {
  readonly id: string
  readonly kind: KeyRecord['kind']
  readonly status: KeyStatus
  readonly aliases: readonly string[]
  readonly owner: string | null
  readonly deployment: string | null
  readonly user: string | null
  readonly project: string | null
  readonly groups: readonly string[]
  readonly scopes: Scopes
  readonly budgets: readonly string[]
  readonly limits: readonly string[]
  /** ISO times, UTC. */
  readonly created: string
  readonly expires: string | null
  readonly revoked: string | null
  /** Those that work, newest first. */
  readonly secrets: readonly {
    readonly lastFour: string
    readonly created: string
    readonly worksUntil: string | null
  }[]
}

/** What may be shown of a key. */
export function keyView(key: KeyRecord, now: number): KeyView {
  const { id, kind, aliases, owner, deployment, user, project, groups, scopes, budgets, limits } = key
  return {
    id,
    kind,
    status: statusOf(key, now),
    aliases,
    owner,
    deployment,
    user,
    project,
    groups,
    scopes,
    budgets,
    limits,
    created: iso(key.createdAt),
    expires: isoOrNull(key.expiresAt),
    revoked: isoOrNull(key.revokedAt),
    secrets: key.secrets
      .filter((secret) => refusalOf(key, secret, now) === null)
      .map(({ lastFour, createdAt, graceUntil }) => ({
        lastFour,
        created: iso(createdAt),
        worksUntil: isoOrNull(graceUntil ?? key.expiresAt),
      })),
  }
}

export interface GroupView {
  readonly name: string
  readonly scopes: Scopes
  readonly budgets: readonly string[]
  readonly limits: readonly string[]
  readonly created: string
  /** Keys in it that are not revoked. */
  readonly keys: readonly string[]
}

/** What may be shown of a group. */
export function groupView(group: GroupRecord, keys: readonly KeyRecord[]): GroupView {
  const { name, scopes, budgets, limits, createdAt } = group
  const members = keys.filter(({ groups, revokedAt }) => revokedAt === null && groups.includes(name))
  return {
    name,
    scopes,
    budgets,
    limits,
    created: iso(createdAt),
    keys: members.map(({ aliases, id }) => aliases[0] ?? id),
  }
}

/** The key of an id or alias: the one that bears the name now, else the newest that bore it before it was revoked. */
export function findKey(keys: readonly KeyRecord[], name: string): KeyRecord | null {
  const named = keys.filter(({ id, aliases }) => id === name || aliases.includes(name))
  return (
    named.find(({ id }) => id === name) ??
    named.find(({ revokedAt }) => revokedAt === null) ??
    named.toSorted((a, b) => (b.revokedAt ?? 0) - (a.revokedAt ?? 0))[0] ??
    null
  )
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at)
}
