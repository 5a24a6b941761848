import { chainEntry } from '../../../src/auth/audit-chain.ts'
import type { AuditEntry, AuditEvent, AuditStore, KeyChange, KeyState, KeyStore } from '../../../src/auth/ports.ts'

export interface MemoryStores {
  readonly keys: KeyStore
  readonly audit: AuditStore
}

/** Keys, groups and audit log in memory; held to the same contract as the ones in SQLite. */
export function memoryStores(): MemoryStores {
  let state: KeyState = { keys: [], groups: [] }
  let version = 1
  const entries: AuditEntry[] = []
  const append = (events: readonly AuditEvent[]): void => {
    for (const event of events) entries.push(chainEntry(entries.at(-1) ?? null, event))
  }
  const merged = <T>(old: readonly T[], changed: readonly T[], idOf: (record: T) => string): T[] => {
    const ids = new Set(changed.map(idOf))
    return [...old.filter((record) => !ids.has(idOf(record))), ...changed]
  }
  return {
    keys: {
      version: () => version,
      keys: () => state.keys,
      groups: () => state.groups,
      update(change) {
        const { keys = [], groups = [], removedGroups = [], audit }: KeyChange = change(state)
        const left = state.groups.filter(({ name }) => !removedGroups.includes(name))
        state = { keys: merged(state.keys, keys, ({ id }) => id), groups: merged(left, groups, ({ name }) => name) }
        if (keys.length + groups.length + removedGroups.length > 0) version += 1
        append(audit)
      },
      close: () => undefined,
    },
    audit: {
      append,
      after: (seq, limit) => entries.filter((entry) => entry.seq > seq).slice(0, limit),
      head: () => entries.at(-1) ?? null,
    },
  }
}
