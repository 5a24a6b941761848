import type { Because, Chosen } from './decision.ts'
import type { Scope } from './eligibility/scope.ts'
import { scorePool } from './policy/score.ts'
import { select, type Manner, type Selection } from './policy/select.ts'
import { isOpen, isUsable, type Standing } from './standing.ts'

/** What came of the search for a model. */
export type Settlement =
  | {
      readonly kind: 'chosen'
      /** The models that were compared. */
      readonly pool: readonly Standing[]
      readonly selection: Selection
      readonly because: Because
      readonly downgradedFrom: Chosen['downgradedFrom']
      /** Set when a spent budget bars everything above this tier. */
      readonly cap: { readonly tier: string; readonly rank: number } | null
      /** The one tier that the pool was taken from; null when it spans tiers. */
      readonly level: number | null
    }
  | {
      readonly kind: 'refused'
      readonly pool: readonly Standing[]
      /** `budget`: a budget that blocks; `none`: no model is left. */
      readonly cause: 'budget' | 'none'
      readonly level: number | null
    }

type Attempt = Settlement | { readonly kind: 'empty'; readonly cause: 'budget' | 'tier' }

/** Finds the model: the one asked for, else the best of the wanted tier or of those below, else the best of all. */
export function settle(standings: readonly Standing[], scope: Scope): Settlement {
  if (scope.wish.kind === 'model') return settleAsked(standings, scope)
  if (scope.wanted !== null) return settleTiers(standings, scope, { tier: scope.wanted, cause: null })
  const attempt = tryPool(standings, scope, null)
  return attempt.kind === 'empty' ? { kind: 'refused', pool: [], cause: 'none', level: null } : attempt
}

/**
 * Chooses from the open models of a pool. When a spent budget stands before the winner: `block` refuses the request,
 * `downgrade` leaves the affordable models of the winner's tier and below.
 */
function tryPool(members: readonly Standing[], scope: Scope, level: number | null): Attempt {
  const open = members.filter(isOpen)
  if (open.length === 0) return { kind: 'empty', cause: 'tier' }
  const manner = mannerOf(scope)
  const first = select(open, manner)
  const usable = open.every(isUsable) ? open : open.filter(isUsable)
  if (first === null) return refusedPool(usable, scope, level)
  if (usable === open) return chosen(first, open, level)
  const { exhausted, entry } = first.winner
  if (exhausted?.action === 'block') return { ...refusedPool(usable, scope, level), cause: 'budget' }
  const cap = exhausted === null || scope.input.config.failover.higherTiers ? null : entry
  const rest = cap === null ? usable : usable.filter((standing) => standing.entry.tierRank <= cap.tierRank)
  if (rest.length === 0) return { kind: 'empty', cause: 'budget' }
  const second = select(rest, manner)
  if (second === null) return refusedPool(rest, scope, level)
  const settled = chosen(second, rest, level)
  if (cap === null) return settled
  const lower = second.winner.entry.tierRank < cap.tierRank
  return {
    ...settled,
    cap: { tier: cap.row.tier, rank: cap.tierRank },
    downgradedFrom: lower ? { tier: cap.row.tier, cause: 'budget' } : null,
  }
}

function chosen(
  selection: Selection,
  pool: readonly Standing[],
  level: number | null,
): Extract<Settlement, { kind: 'chosen' }> {
  return { kind: 'chosen', pool, selection, because: selection.because, downgradedFrom: null, cap: null, level }
}

function refusedPool(
  pool: readonly Standing[],
  scope: Scope,
  level: number | null,
): Extract<Settlement, { kind: 'refused' }> {
  scorePool(pool, scope.policy)
  return { kind: 'refused', pool, cause: 'none', level }
}

function mannerOf({ input, policy, rule }: Scope): Manner {
  const listed = rule !== null && rule.rule.order === 'listed' ? (rule.rule.models ?? null) : null
  return {
    policy,
    listed,
    sessionModel: input.config.sticky === 'session' ? (input.state.session?.model ?? null) : null,
  }
}

interface Descent {
  readonly tier: { readonly tier: string; readonly rank: number }
  /** Why the wanted tier is left, when that is known beforehand. */
  readonly cause: 'budget' | 'tier' | null
}

/**
 * The wanted tier, then lower ones from the top (a spent budget leads there in any case, anything else only with
 * `failover.lowerTiers`), then higher ones if the config allows them.
 */
function settleTiers(standings: readonly Standing[], scope: Scope, { tier, cause }: Descent): Settlement {
  const { lowerTiers, higherTiers } = scope.input.config.failover
  let why = cause
  for (const level of levelsFrom(tier.rank, scope)) {
    if (level < tier.rank && !lowerTiers && why !== 'budget') continue
    if (level > tier.rank && !higherTiers) continue
    const members = standings.filter((standing) => standing.entry.tierRank === level)
    const attempt = tryPool(members, scope, level)
    if (attempt.kind === 'chosen' && level < tier.rank)
      return { ...attempt, downgradedFrom: { tier: tier.tier, cause: why ?? 'tier' } }
    if (attempt.kind !== 'empty') return attempt
    why ??= attempt.cause
  }
  return { kind: 'refused', pool: [], cause: 'none', level: tier.rank }
}

function levelsFrom(rank: number, { input }: Scope): readonly number[] {
  const levels: number[] = []
  for (let level = rank; level >= 0; level -= 1) levels.push(level)
  // One beyond the known tiers: models whose tier the config does not know.
  for (let level = rank + 1; level <= input.config.tiers.length; level += 1) levels.push(level)
  return levels
}

/**
 * A named model is taken when it passes the filters; limits of the policy and the session do not matter then. When it is
 * only out of reach for now (health, rate limit, spent budget), another model of its tier or below stands in, as it
 * would after a failed attempt. `failover.maxAttempts: 1` asks for no stand-in but a budget's.
 */
function settleAsked(standings: readonly Standing[], scope: Scope): Settlement {
  const asked = standings.find((standing) => scope.wish.kind === 'model' && standing.entry === scope.wish.entry)
  if (asked === undefined) return { kind: 'refused', pool: [], cause: 'none', level: null }
  if (isUsable(asked)) {
    scorePool([asked], scope.policy)
    const because: Because = { kind: 'asked_for_model' }
    return chosen({ winner: asked, because, runnerUp: null, relaxed: [] }, [asked], null)
  }
  if (asked.exhausted?.action === 'block') return { kind: 'refused', pool: [], cause: 'budget', level: null }
  const code = standInCause(asked, scope)
  if (code === null) return { kind: 'refused', pool: [], cause: 'none', level: null }
  const others = standings.filter((standing) => standing !== asked)
  const tier = { tier: asked.entry.row.tier, rank: asked.entry.tierRank }
  const settled = settleTiers(others, scope, { tier, cause: code === 'budget_exhausted' ? 'budget' : 'tier' })
  if (settled.kind === 'refused') return settled
  return { ...settled, because: { kind: 'asked_unavailable', asked: asked.entry.row.id, cause: code } }
}

function standInCause(
  asked: Standing,
  { input }: Scope,
): Extract<Because, { kind: 'asked_unavailable' }>['cause'] | null {
  // Vectors of different embedding models can not be compared, so nothing can stand in for one.
  if (input.asked.endpoint === 'embeddings') return null
  if (asked.exhausted !== null) return 'budget_exhausted'
  const code = asked.ability?.code
  if (code !== 'provider_unhealthy' && code !== 'rate_limited_upstream') return null
  return input.config.failover.maxAttempts > 1 ? code : null
}
