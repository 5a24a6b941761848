import { inClass, limitSubjects } from '../../engine/budgets/concerns.ts'
import { compile } from '../../engine/eligibility/compiled.ts'
import { GCRA_FULL, gcraSetBack, gcraSettle, gcraTake, gcraUnder, type Taken } from '../../engine/limits/gcra.ts'
import { placeFree, placeTake } from '../../engine/limits/concurrency.ts'
import type { PlannedAttempt } from '../../engine/decision.ts'
import type { RateLimitFacts } from '../../engine/record.ts'
import type { Rate, RateLimitRule } from '../../engine/routing-config.ts'
import type { Rights } from '../../engine/decision.ts'
import type { Generation } from '../ports.ts'
import { RecentMap } from '../recent-map.ts'

/** Limiters kept; one that was not used for so long that it is dropped is full again in all but extreme cases. */
const MAX_LIMITERS = 50_000

interface Limiter {
  readonly rate: Rate
  readonly state: number
}

interface Concern {
  readonly rule: RateLimitRule
  readonly key: string
}

/** What a request took, to be given back or corrected when it is over. */
export interface Taking {
  readonly concerns: readonly Concern[]
  readonly tokens: number
}

export interface RateRefusal {
  readonly rule: RateLimitRule
  readonly kind: RateLimitFacts['kind']
  /** Null: waiting does not help, the request is larger than the limit ever holds. */
  readonly retryAfterMs: number | null
  readonly amount: number
}

export type RateVerdict =
  | { readonly kind: 'taken'; readonly taking: Taking; readonly facts: readonly RateLimitFacts[] }
  | { readonly kind: 'refused'; readonly refusal: RateRefusal; readonly facts: readonly RateLimitFacts[] }

export interface RateRequest {
  readonly rights: Rights
  readonly generation: Generation
  readonly choice: Pick<PlannedAttempt, 'model' | 'tier'>
  readonly tokens: number
  readonly now: number
}

/** A clock that goes back by more was set; less is how clocks are kept right. */
export const CLOCK_SLACK_MS = 60_000
/** When a place of a concurrency limit will be free is not known; clients are told to ask again after this. */
const PLACE_RETRY_MS = 1_000

/** Rate limits of a proxy, in memory. A request takes from all its limits or from none. */
export class RateTable {
  readonly #limiters = new RecentMap<Limiter>(MAX_LIMITERS)
  readonly #places = new Map<string, number>()
  #latest = 0

  take(request: RateRequest): RateVerdict | null {
    const concerns = concernsOf(request)
    if (concerns.length === 0) return null
    const { tokens, now } = request
    this.#follow(now)
    const facts: RateLimitFacts[] = []
    const states: [string, Limiter][] = []
    const places: [string, number][] = []
    let refusal: RateRefusal | null = null
    for (const { rule, key } of concerns) {
      for (const kind of ['requests', 'tokens'] as const) {
        const rate = rule[kind]
        if (rate === undefined) continue
        const taken = gcraTake(this.#stateOf(`${key}\n${kind}`, rate), rate, { n: kind === 'tokens' ? tokens : 1, now })
        facts.push(factOf(rule, kind, { amount: rate.amount, taken }))
        if (taken.kind === 'taken') states.push([`${key}\n${kind}`, { rate, state: taken.state }])
        else refusal = worse(refusal, { rule, kind, amount: rate.amount, retryAfterMs: waitOf(taken) })
      }
      if (rule.concurrent === undefined) continue
      const place = placeTake(this.#places.get(key) ?? 0, rule.concurrent)
      const { name: limit, scope, concurrent: amount } = rule
      facts.push({ limit, scope, kind: 'concurrent', amount, remaining: place?.remaining ?? 0, resetMs: 0 })
      if (place !== null) places.push([key, place.state])
      else refusal = worse(refusal, { rule, kind: 'concurrent', amount, retryAfterMs: PLACE_RETRY_MS })
    }
    if (refusal !== null) return { kind: 'refused', refusal, facts }
    for (const [key, limiter] of states) this.#limiters.set(key, limiter)
    for (const [key, state] of places) this.#places.set(key, state)
    return { kind: 'taken', taking: { concerns, tokens }, facts }
  }

  /** Frees the places and corrects the tokens to what was used. */
  leave({ concerns, tokens }: Taking, used: number, now: number): void {
    for (const { rule, key } of concerns) {
      if (rule.tokens !== undefined && used !== tokens) {
        const rate = rule.tokens
        const name = `${key}\ntokens`
        this.#limiters.set(name, {
          rate,
          state: gcraSettle(this.#stateOf(name, rate), rate, { taken: tokens, used, now }),
        })
      }
      if (rule.concurrent === undefined) continue
      const left = placeFree(this.#places.get(key) ?? 0)
      if (left === 0) this.#places.delete(key)
      else this.#places.set(key, left)
    }
  }

  /** Whoever waits for a moment that was wrong would wait for hours when the clock is put right. */
  #follow(now: number): void {
    const byMs = this.#latest - now
    this.#latest = now
    if (byMs <= CLOCK_SLACK_MS) return
    // A copy, as what is set moves to the end.
    const all = [...this.#limiters.entries()]
    for (const [key, { rate, state }] of all) this.#limiters.set(key, { rate, state: gcraSetBack(state, rate, byMs) })
  }

  #stateOf(key: string, rate: Rate): number {
    const known = this.#limiters.get(key)
    if (known === undefined) return GCRA_FULL
    const { rate: from, state } = known
    return from.amount === rate.amount && from.perMs === rate.perMs ? state : gcraUnder(state, from, rate)
  }
}

function concernsOf({ rights, generation, choice }: RateRequest): Concern[] {
  const rules = generation.routing.rateLimits ?? []
  if (rules.length === 0) return []
  const { aliases } = compile(generation.routing, generation.matrix)
  const model = { id: choice.model, tier: choice.tier }
  return rules
    .filter((rule) => inClass(model, rule.modelClass, aliases))
    .flatMap((rule) => limitSubjects(rule, rights).map((subject) => ({ rule, key: `${rule.name}\n${subject}` })))
}

function factOf(
  { name, scope }: RateLimitRule,
  kind: 'requests' | 'tokens',
  { amount, taken }: { readonly amount: number; readonly taken: Taken },
): RateLimitFacts {
  return { limit: name, scope, kind, amount, remaining: taken.remaining, resetMs: taken.resetMs }
}

function waitOf(taken: Exclude<Taken, { kind: 'taken' }>): number | null {
  return taken.kind === 'too_large' ? null : taken.retryAfterMs
}

/** The refusal that lasts longest is the one to tell. */
function worse(a: RateRefusal | null, b: RateRefusal): RateRefusal {
  if (a === null) return b
  return (b.retryAfterMs ?? Infinity) > (a.retryAfterMs ?? Infinity) ? b : a
}
