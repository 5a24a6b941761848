import { once } from 'node:events'
import type { AuditEntry, AuditStore } from '../../auth/ports.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { stopSignals } from '../dev/signals.ts'
import { openStores } from '../keys/stores.ts'
import { entriesAfter, entryLine, withAudit } from './entries.ts'

const LOOK_AGAIN_MS = 500

/** `gateway audit tail`: one line an entry, JSON lines with `--json`. */
export async function runTail(
  context: CliContext,
  { lines, follow = false }: { readonly lines: string; readonly follow?: boolean },
): Promise<void> {
  if (!/^\d{1,7}$/.test(lines))
    throw new GatewayError('usage_error', `\`--lines\` must be a whole number, got "${lines}"`)
  const print = (entry: AuditEntry): void => context.out(context.json ? JSON.stringify(entry) : entryLine(entry))
  const printAfter = (audit: Pick<AuditStore, 'after'>, seq: number): number => {
    let last = seq
    for (const entry of entriesAfter(audit, seq)) {
      print(entry)
      last = entry.seq
    }
    return last
  }
  const last = withAudit(context, (audit) => printAfter(audit, Math.max(0, (audit.head()?.seq ?? 0) - Number(lines))))
  if (last === 0) context.note('nothing is in the audit log yet')
  if (!follow) return
  // One connection for all looks: each opened anew would stay in memory.
  const stores = openStores(context)
  try {
    await following((seq) => printAfter(stores.audit, seq), last)
  } finally {
    stores.close()
  }
}

async function following(printAfter: (seq: number) => number, from: number): Promise<void> {
  let last = from
  const stop = stopSignals()
  const ended = new AbortController()
  void stop.stopped.then(() => ended.abort())
  try {
    while (!ended.signal.aborted) {
      await pause(ended.signal)
      last = printAfter(last)
    }
  } finally {
    stop.dispose()
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  const timer = new AbortController()
  setTimeout(() => timer.abort(), LOOK_AGAIN_MS)
  await once(AbortSignal.any([timer.signal, signal]), 'abort')
}
