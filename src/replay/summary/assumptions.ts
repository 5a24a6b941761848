import type { ArmRow, PairRow } from '../types.ts'
import { isTurnedAway } from './counts.ts'
import type { Assumption } from './types.ts'

/** What a reader must know, from the rows of every candidate. `synthetic` comes from the fixture headers. */
export function assumptions(candidates: readonly (readonly PairRow[])[], synthetic: readonly string[]): Assumption[] {
  const rows = candidates.flat()
  const [first = []] = candidates
  const longSessions = new Set(first.filter((row) => row.turn > 0).map((row) => row.session)).size
  const count = (holds: (arm: ArmRow) => boolean): number =>
    rows.reduce((sum, row) => sum + Number(holds(row.baseline)) + Number(holds(row.candidate)), 0)
  const counted = count((arm) => arm.costBasis === 'counted')
  const guessed = count((arm) => arm.costBasis === 'estimated' && arm.evidence !== 'E')
  const estimated = rows.filter((row) => row.candidate.evidence === 'E' || row.baseline.evidence === 'E').length
  const missing = rows.filter(({ candidate }) => candidate.evidence === '-' && !isTurnedAway(candidate)).length
  const tooLong = rows.filter(({ candidate }) => candidate.tooLong === true).length
  const found: (Assumption | false)[] = [
    longSessions > 0 && { code: 'teacher_forced', sessions: longSessions },
    count((arm) => arm.latencyBasis === 'estimated') > 0 && { code: 'latency_estimated' },
    counted > 0 && { code: 'usage_counted', arms: counted },
    guessed > 0 && { code: 'usage_estimated', arms: guessed },
    estimated > 0 && { code: 'cost_estimated', pairs: estimated },
    missing > 0 && { code: 'answers_missing', pairs: missing },
    tooLong > 0 && { code: 'answers_too_long', pairs: tooLong },
    candidates.length > 1 && { code: 'several_candidates', candidates: candidates.length },
    ...synthetic.map((what): Assumption => ({ code: 'synthetic', what })),
  ]
  return found.filter((assumption) => assumption !== false)
}
