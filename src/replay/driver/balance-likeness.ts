import type { BudgetLeft } from '../../engine/state.ts'
import type { Generation } from '../../pipeline/ports.ts'
import type { Fixture } from '../types.ts'

export interface BalanceLikeness {
  /** The balances that a fixture finds; only the first look at each counts. */
  compare(fixture: Fixture | undefined, left: readonly BudgetLeft[]): void
  counts(): { readonly compared: number; readonly differing: number }
}

/**
 * Compares balances with those of the recording, where the very config of the arm made it: they differ when something was
 * spent that is not among the fixtures, or when two things happened within the same millisecond.
 */
export function balanceLikeness({ routing, matrix }: Generation): BalanceLikeness {
  const seen = new WeakSet<Fixture>()
  let compared = 0
  let differing = 0
  return {
    compare(fixture, left) {
      const then = fixture?.ctx.state?.budgets
      if (fixture === undefined || then === undefined || seen.has(fixture)) return
      seen.add(fixture)
      if (fixture.ctx.config !== routing.hash || fixture.ctx.catalog !== matrix.hash) return
      compared += 1
      if (then.length !== left.length || !then.every((budget, at) => isSame(budget, left[at]))) differing += 1
    },
    counts: () => ({ compared, differing }),
  }
}

function isSame(a: BudgetLeft, b: BudgetLeft | undefined): boolean {
  return a.rule.name === b?.rule.name && a.subject === b.subject && a.leftNanoUsd === b.leftNanoUsd
}
