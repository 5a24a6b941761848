import { DEFAULTS } from './defaults.ts'
import type { GatewayConfig } from './schema.ts'
import { readBytes, readDurationMs } from './units.ts'

/** How the store is kept. `synchronous` takes effect when the store is opened, the limits at once. */
export interface StoreSettings {
  readonly keepMs: number
  readonly maxBytes: number
  readonly synchronous: 'normal' | 'full'
}

export function storeSettings({ store }: GatewayConfig): StoreSettings {
  return {
    keepMs: store?.ledger_retention ?? readDurationMs(DEFAULTS.store.ledger_retention) ?? 0,
    maxBytes: store?.max_size ?? readBytes(DEFAULTS.store.max_size) ?? 0,
    synchronous: store?.synchronous ?? DEFAULTS.store.synchronous,
  }
}
