import { existsSync } from 'node:fs'
import type { AuditEntry, AuditStore } from '../../auth/ports.ts'
import { escapeControls } from '../../telemetry/log-line.ts'
import type { CliContext } from '../context.ts'
import { projectDirOf, withStores } from '../keys/stores.ts'
import { databasePath } from '../state-dir.ts'

const PAGE = 1_000

/** Runs `work` on the log of the project; on an empty one where there is no store. */
export function withAudit<T>(context: CliContext, work: (audit: Pick<AuditStore, 'after' | 'head'>) => T): T {
  if (existsSync(databasePath(projectDirOf(context)))) return withStores(context, ({ audit }) => work(audit))
  return work({ after: () => [], head: () => null })
}

/** All entries after one, page by page, so that memory stays flat. */
export function* entriesAfter(audit: Pick<AuditStore, 'after'>, seq: number): Generator<AuditEntry> {
  for (let last = seq; ;) {
    const page = audit.after(last, PAGE)
    yield* page
    const newest = page.at(-1)
    if (newest === undefined || page.length < PAGE) return
    last = newest.seq
  }
}

/** One entry in one line. Texts that others chose can neither forge a line nor steer a terminal. */
export function entryLine({ seq, at, actor, action, target, facts, hash }: AuditEntry): string {
  const told = Object.entries(facts).map(([name, value]) => `${name}=${valueText(value)}`)
  const who = `${new Date(at).toISOString()} ${seq} ${hash.slice(0, 12)} ${actor}`
  return escapeControls([who, action, target, ...told].join(' '))
}

function valueText(value: AuditEntry['facts'][string]): string {
  const text = String(value)
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}
