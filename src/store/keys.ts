import type { GroupRecord, KeyChange, KeyRecord, KeySecret, KeyState, KeyStore } from '../auth/ports.ts'
import type { SqliteAudit } from './audit.ts'
import { createDataVersion } from './data-version.ts'
import type { Connection } from './open.ts'

interface KeyColumns {
  readonly id: string
  readonly created_ms: number
  readonly expires_ms: number | null
  readonly revoked_ms: number | null
  readonly record: string
}

interface SecretColumns {
  readonly digest: string
  readonly key_id: string
  readonly last_four: string
  readonly created_ms: number
  readonly grace_until_ms: number | null
}

interface GroupColumns {
  readonly name: string
  readonly created_ms: number
  readonly record: string
}

/** Keys and groups in SQLite. The audit log is written in the same transactions, over the same connection. */
export function createKeyStore(connection: Connection, audit: SqliteAudit): KeyStore {
  const read = reading(connection)
  const write = writing(connection)
  const change = connection.transaction((make: (current: KeyState) => KeyChange) => {
    const wanted = make({ keys: read.keys(), groups: read.groups() })
    write(wanted)
    audit.add(wanted.audit)
  })
  const version = versionOf(connection)
  return {
    version: () => version.read(),
    ...read,
    update(make) {
      // At once as a writer, so that nothing changes between what `make` sees and what is saved.
      change.immediate(make)
      version.changed()
      audit.committed()
    },
    close: () => connection.close(),
  }
}

/** The epoch in the file, read again only after somebody has written: this store itself, or another connection. */
function versionOf(connection: Connection): { read(): number; changed(): void } {
  const foreign = createDataVersion(connection)
  const epoch = connection.prepare<[], number>('SELECT epoch FROM key_epoch').pluck()
  let seen = { foreign: -1, epoch: 0 }
  return {
    read() {
      const now = foreign()
      if (now !== seen.foreign) seen = { foreign: now, epoch: epoch.get() ?? 0 }
      return seen.epoch
    },
    changed: () => void (seen = { foreign: -1, epoch: 0 }),
  }
}

function reading(connection: Connection): { keys(): readonly KeyRecord[]; groups(): readonly GroupRecord[] } {
  const keys = connection.prepare<[], KeyColumns>('SELECT * FROM api_key ORDER BY created_ms, id')
  const secrets = connection.prepare<[], SecretColumns>('SELECT * FROM api_key_secret ORDER BY key_id, position')
  const groups = connection.prepare<[], GroupColumns>('SELECT * FROM key_group ORDER BY name')
  return {
    keys() {
      const byKey = new Map<string, KeySecret[]>()
      for (const { key_id: id, digest, last_four: lastFour, created_ms, grace_until_ms } of secrets.all()) {
        const secret = { digest, lastFour, createdAt: created_ms, graceUntil: grace_until_ms }
        const known = byKey.get(id)
        if (known === undefined) byKey.set(id, [secret])
        else known.push(secret)
      }
      return keys.all().map(({ id, created_ms, expires_ms, revoked_ms, record }) => ({
        ...JSON.parse(record),
        id,
        createdAt: created_ms,
        expiresAt: expires_ms,
        revokedAt: revoked_ms,
        secrets: byKey.get(id) ?? [],
      }))
    },
    groups: () =>
      groups.all().map(({ name, created_ms, record }) => ({ ...JSON.parse(record), name, createdAt: created_ms })),
  }
}

function writing(connection: Connection): (change: KeyChange) => void {
  const key = connection.prepare(
    `INSERT INTO api_key (id, created_ms, expires_ms, revoked_ms, record) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET expires_ms = excluded.expires_ms, revoked_ms = excluded.revoked_ms, record = excluded.record`,
  )
  const noAliases = connection.prepare('DELETE FROM api_key_alias WHERE key_id = ?')
  const alias = connection.prepare('INSERT INTO api_key_alias (alias, key_id) VALUES (?, ?)')
  const noSecrets = connection.prepare('DELETE FROM api_key_secret WHERE key_id = ?')
  const secret = connection.prepare(
    'INSERT INTO api_key_secret (digest, key_id, position, last_four, created_ms, grace_until_ms) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const group = connection.prepare(
    `INSERT INTO key_group (name, created_ms, record) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET record = excluded.record`,
  )
  const noGroup = connection.prepare('DELETE FROM key_group WHERE name = ?')
  const grow = connection.prepare('UPDATE key_epoch SET epoch = epoch + 1')

  function saveKey({ id, createdAt, expiresAt, revokedAt, secrets, ...rest }: KeyRecord): void {
    key.run(id, createdAt, expiresAt, revokedAt, JSON.stringify(rest))
    if (revokedAt === null) for (const name of rest.aliases) alias.run(name, id)
    for (const [position, { digest, lastFour, createdAt: at, graceUntil }] of secrets.entries())
      secret.run(digest, id, position, lastFour, at, graceUntil)
  }

  return ({ keys = [], groups = [], removedGroups = [] }) => {
    // First all that goes: a name or secret may move from one record to another within a change.
    for (const { id } of keys) {
      noAliases.run(id)
      noSecrets.run(id)
    }
    for (const record of keys) saveKey(record)
    for (const name of removedGroups) noGroup.run(name)
    for (const { name, createdAt, ...rest } of groups) group.run(name, createdAt, JSON.stringify(rest))
    if (keys.length + groups.length + removedGroups.length > 0) grow.run()
  }
}
