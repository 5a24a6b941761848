import { askFor, reservationsFor } from '../../engine/budgets/reservation.ts'
import { compile } from '../../engine/eligibility/compiled.ts'
import type { BudgetStanding } from '../../engine/state.ts'
import { GatewayError } from '../../wire/errors.ts'
import { totalInput, totalOutput } from '../../wire/usage.ts'
import { budgetError, unpricedError } from '../budget-refusal.ts'
import type {
  Admission,
  AdmissionPort,
  AdmissionRequest,
  Entry,
  EntryRequest,
  Generation,
  LedgerPort,
} from '../ports.ts'
import { Accounts } from './accounts.ts'
import type { Reservation, SpentBefore } from './entry.ts'
import { closedRow, closingOf, openingOf, type Held } from './ledger-rows.ts'
import { rateError } from './rate-refusal.ts'
import type { RateTable } from './rate-table.ts'
import { expectedTokens, rowOf, worstOf } from './terms.ts'
import { ticket } from './ticket.ts'

export interface GateSetup {
  /** Where attempts are written down; null where nothing outlives the process. */
  readonly ledger: LedgerPort | null
  readonly spentBefore: SpentBefore
  /** Null: rate limits are not applied. */
  readonly rates: RateTable | null
  /** The config in force now: its budgets bind also the requests that began before a reload. */
  generation(): Generation
}

export interface Gate extends AdmissionPort {
  budgets: NonNullable<AdmissionPort['budgets']>
  /** Accounts that are open now, for whoever shows them. */
  standing(now: number): readonly BudgetStanding[]
}

/** Far above any time that an attempt may take: a reservation this old was forgotten. */
const EXPIRY_MS = 60 * 60_000
const EXPIRY_CHECK_MS = 60_000

/** Rate limits, budgets and the ledger: the one admission of live proxy and replay. */
export function createGate(setup: GateSetup): Gate {
  const accounts = new Accounts(setup.spentBefore)
  const desk = new Desk(setup, accounts)
  return {
    enter: (request) => desk.enter(request),
    admit: (request) => desk.admit(request),
    budgets: ({ rights }, _generation, now) => accounts.left(accounts.entriesFor(rights, setup.generation(), now)),
    durable: () => setup.ledger?.durable() ?? Promise.resolve(),
    standing: (now) => accounts.standing(setup.generation(), now),
  }
}

class Desk {
  readonly #setup: GateSetup
  readonly #accounts: Accounts
  #checkedAt = 0

  constructor(setup: GateSetup, accounts: Accounts) {
    this.#setup = setup
    this.#accounts = accounts
  }

  enter({ incoming, decided, at }: EntryRequest): Entry {
    const { rates } = this.#setup
    const { decision } = decided
    const choice = decision.plan[0]
    if (rates === null || choice === undefined) return OPEN_ENTRY
    const tokens = expectedTokens(decided.decision, choice.model)
    const verdict = rates.take({
      rights: incoming.rights,
      generation: this.#setup.generation(),
      choice,
      tokens,
      now: at,
    })
    if (verdict === null) return OPEN_ENTRY
    if (verdict.kind === 'refused') return { kind: 'refused', error: rateError(verdict.refusal), limits: verdict.facts }
    return {
      kind: 'entered',
      limits: verdict.facts,
      leave: (usage, now) =>
        rates.leave(verdict.taking, usage === null ? 0 : totalInput(usage) + totalOutput(usage), now),
    }
  }

  admit(request: AdmissionRequest): Admission {
    const { incoming, decided, target, at } = request
    if (this.#setup.ledger?.accepts?.() === false) return UNWRITABLE
    const generation = this.#setup.generation()
    this.#expireOld(at)
    const { rights } = incoming
    const entries = this.#accounts.entriesFor(rights, generation, at)
    const purpose = { rights, model: target.model, tier: target.tier, at }
    const [first] = entries
    // Held at 0 all the same: a budget that a reload brings finds what is under way.
    if (first === undefined)
      return this.#open(request, this.#accounts.hold({ worstNanoUsd: null, ...purpose }), NOT_HELD)
    const row = rowOf(target.model, generation, request.generation)
    if (row === undefined)
      return { kind: 'refused', why: 'budget', error: unpricedError(first.rule.name, target.model) }
    const left = this.#accounts.left(entries)
    const ask = askFor(row, { decision: decided.decision, state: decided.state, config: generation.routing })
    const { aliases } = compile(generation.routing, generation.matrix)
    const needed = reservationsFor(left, ask, aliases)
    if (needed.kind === 'short')
      return { kind: 'refused', why: 'budget', error: budgetError({ ...needed, name: needed.budget.rule.name }) }
    if (needed.kind === 'unpriced')
      return { kind: 'refused', why: 'budget', error: unpricedError(needed.budget.rule.name, target.model) }
    const amounts = new Map(
      needed.holds.flatMap(({ budget, nanoUsd }) => {
        const entry = entries[left.indexOf(budget)]
        return entry === undefined ? [] : [[entry, nanoUsd] as const]
      }),
    )
    const worstNanoUsd = worstOf(needed, ask, incoming)
    const reservation = this.#accounts.reserve(amounts, { worstNanoUsd, ...purpose })
    if ('account' in reservation) {
      const [budget] = this.#accounts.left([reservation])
      const neededNanoUsd = amounts.get(reservation) ?? 0
      return {
        kind: 'refused',
        why: 'budget',
        error: budgetError({ budget, name: reservation.rule.name, neededNanoUsd }),
      }
    }
    return this.#open(request, reservation, needed)
  }

  #open(request: AdmissionRequest, reservation: Reservation, terms: typeof NOT_HELD): Admission {
    const { ledger } = this.#setup
    const held: Held = { reservedNanoUsd: reservation.nanoUsd, boundNanoUsd: terms.boundNanoUsd }
    const opening = ledger === null ? null : openingOf(request, held.reservedNanoUsd)
    if (opening !== null) ledger?.opened(opening)
    return ticket({
      reservedNanoUsd: held.reservedNanoUsd,
      maxOutputTokens: terms.maxOutputTokens,
      settle: (settlement) => {
        const closing = closingOf(settlement, held)
        this.#accounts.settle(reservation, closing.costNanoUsd, settlement.at)
        if (opening !== null) ledger?.closed(closedRow(opening, closing))
        return closing.costNanoUsd
      },
    })
  }

  #expireOld(now: number): void {
    if (now - this.#checkedAt < EXPIRY_CHECK_MS) return
    this.#checkedAt = now
    this.#accounts.expire(now - EXPIRY_MS, now)
  }
}

const NOT_HELD: { readonly maxOutputTokens: number | null; readonly boundNanoUsd: number | null } = {
  maxOutputTokens: null,
  boundNanoUsd: null,
}

const OPEN_ENTRY: Entry = { kind: 'entered', limits: [], leave: () => undefined }

const UNWRITABLE: Admission = {
  kind: 'refused',
  why: 'final',
  error: new GatewayError('store_failed', 'the ledger can not be written, so nothing more is spent', {
    status: 503,
    hint: 'look at the notes of the proxy; `gateway store check` says what is wrong',
  }),
}
