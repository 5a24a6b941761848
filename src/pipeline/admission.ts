import type { Cost } from '../engine/record.ts'
import { GatewayError } from '../wire/errors.ts'
import type { AdmissionPort } from './ports.ts'

/** Lets everything through; in force while no cap is set. */
export function openAdmission(): AdmissionPort {
  return { admit: () => ({ kind: 'admitted', settle: () => undefined }) }
}

export interface SpendCap extends AdmissionPort {
  spentNanoUsd(): number
}

/**
 * `--max-spend`: stops calling upstreams once the cap is used up. The expected cost is held while an attempt runs, so
 * that attempts in flight count too. A model without a price can not be capped and is refused.
 */
export function spendCap(limitNanoUsd: number): SpendCap {
  let spent = 0
  let held = 0
  return {
    spentNanoUsd: () => spent,
    admit({ decision, target }) {
      const candidate = decision.candidates.find(({ model }) => model === target.model)
      const expected =
        candidate !== undefined && 'score' in candidate ? candidate.score.expectedCost?.nanoUsd : undefined
      if (expected === undefined)
        return {
          kind: 'refused',
          error: capError(`the price of "${target.model}" is unknown, so a spend cap can not hold`),
        }
      if (spent + held + expected > limitNanoUsd)
        return { kind: 'refused', error: capError('the spend cap is used up') }
      held += expected
      let open = true
      return {
        kind: 'admitted',
        settle(cost: Cost) {
          if (!open) return
          open = false
          held -= expected
          if (cost.kind === 'known') spent += cost.nanoUsd
          else if (cost.kind === 'unknown') spent += expected
        },
      }
    },
  }
}

function capError(text: string): GatewayError {
  return new GatewayError('spend_cap_reached', text, { hint: 'raise `--max-spend`' })
}
