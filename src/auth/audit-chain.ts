import { createHash } from 'node:crypto'
import { canonicalJson } from '../wire/json.ts'
import type { AuditEntry, AuditEvent } from './audit-types.ts'

/** What stands before the first entry. */
const GENESIS = '0'.repeat(64)

/** Links an event to the entry before it; null before the first. */
export function chainEntry(previous: AuditEntry | null, event: AuditEvent): AuditEntry {
  const { at, actor, action, target, facts } = event
  const linked = { seq: (previous?.seq ?? 0) + 1, at, actor, action, target, facts }
  const before = previous?.hash ?? GENESIS
  return { ...linked, previous: before, hash: hashOf(before, linked) }
}

function hashOf(
  previous: string,
  { seq, at, actor, action, target, facts }: Omit<AuditEntry, 'previous' | 'hash'>,
): string {
  return createHash('sha256')
    .update(previous)
    .update(canonicalJson({ seq, at, actor, action, target, facts }))
    .digest('hex')
}

/** A hash that was noted elsewhere when it was the newest. */
export interface Anchor {
  readonly hash: string
  /** Where it was noted, for the finding. */
  readonly from: string
  /** The entry that it belonged to, when that was noted too. */
  readonly seq?: number
}

export type AuditFault =
  /** The entry is not what was written: changed, or moved here from another place. */
  | { readonly kind: 'edited'; readonly seq: number }
  /** Entries are missing before this one. */
  | { readonly kind: 'missing'; readonly seq: number; readonly found: number }
  /** The entry fits itself but not the one before it: that one was replaced. */
  | { readonly kind: 'unlinked'; readonly seq: number }
  /** The chain is whole, but what was its end once is not in it. */
  | { readonly kind: 'cut'; readonly anchor: Anchor; readonly last: number }

export interface AuditReport {
  readonly entries: number
  readonly head: string | null
  /** The first place at which the log is not what was written; null when it is whole. */
  readonly fault: AuditFault | null
}

/** Checks a log from its first entry on, page by page. */
export function verifyAudit(entries: Iterable<AuditEntry>, anchors: readonly Anchor[] = []): AuditReport {
  let last: AuditEntry | null = null
  const open = new Set(anchors)
  for (const entry of entries) {
    const fault = faultOf(last, entry)
    if (fault !== null) return { entries: last?.seq ?? 0, head: last?.hash ?? null, fault }
    last = entry
    for (const anchor of open) {
      if (anchor.hash === entry.hash && (anchor.seq ?? entry.seq) === entry.seq) open.delete(anchor)
    }
  }
  const [anchor] = open
  const seq = last?.seq ?? 0
  const fault: AuditFault | null = anchor === undefined ? null : { kind: 'cut', anchor, last: seq }
  return { entries: seq, head: last?.hash ?? null, fault }
}

function faultOf(last: AuditEntry | null, entry: AuditEntry): AuditFault | null {
  const wanted = (last?.seq ?? 0) + 1
  if (entry.seq !== wanted) return { kind: 'missing', seq: wanted, found: entry.seq }
  if (entry.hash !== hashOf(entry.previous, entry)) return { kind: 'edited', seq: entry.seq }
  return entry.previous === (last?.hash ?? GENESIS) ? null : { kind: 'unlinked', seq: entry.seq }
}
