import { z } from 'zod'
import { DEFAULTS } from './defaults.ts'
import { byteCount, positiveMs } from './scalars.ts'

/** The database under `.gateway/`: how long single ledger rows are kept. Sums are kept for ever. */
export const storeSchema = z.strictObject({
  ledger_retention: positiveMs.optional().meta({
    description: 'age at which single ledger rows are dropped; totals stay',
    default: DEFAULTS.store.ledger_retention,
  }),
  max_size: byteCount.optional().meta({
    description: 'while the file holds more, the oldest ledger rows are dropped; totals stay',
    default: DEFAULTS.store.max_size,
  }),
  synchronous: z.enum(['normal', 'full']).optional().meta({
    description: '`normal` survives a killed process, `full` also a power cut, at one disk flush a commit',
    default: DEFAULTS.store.synchronous,
  }),
})
