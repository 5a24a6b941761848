import type { Connection } from '../open.ts'
import { DAY_MS, QUARTERS_A_DAY } from './codes.ts'

/** Sums up old quarters of an hour into days. */
export interface Compaction {
  /** One short transaction over some subjects; true until all subjects were seen. */
  step(now: number): boolean
}

/** No window but `total` reaches further back: a month has 31 days, a rolling one 30. */
const QUARTERS_KEPT_DAYS = 40
const STEP_SUBJECTS = 20

interface Subject {
  readonly scope: number
  readonly subject: number
}

const BEFORE_ALL: Subject = { scope: -1, subject: -1 }

export function createCompaction(connection: Connection): Compaction {
  const next = connection.prepare<[Subject], Subject>(
    `SELECT scope, subject FROM spend_quarter WHERE (scope, subject) > ($scope, $subject)
     ORDER BY scope, subject LIMIT 1`,
  )
  const old = `scope = $scope AND subject = $subject AND quarter < $end AND quarter % ${QUARTERS_A_DAY} <> 0`
  const sumUp = connection.prepare(
    `INSERT INTO spend_quarter (scope, subject, quarter, model, tier, cost_nano)
     SELECT scope, subject, quarter / ${QUARTERS_A_DAY} * ${QUARTERS_A_DAY} AS day, model, tier, sum(cost_nano)
     FROM spend_quarter WHERE ${old} GROUP BY scope, subject, day, model, tier
     ON CONFLICT DO UPDATE SET cost_nano = cost_nano + excluded.cost_nano`,
  )
  const drop = connection.prepare(`DELETE FROM spend_quarter WHERE ${old}`)
  const mark = connection.prepare('UPDATE ledger_state SET quarters_from = max(quarters_from, ?)')
  let seen = BEFORE_ALL
  const some = connection.transaction((end: number) => {
    mark.run(end)
    for (let count = 0; count < STEP_SUBJECTS; count += 1) {
      const subject = next.get(seen)
      if (subject === undefined) {
        seen = BEFORE_ALL
        return false
      }
      sumUp.run({ ...subject, end })
      drop.run({ ...subject, end })
      seen = subject
    }
    return true
  })
  return {
    step(now) {
      const day = Math.floor(now / DAY_MS) - QUARTERS_KEPT_DAYS
      return day > 0 && some.immediate(day * QUARTERS_A_DAY)
    },
  }
}
