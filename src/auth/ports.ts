import type { AuditEvent, AuditEntry } from './audit-types.ts'
import type { GroupRecord, KeyRecord, KeySecret, Scopes } from './key-types.ts'

export type { AuditEntry, AuditEvent, GroupRecord, KeyRecord, KeySecret, Scopes }

/** Links an event to the entry before it; null before the first. */
export type AuditChain = (previous: AuditEntry | null, event: AuditEvent) => AuditEntry

/** Where keys and groups are kept. Writes are single short transactions, each with its audit entry or not at all. */
export interface KeyStore {
  /** Changes whenever any process has changed keys or groups; cheap enough for every request. */
  version(): number
  keys(): readonly KeyRecord[]
  groups(): readonly GroupRecord[]
  /** Runs `change` on the newest state in one exclusive transaction and saves what it returns. */
  update(change: (current: KeyState) => KeyChange): void
  close(): void
}

export interface KeyState {
  readonly keys: readonly KeyRecord[]
  readonly groups: readonly GroupRecord[]
}

/** Records to insert or replace, by id and name, and what to write into the audit log with them. */
export interface KeyChange {
  readonly keys?: readonly KeyRecord[]
  readonly groups?: readonly GroupRecord[]
  readonly removedGroups?: readonly string[]
  readonly audit: readonly AuditEvent[]
}

/** The append-only audit log. */
export interface AuditStore {
  append(events: readonly AuditEvent[]): void
  /** Entries after `seq`, in order, at most `limit`. */
  after(seq: number, limit: number): readonly AuditEntry[]
  head(): AuditEntry | null
}
