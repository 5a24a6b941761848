import type { PlannedAttempt } from '../../engine/decision.ts'
import type { AttemptWatch, Callee, Incoming, StatePort } from '../../pipeline/ports.ts'
import type { Fixture } from '../types.ts'

interface Target {
  readonly provider: string
  readonly model: string
}

/** Where an exchange stands in its recording. */
interface Progress {
  readonly plan: readonly PlannedAttempt[]
  readonly attempts: readonly Target[]
  /** For the arm's own budgets to let in or keep out. */
  readonly keptOut: readonly Target[]
  next: number
}

export interface RecordedAttempts extends Required<Pick<StatePort, 'callable' | 'attemptStarts'>> {
  /** Gives the recording of an exchange before it enters the pipeline. */
  recorded(incoming: Incoming, fixture: Fixture): void
}

/**
 * Which targets could be called, as far as a recording tells: an exchange with the plan of the recording calls those that
 * were called then, in that order, and no others, since breakers and cooldowns kept those out. Under another plan every
 * target can be called.
 */
export function recordedAttempts(): RecordedAttempts {
  const exchanges = new WeakMap<Incoming, Progress>()
  const progressOf = ({ incoming, plan }: Callee): Progress | null => {
    const progress = exchanges.get(incoming)
    return progress !== undefined && isSamePlan(progress.plan, plan) ? progress : null
  }
  const callable = (callee: Callee): boolean => {
    const progress = progressOf(callee)
    if (progress === null) return true
    const { attempts, keptOut, next } = progress
    return [...attempts.slice(next), ...keptOut].some((target) => isSame(target, callee.target))
  }
  return {
    recorded(incoming, { decision, attempts, kept_out: keptOut = [], res }) {
      // Without an end of the exchange nobody knows what could have been called after its last attempt.
      if (decision === undefined || attempts === undefined || res === undefined) return
      exchanges.set(incoming, { plan: decision.plan, attempts, keptOut, next: 0 })
    },
    callable,
    attemptStarts(callee) {
      if (!callable(callee)) return null
      const progress = progressOf(callee)
      if (progress === null) return UNWATCHED
      if (isSame(callee.target, progress.attempts[progress.next])) progress.next += 1
      // A budget lets in what it kept out then, so from here on the recording says nothing.
      else exchanges.delete(callee.incoming)
      return UNWATCHED
    },
  }
}

const UNWATCHED: AttemptWatch = { reached: () => undefined, ended: () => null }

function isSamePlan(a: readonly PlannedAttempt[], b: readonly PlannedAttempt[]): boolean {
  return a.length === b.length && a.every((target, index) => isSame(target, b[index]))
}

function isSame(a: Target, b: Target | undefined): boolean {
  return a.provider === b?.provider && a.model === b.model
}
