import { expectedCostOf } from '../../engine/record-facts.ts'
import { GatewayError } from '../../wire/errors.ts'
import { ticket } from './ticket.ts'
import type { AdmissionPort, AdmissionRefused } from '../ports.ts'

/** Lets everything through; in force while nothing limits. */
export function openAdmission(): AdmissionPort {
  return { admit: () => ticket({ reservedNanoUsd: 0, maxOutputTokens: null, settle: () => 0 }) }
}

export interface SpendCap extends AdmissionPort {
  spentNanoUsd(): number
}

/**
 * `--max-spend`: stops calling upstreams once the cap is used up. The expected cost is held while an attempt runs, so
 * that attempts in flight count too. A model without a price can not be capped and is refused. What `inner` refuses is
 * refused first.
 */
export function spendCap(limitNanoUsd: number, inner: AdmissionPort = openAdmission()): SpendCap {
  let spent = 0
  let held = 0
  return {
    ...inner,
    spentNanoUsd: () => spent,
    admit(request) {
      const expected = expectedCostOf(request.decided.decision, request.target.model)?.nanoUsd
      if (expected === undefined)
        return refused(`the price of "${request.target.model}" is unknown, so a spend cap can not hold`)
      if (spent + held + expected > limitNanoUsd) return refused('the spend cap is used up')
      const admission = inner.admit(request)
      if (admission.kind === 'refused') return admission
      held += expected
      return ticket({
        reservedNanoUsd: admission.reservedNanoUsd,
        maxOutputTokens: admission.maxOutputTokens,
        settle(settlement) {
          const { cost } = settlement
          held -= expected
          if (cost.kind === 'known') spent += cost.nanoUsd
          else if (cost.kind === 'unknown') spent += expected
          return admission.settle(settlement)
        },
      })
    },
  }
}

function refused(text: string): AdmissionRefused {
  const error = new GatewayError('spend_cap_reached', text, { hint: 'raise `--max-spend`' })
  return { kind: 'refused', why: 'final', error }
}
