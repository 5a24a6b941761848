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

/** How an attempt ends of which nothing is known, as something of ours broke: what was reserved is charged. */
export const LOST: Omit<Settlement, 'at'> = {
  outcome: 'failed',
  failure: null,
  status: null,
  usage: null,
  cost: { kind: 'unknown', why: 'no_usage' },
}

interface SettlePorts {
  readonly clock: Clock
  readonly admission: AdmissionPort
}

/** Settles an attempt and writes the balances that follow into the exchange. Gives what was charged. */
export function settleAttempt(
  ports: SettlePorts,
  exchange: Exchange,
  { admission: admitted, how }: { readonly admission: Admitted; readonly how: Omit<Settlement, 'at'> },
): number {
  const charged = admitted.settle({ at: ports.clock.now(), ...how })
  exchange.spending.settled(charged)
  exchange.steps.settled()
  // Where a budget charges another amount than was estimated, the record must not say otherwise.
  if (how.cost === exchange.cost && how.cost.kind === 'known' && how.cost.usageBasis === 'estimated' && charged > 0)
    exchange.cost = { ...how.cost, nanoUsd: charged }
  seeBudgets(ports, exchange)
  return charged
}

/** Writes the balances as they stand now into the exchange. */
export function seeBudgets({ clock, admission }: SettlePorts, exchange: Exchange): void {
  try {
    const left = admission.budgets?.(exchange.incoming, exchange.generation, clock.now())
    if (left !== undefined) exchange.spending.seen(left)
  } catch {
    // They could not be read. The attempt is admitted or settled all the same, and nobody's answer hangs on it.
  }
}
