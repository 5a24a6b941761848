import type { GatewayError } from '../../wire/errors.ts'
import { isBusy, storeFailure } from '../failure.ts'
import type { Connection } from '../open.ts'
import { DAY_MS } from './codes.ts'
import { createCompaction } from './compaction.ts'
import { createRetention, type RetentionLimits } from './retention.ts'

export interface UpkeepOptions {
  readonly limits: RetentionLimits
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Told once until it works again. Nothing is lost: the file is only larger than it should be. */
  readonly onTrouble: (error: GatewayError) => void
  /** Milliseconds between looks, and between the steps of one look. */
  readonly everyMs?: number
  readonly paceMs?: number
}

/** Keeps the store small in short steps beside the traffic; only in the process that holds the lock. */
export function startUpkeep(connection: Connection, options: UpkeepOptions): { stop(): void } {
  const { limits, now, onTrouble, everyMs = 60_000, paceMs = 50 } = options
  const retention = createRetention(connection, limits)
  const compaction = createCompaction(connection)
  let compactAgainAt = 0
  let inTrouble = false
  const step = (): boolean => {
    if (retention.step(now())) return true
    if (now() < compactAgainAt) return false
    if (compaction.step(now())) return true
    compactAgainAt = now() + DAY_MS
    return false
  }
  const run = (): void => {
    let more = false
    try {
      more = step()
      inTrouble = false
    } catch (error) {
      if (!isBusy(error) && !inTrouble) {
        inTrouble = true
        onTrouble(storeFailure(connection.name, error))
      }
    }
    timer = setTimeout(run, more ? paceMs : everyMs).unref()
  }
  let timer = setTimeout(run, paceMs).unref()
  return { stop: () => clearTimeout(timer) }
}
