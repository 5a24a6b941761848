import { storeSettings, type StoreSettings } from '../../config/store-settings.ts'
import { createGate, type Gate } from '../../pipeline/admission/gate.ts'
import { RateTable } from '../../pipeline/admission/rate-table.ts'
import type { Generation } from '../../pipeline/ports.ts'
import type { AdminPort } from '../../proxy/ports.ts'
import { createLedger, type Ledger } from '../../store/ledger/ledger.ts'
import { recoverOrphans } from '../../store/ledger/orphans.ts'
import { createSpendReader } from '../../store/ledger/spend.ts'
import { startUpkeep } from '../../store/ledger/upkeep.ts'
import { lockStore, type StoreLock } from '../../store/lock.ts'
import type { Connection } from '../../store/open.ts'
import { openOwnDatabase } from '../open-store.ts'
import type { Project } from '../project.ts'
import { databasePath } from '../state-dir.ts'
import { usdText } from '../../engine/record-facts.ts'

/** The store of a running proxy, and what it decides about money. */
export interface Books {
  /** The only connection of this process: ledger and keys share it. */
  readonly connection: Connection
  readonly ledger: Ledger
  readonly gate: Gate
  /** What administrators may read of it. */
  readonly admin: Required<Pick<AdminPort, 'spend' | 'budgets'>>
  /** Tells other processes on which port the holder of the store listens. */
  announce(port: number): void
  close(): Promise<void>
}

export interface BooksSetup {
  /** The project in force; its directory never changes. */
  readonly project: () => Project
  readonly generation: () => Generation
  /** Told of things that matter, whenever they happen. */
  readonly warn: (text: string) => void
}

/**
 * Opens the store as its one writing proxy. What an earlier proxy had under way when it died is charged as it was reserved,
 * before anything new is admitted.
 */
export function openBooks({ project, generation, warn }: BooksSetup): Books {
  const { dir, config } = project()
  const lock = lockStore(databasePath(dir))
  const connection = openOrRelease(dir, lock, storeSettings(config).synchronous)
  const orphans = recoverOrphans(connection, Date.now())
  if (orphans.count > 0) warn(orphansText(orphans))
  const ledger = createLedger(connection, { onTrouble: ({ text }) => warn(text) })
  const gate = createGate({
    ledger,
    rates: new RateTable(),
    generation,
    spentBefore: (_rule, query, counts) => ledger.spent(query).filter((part) => counts(part)),
  })
  const settings = (): StoreSettings => storeSettings(project().config)
  const upkeep = startUpkeep(connection, {
    limits: {
      get keepMs() {
        return settings().keepMs
      },
      get maxBytes() {
        return settings().maxBytes
      },
    },
    now: () => Date.now(),
    onTrouble: ({ message }) => warn(message),
  })
  return {
    connection,
    ledger,
    gate,
    admin: { spend: createSpendReader(connection), budgets: (now) => gate.standing(now) },
    announce: (port) => lock.announce({ port }),
    async close() {
      upkeep.stop()
      await ledger.close()
      connection.close()
      lock.release()
    },
  }
}

/** How long a write may wait for the command line's; it blocks the event loop. */
const BUSY_MS = 50

/** A store that can not be opened must not stay locked. */
function openOrRelease(dir: string, lock: StoreLock, synchronous: StoreSettings['synchronous']): Connection {
  try {
    return openOwnDatabase(dir, { busyMs: BUSY_MS, synchronous })
  } catch (error) {
    lock.release()
    throw error
  }
}

function orphansText({ count, nanoUsd }: { readonly count: number; readonly nanoUsd: number }): string {
  const calls = count === 1 ? 'one call was' : `${count} calls were`
  return `${calls} under way when an earlier proxy died; charged as reserved: $${usdText(nanoUsd)}`
}
