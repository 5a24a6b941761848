import type { Decision } from '../../engine/decision.ts'
import { expectedCostOf } from '../../engine/record-facts.ts'
import type { Cost } from '../../engine/record.ts'
import { createGate, type Gate } from '../../pipeline/admission/gate.ts'
import { ticket } from '../../pipeline/admission/ticket.ts'
import { spentBudget } from '../../pipeline/budget-refusal.ts'
import type { Admission, AdmissionRequest, Decided, Entry, Generation, Incoming } from '../../pipeline/ports.ts'
import type { Fixture } from '../types.ts'
import { balanceLikeness } from './balance-likeness.ts'
import { budgetsThatMoved } from './moved-by-budget.ts'
import { spentThen } from './opening.ts'
import { turnedAway } from './recorded-refusal.ts'
import { SpendBook } from './spend-book.ts'

/** The budgets of one arm: those of a live proxy, draining along the virtual clock. */
export interface DrainingBudgets extends Gate {
  /** What was spent, and what the budgets did. */
  readonly book: SpendBook
  /** Gives the recording of an exchange, right before it enters the pipeline. */
  recorded(incoming: Incoming, fixture: Fixture): void
  /** Spends what a decision expects to cost, for a run that stops after it. */
  spend(incoming: Incoming, decided: Decided, now: number): void
  /** How many fixtures were recorded under this very config, and how many of them found other balances then. */
  likeness(): { readonly compared: number; readonly differing: number }
}

/**
 * The same gate as live. A budget that the recording knows opens with what was left of it then; every other one is full.
 * Rate limits are not applied, as the times of imported fixtures are not those of the traffic; what they turned away when
 * it was recorded is turned away again.
 */
export function drainingBudgets(generation: Generation): DrainingBudgets {
  const fixtures = new WeakMap<Incoming, Fixture>()
  let latest: Fixture | undefined
  const book = new SpendBook(generation, (rule, subject, now) => spentThen(latest?.ctx.state, { rule, subject, now }))
  const gate = createGate({
    ledger: null,
    rates: null,
    generation: () => generation,
    spentBefore: (rule, { subject }) => book.spent(rule, subject),
  })
  const likeness = balanceLikeness(generation)
  const admit = (request: AdmissionRequest): Admission => {
    const error = turnedAway(fixtures.get(request.incoming), request.attempt)
    if (error !== null) return { kind: 'refused', why: 'final', error }
    return booked(book, request, gate.admit(request))
  }
  return {
    ...gate,
    book,
    enter({ incoming }): Entry {
      const error = turnedAway(fixtures.get(incoming), 0)
      if (error !== null) return { kind: 'refused', error, limits: [] }
      return { kind: 'entered', limits: [], leave: () => undefined }
    },
    admit,
    budgets(incoming, ofConfig, now) {
      const left = gate.budgets(incoming, ofConfig, now)
      likeness.compare(fixtures.get(incoming), left)
      return left
    },
    recorded(incoming, fixture) {
      fixtures.set(incoming, fixture)
      latest = fixture
      book.meet(incoming.rights, fixture.ctx.now)
    },
    spend(incoming, decided, now) {
      noteDecision(book, decided)
      spendExpected(admit, { incoming, decided, generation, now })
    },
    likeness: () => likeness.counts(),
  }
}

function noteDecision(book: SpendBook, { decision, state }: Decided): void {
  book.downgraded(budgetsThatMoved(decision))
  const { outcome } = decision
  if (outcome.kind === 'refused' && outcome.code === 'budget_exceeded')
    book.refused(spentBudget(decision, state.budgets).name)
}

function spendExpected(
  admit: (request: AdmissionRequest) => Admission,
  request: Omit<AdmissionRequest, 'target' | 'attempt' | 'at'> & { readonly now: number },
): void {
  const { now, ...rest } = request
  const target = rest.decided.decision.plan[0]
  if (target === undefined) return
  const admission = admit({ ...rest, target, attempt: 0, at: now })
  if (admission.kind !== 'admitted') return
  // Nobody answers in a plan, so every cost is the expected one.
  const cost = { kind: 'none' } as const
  admission.settle({ outcome: 'answered', failure: 'missing', status: null, usage: null, cost, at: now })
}

/**
 * Writes into the book what an attempt was charged. An answer that nobody recorded would have cost something all the same:
 * the arm's row says how much, and so do budgets.
 */
function booked(book: SpendBook, { incoming, decided, target, at }: AdmissionRequest, admission: Admission): Admission {
  if (admission.kind === 'refused') return admission
  return ticket({
    reservedNanoUsd: admission.reservedNanoUsd,
    maxOutputTokens: admission.maxOutputTokens,
    settle(settlement) {
      const estimated = settlement.failure === 'missing'
      const cost = estimated ? expectedCost(decided.decision, target.model) : settlement.cost
      const nanoUsd = admission.settle({ ...settlement, cost })
      const { model, tier } = target
      book.charge({ rights: incoming.rights, model, tier, nanoUsd, estimated, at, now: settlement.at })
      return nanoUsd
    },
  })
}

function expectedCost(decision: Decision, model: string): Cost {
  const expected = expectedCostOf(decision, model)
  if (expected === null) return { kind: 'unknown', why: 'no_price' }
  const { nanoUsd } = expected
  // Not as an estimate: a hard budget would charge all that it had reserved, and drain far faster than it would live.
  return { kind: 'known', nanoUsd, usageBasis: 'counted', priceSource: 'expected', priceAsOf: '' }
}
