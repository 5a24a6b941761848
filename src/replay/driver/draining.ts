import { countsAlike } from '../../engine/budgets/account.ts'
import { isRejected, type Decision } from '../../engine/decision.ts'
import type { Cost } from '../../engine/record.ts'
import type { StateSnapshot } from '../../engine/state.ts'
import { createGate, type Gate } from '../../pipeline/admission/gate.ts'
import { ticket } from '../../pipeline/admission/ticket.ts'
import type { Admission, AdmissionRequest, Decided, Generation, Incoming } from '../../pipeline/ports.ts'

/** The budgets of one arm: those of a live proxy, draining along the virtual clock. */
export interface DrainingBudgets extends Gate {
  /** Gives what a fixture says of the budgets when it was recorded, before its exchange enters the pipeline. */
  recorded(snapshot: StateSnapshot | undefined, now: number): void
  /** Spends what a decision expects to cost, for a run that stops after it. */
  spend(incoming: Incoming, decided: Decided, now: number): void
}

/**
 * The same gate as live. A budget that the recording knows opens with what was left of it then; every other one is full.
 * Rate limits are not applied: the times of imported fixtures are not those of the traffic.
 */
export function drainingBudgets(generation: Generation): DrainingBudgets {
  let snapshot: StateSnapshot | undefined
  let at = 0
  const gate = createGate({
    ledger: null,
    rates: null,
    generation: () => generation,
    spentBefore: (rule, { subject }) => {
      const known = snapshot?.budgets.find((budget) => budget.rule.name === rule.name && budget.subject === subject)
      if (known === undefined || !countsAlike(known.rule, rule)) return []
      const nanoUsd = Math.max(0, known.rule.limitNanoUsd - known.leftNanoUsd)
      return [{ at, model: '', tier: '', nanoUsd }]
    },
  })
  return {
    ...gate,
    admit: (request) => chargingGaps(request, gate.admit(request)),
    recorded: (next, now) => {
      snapshot = next
      at = now
    },
    spend(incoming, decided, now) {
      const target = decided.decision.plan[0]
      if (target === undefined) return
      const admission = gate.admit({ incoming, decided, generation, target, attempt: 0, at: now })
      if (admission.kind !== 'admitted') return
      const cost = expectedCost(decided.decision, target.model)
      admission.settle({ outcome: 'answered', failure: null, status: null, usage: null, cost, at: now })
    },
  }
}

/** An answer that nobody recorded would have cost something all the same: the arm's row says how much, and so do budgets. */
function chargingGaps({ decided, target }: AdmissionRequest, admission: Admission): Admission {
  if (admission.kind === 'refused') return admission
  return ticket({
    reservedNanoUsd: admission.reservedNanoUsd,
    maxOutputTokens: admission.maxOutputTokens,
    settle: (settlement) =>
      admission.settle(
        settlement.failure === 'missing'
          ? { ...settlement, cost: expectedCost(decided.decision, target.model) }
          : settlement,
      ),
  })
}

function expectedCost(decision: Decision, model: string): Cost {
  const candidate = decision.candidates.find((entry) => entry.model === model)
  const expected = candidate === undefined || isRejected(candidate) ? null : candidate.score.expectedCost
  if (expected === null) return { kind: 'unknown', why: 'no_price' }
  return { kind: 'known', nanoUsd: expected.nanoUsd, usageBasis: 'estimated', priceSource: 'expected', priceAsOf: '' }
}
