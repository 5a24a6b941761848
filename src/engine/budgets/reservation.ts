import type { Decision } from '../decision.ts'
import type { InputBound } from '../features.ts'
import type { ModelRow } from '../matrix.ts'
import { outputOf, type OutputAsk } from '../policy/expected-output.ts'
import type { BudgetRule, RoutingConfig } from '../routing-config.ts'
import type { BudgetLeft, StateSnapshot } from '../state.ts'
import { affordableOutput, costAtRates, dearestRates, estimatedCost, type Rates } from './bound-cost.ts'
import { inClass } from './concerns.ts'
import { isHard } from './mode.ts'

/** Answers that make the 99th percentile of a length worth believing. */
const MIN_SAMPLES = 20
/** Stands in for an unknown context window: the largest in the catalogue. */
const LARGEST_WINDOW = 2_097_152
const UNKNOWN_BOUND: InputBound = { tokens: null, cacheWrite: '1h' }

/** One attempt on one model, as far as its reservation depends on it. */
export interface Ask extends OutputAsk {
  readonly row: ModelRow
}

/** What an attempt has to reserve under one budget. */
export type Reservation =
  | {
      readonly kind: 'fits'
      readonly nanoUsd: number
      /** Output limit, for each answer, to send upstream because the client set none; null for none. */
      readonly maxOutputTokens: number | null
    }
  | { readonly kind: 'short'; readonly neededNanoUsd: number }
  | { readonly kind: 'unpriced' }

/** What an attempt has to reserve under all budgets that concern it. */
export type Reservations =
  | {
      readonly kind: 'fits'
      readonly holds: readonly Held[]
      readonly maxOutputTokens: number | null
      /** No bill can be higher, so an estimate that is higher is wrong. Null without a hard budget or a price. */
      readonly boundNanoUsd: number | null
    }
  | { readonly kind: 'short'; readonly budget: BudgetLeft; readonly neededNanoUsd: number }
  | { readonly kind: 'unpriced'; readonly budget: BudgetLeft }

interface Held {
  readonly budget: BudgetLeft
  readonly nanoUsd: number
}

/** The ask of an attempt on a model, from its decision and the state and config that decision was made with. */
export function askFor(
  row: ModelRow,
  {
    decision,
    state,
    config,
  }: { readonly decision: Decision; readonly state: StateSnapshot; readonly config: RoutingConfig },
): Ask {
  const { asked, features, intent } = decision
  const history = state.outputTokens[`${intent.label}|${row.id}`]
  const { defaultMaxOutput } = config
  return { row, endpoint: asked.endpoint, features, intent: intent.label, history, defaultMaxOutput }
}

/**
 * The reservations of one attempt under the budgets of its caller. The lowest output limit that any of them needs holds
 * for all. `aliases` are those of `compile(config, matrix)`.
 */
export function reservationsFor(
  budgets: readonly BudgetLeft[],
  ask: Ask,
  aliases: ReadonlyMap<string, ReadonlySet<string>>,
): Reservations {
  const concerned = budgets.filter(({ rule }) => inClass(ask.row, rule.modelClass, aliases))
  let limit: number | null = null
  let holds: Held[] = []
  for (const budget of concerned) {
    const reservation = reservationFor(budget, ask)
    if (reservation.kind !== 'fits') return { ...reservation, budget }
    holds.push({ budget, nanoUsd: reservation.nanoUsd })
    const { maxOutputTokens } = reservation
    if (maxOutputTokens !== null) limit = Math.min(maxOutputTokens, limit ?? maxOutputTokens)
  }
  if (limit !== null && concerned.length > 1) {
    const limited = { ...ask, features: { ...ask.features, maxOutputTokens: limit } }
    holds = concerned.map((budget) => ({ budget, nanoUsd: amountOf(reservationFor(budget, limited)) }))
  }
  return { kind: 'fits', holds, maxOutputTokens: limit, boundNanoUsd: boundIn(holds, ask) }
}

/** All hard budgets hold the same amount, at the same limit. */
function boundIn(holds: readonly Held[], ask: Ask): number | null {
  const hard = holds.find(({ budget }) => isHard(budget.rule))
  return hard === undefined || boundOf(ask).rates === null ? null : hard.nanoUsd
}

function amountOf(reservation: Reservation): number {
  return reservation.kind === 'fits' ? reservation.nanoUsd : 0
}

/** What one budget demands of an attempt on a model of its class. */
export function reservationFor({ rule, leftNanoUsd }: Pick<BudgetLeft, 'rule' | 'leftNanoUsd'>, ask: Ask): Reservation {
  if (rule.onExceed === 'warn') {
    const nanoUsd = softCost(ask, softOutput(ask)) ?? rule.unknownPriceNanoUsd ?? 0
    return { kind: 'fits', nanoUsd, maxOutputTokens: null }
  }
  return isHard(rule) ? hardReservation(rule, leftNanoUsd, ask) : softReservation(rule, leftNanoUsd, ask)
}

/** The most that the attempt can cost; null when a price or every limit on its output is unknown. */
export function worstCostNanoUsd(ask: Ask): number | null {
  const { row, features, endpoint } = ask
  const most = endpoint === 'embeddings' ? 0 : (features.maxOutputTokens ?? row.maxOutput)
  const { rates, inputTokens } = boundOf(ask)
  return rates === null || most === null ? null : costAtRates(rates, inputTokens, most * choicesOf(ask))
}

/**
 * Input at a bound, and output at the client's limit. Where it set none, the expected output must be affordable; then as
 * much as is affordable is reserved, up to the config's limit, and has to be sent upstream as a limit.
 */
function hardReservation(rule: BudgetRule, leftNanoUsd: number, ask: Ask): Reservation {
  const { row, features, endpoint, defaultMaxOutput } = ask
  const { rates, inputTokens } = boundOf(ask)
  if (rates === null) return unpriced(rule, leftNanoUsd)
  const choices = choicesOf(ask)
  const given = endpoint === 'embeddings' ? 0 : features.maxOutputTokens
  if (given !== null) return fitting(costAtRates(rates, inputTokens, given * choices), leftNanoUsd, null)
  const most = Math.min(defaultMaxOutput, row.maxOutput ?? Infinity)
  const least = Math.min(most, Math.max(1, Math.ceil(outputOf(row, ask).tokens / choices)))
  const needed = fitting(costAtRates(rates, inputTokens, least * choices), leftNanoUsd, null)
  // Output that costs nothing needs no limit.
  if (needed.kind !== 'fits' || rates.output === 0) return needed
  const affordable = affordableOutput(rates, inputTokens, { nanoUsd: leftNanoUsd, most: most * choices })
  const limit = Math.max(least, Math.floor(affordable / choices))
  return fitting(costAtRates(rates, inputTokens, limit * choices), leftNanoUsd, limit)
}

/**
 * The estimated input and the 99th percentile of the output. Without enough history the expected output must be
 * affordable, and up to the config's assumption is reserved.
 */
function softReservation(rule: BudgetRule, leftNanoUsd: number, ask: Ask): Reservation {
  const cost = softCost(ask, softOutput(ask))
  if (cost === null) return unpriced(rule, leftNanoUsd)
  if (hasHistory(ask) || cost <= leftNanoUsd) return fitting(cost, leftNanoUsd, null)
  const expected = fitting(softCost(ask, outputOf(ask.row, ask).tokens) ?? cost, leftNanoUsd, null)
  return expected.kind === 'fits' && expected.nanoUsd > 0 ? fitting(leftNanoUsd, leftNanoUsd, null) : expected
}

function softCost({ row, features }: Ask, outputTokens: number): number | null {
  return estimatedCost(row.prices, features.inputTokens, outputTokens)
}

function softOutput(ask: Ask): number {
  const { row, features, history, endpoint, defaultMaxOutput } = ask
  if (endpoint === 'embeddings') return 0
  const usual = hasHistory(ask) && history !== undefined ? Math.ceil(history.p99) : defaultMaxOutput
  return Math.min(usual, features.maxOutputTokens ?? Infinity, row.maxOutput ?? Infinity) * choicesOf(ask)
}

function hasHistory({ history }: Ask): boolean {
  return history !== undefined && history.n >= MIN_SAMPLES
}

function boundOf(ask: Ask): { readonly rates: Rates | null; readonly inputTokens: number } {
  const { row, features, endpoint } = ask
  const { tokens, cacheWrite, surcharge } = features.inputBound ?? UNKNOWN_BOUND
  const window = Math.min(row.maxInput ?? Infinity, row.contextWindow ?? Infinity)
  // A request for embeddings may fill the window many times over, with one text after the other.
  const known = endpoint === 'embeddings' ? (tokens ?? window) : Math.min(tokens ?? Infinity, window)
  const inputTokens = known === Infinity ? LARGEST_WINDOW : known
  const prompt = { inputTokens, cacheWrite, answers: endpoint === 'chat' }
  return { inputTokens, rates: surcharge === true ? null : dearestRates(row, prompt) }
}

function choicesOf({ features }: Ask): number {
  return Math.max(1, features.needs.choices)
}

function unpriced({ unknownPriceNanoUsd }: BudgetRule, leftNanoUsd: number): Reservation {
  return unknownPriceNanoUsd === undefined ? { kind: 'unpriced' } : fitting(unknownPriceNanoUsd, leftNanoUsd, null)
}

/** What costs nothing always fits. */
function fitting(nanoUsd: number, leftNanoUsd: number, maxOutputTokens: number | null): Reservation {
  if (nanoUsd > 0 && nanoUsd > leftNanoUsd) return { kind: 'short', neededNanoUsd: nanoUsd }
  return { kind: 'fits', nanoUsd, maxOutputTokens }
}
