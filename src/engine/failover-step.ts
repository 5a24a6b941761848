import { failureRule } from './failover.ts'
import type { FailureFacts } from './health/effect.ts'
import type { FailoverConfig } from './routing-config.ts'

export interface StepInput {
  readonly failure: FailureFacts
  /** Providers of the plan, in order. */
  readonly providers: readonly string[]
  /** Position in the plan of the attempt that failed. */
  readonly index: number
  /** Attempts made so far, repeated ones included. */
  readonly attempts: number
  /** How often the target at `index` was repeated. */
  readonly repeats: number
  /** Milliseconds until the first content must be there. */
  readonly leftMs: number
  readonly config: Pick<FailoverConfig, 'maxAttempts'>
  /** Number of the client's own retry; 0 for its first try. */
  readonly clientRetry: number
  /** Uniform in [0, 1); the same for the whole exchange. */
  readonly roll: number
  /** Whether the target at a position may be called now: healthy and within the cost cap. */
  readonly usable: (index: number) => boolean
}

export type Step =
  | { readonly kind: 'repeat'; readonly waitMs: number }
  | { readonly kind: 'next'; readonly index: number }
  | { readonly kind: 'stop'; readonly why: StopCause }

export type StopCause = 'final' | 'deadline' | 'attempts' | 'no_target'

/** A wait this short is better than a change of model. */
const SHORT_WAIT_MS = 1_000
/** Share of the time left that a wait may take. */
const WAIT_SHARE = 0.25
const CONNECT_WAIT_MS = { least: 25, most: 125 }
const SERVER_WAIT_MS = { least: 150, most: 500 }
/** Past the end that a provider named, as clocks and timers are not exact. */
const TOLD_WAIT_MS = { least: 5, most: 50 }
/** Steps by the golden ratio spread the waits of one exchange evenly over [0, 1). */
const GOLDEN = 0.618_033_988_749_895

/** What to do after an attempt that failed before its first content byte. */
export function nextStep(input: StepInput): Step {
  const rule = failureRule(input.failure.failure, input.failure.status)
  if (rule.next === 'stop') return { kind: 'stop', why: 'final' }
  if (input.leftMs <= 0) return { kind: 'stop', why: 'deadline' }
  if (input.attempts >= input.config.maxAttempts) return { kind: 'stop', why: 'attempts' }
  const next = nextUsable(input, rule.next === 'other_provider')
  const waitMs = repeatWait(input, rule.sameTarget, next !== null)
  if (waitMs !== null) return { kind: 'repeat', waitMs }
  return next === null ? { kind: 'stop', why: 'no_target' } : { kind: 'next', index: next }
}

function nextUsable({ providers, index, usable }: StepInput, otherProvider: boolean): number | null {
  const failed = providers[index]
  for (let at = index + 1; at < providers.length; at += 1)
    if (!(otherProvider && providers[at] === failed) && usable(at)) return at
  return null
}

/**
 * How long to wait before the same target is tried again; null when it should not be. A client that repeats its request
 * does this work already, and the last attempt allowed is left to another target where there is one.
 */
function repeatWait(input: StepInput, manner: 'never' | 'once' | 'when_told_soon', hasNext: boolean): number | null {
  const { failure, attempts, repeats, leftMs, config, clientRetry, index } = input
  if (manner === 'never' || repeats > 0 || clientRetry > 0) return null
  if (hasNext && config.maxAttempts - attempts < 2) return null
  const most = leftMs * WAIT_SHARE
  if (manner === 'once') {
    // Other requests may have opened its breaker meanwhile. A told wait lasts as long as the cooldown, so it is not asked.
    if (!input.usable(index)) return null
    const waitMs = jittered(failure.failure === 'connect' ? CONNECT_WAIT_MS : SERVER_WAIT_MS, input)
    return waitMs <= most ? waitMs : null
  }
  const told = failure.retryAfterMs
  if (told === null || told > most || (hasNext && told > SHORT_WAIT_MS)) return null
  return told + jittered(TOLD_WAIT_MS, input)
}

function jittered({ least, most }: { least: number; most: number }, { roll, attempts }: StepInput): number {
  const share = (roll + attempts * GOLDEN) % 1
  return Math.round(least + share * (most - least))
}
