import type { Exchange } from './exchange.ts'
import type { AdmissionPort, Admitted, Clock, Settlement } from './ports.ts'

/** How an attempt ends that called nobody. */
export const NOT_CALLED: Omit<Settlement, 'at'> = {
  outcome: 'refused',
  failure: null,
  status: null,
  usage: null,
  cost: { kind: 'none' },
}

/** Settles an attempt and writes the balances that follow into the exchange. */
export function settleAttempt(
  { clock, admission }: { readonly clock: Clock; readonly admission: AdmissionPort },
  exchange: Exchange,
  { admission: admitted, how }: { readonly admission: Admitted; readonly how: Omit<Settlement, 'at'> },
): void {
  const at = clock.now()
  const charged = admitted.settle({ ...how, at })
  exchange.spending.settled(charged)
  // An estimate above what the attempt can have cost was cut; the record must not say otherwise.
  if (how.cost === exchange.cost && how.cost.kind === 'known' && how.cost.usageBasis === 'estimated' && charged > 0)
    exchange.cost = { ...how.cost, nanoUsd: Math.min(charged, how.cost.nanoUsd) }
  if (admission.budgets !== undefined)
    exchange.spending.seen(admission.budgets(exchange.incoming, exchange.generation, at))
}
