import { LEDGER } from './migrations/002-ledger.ts'
import { REPLAY_RUNS } from './migrations/001-replay-runs.ts'
import { KEYS } from './migrations/003-keys.ts'

/**
 * Forward only: a published entry never changes, new ones are added at the end, each in a file of its own. The position is
 * the schema version.
 */
export const MIGRATIONS: readonly string[] = [REPLAY_RUNS, LEDGER, KEYS]
