import type { Admitted, UpstreamPort } from '../ports.ts'

/** Tickets whose attempt has not been settled. */
const open = new WeakSet<Admitted>()
/** Tickets with which somebody was called. */
const used = new WeakSet<Admitted>()

/** What `ticket` takes: an admission without its bookkeeping. */
export type Terms = Pick<Admitted, 'reservedNanoUsd' | 'maxOutputTokens' | 'settle'>

/** The only maker of tickets. One is valid for one call until it is settled, and settled once. */
export function ticket(terms: Terms): Admitted {
  const admitted: Admitted = {
    kind: 'admitted',
    reservedNanoUsd: terms.reservedNanoUsd,
    maxOutputTokens: terms.maxOutputTokens,
    settle(settlement) {
      return open.delete(admitted) ? terms.settle(settlement) : 0
    },
  }
  open.add(admitted)
  return admitted
}

/**
 * The guard before every upstream that costs money: without a ticket that is still open nobody is called, whatever part of
 * the program asks, and with one only once, as it stands for one reservation. A call without one is a bug, so it throws.
 */
export function onlyAdmitted(upstream: UpstreamPort): UpstreamPort {
  return {
    get mode() {
      return upstream.mode
    },
    call(call) {
      if (!open.has(call.admitted)) throw new Error('an upstream call without admission was stopped')
      if (used.has(call.admitted)) throw new Error('a second upstream call on one admission was stopped')
      used.add(call.admitted)
      return upstream.call(call)
    },
    close: () => upstream.close(),
  }
}
