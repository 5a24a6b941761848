import type { Connection } from '../open.ts'
import { DAY_MS, QUARTER_MS, SCOPE } from './codes.ts'
import { ADD_MEASURES, MEASURE_COLUMNS, ROW_MEASURES, SUM_OF_MEASURES } from './measures.ts'

/** Brings rows into the roll-ups. */
export interface RollUp {
  /** One short transaction over at most `limit` rows; true when rows are left. */
  step(limit: number): boolean
}

/** Rows with a cost and their time in some unit. */
interface Costs {
  readonly table: 'attempt' | 'spend_day'
  /** Column or expression; named `time` in the result. */
  readonly time: string
  readonly condition: string
}

/** The rows of `attempt` by quarter of an hour. */
export function quarterCosts(condition: string): Costs {
  return { table: 'attempt', time: `at_ms / ${QUARTER_MS}`, condition }
}

/** The sums by subject that budgets ask for: columns `scope, subject, time, model, tier, cost_nano`. */
export function subjectSums({ table, time, condition }: Costs): string {
  const costs = (scope: number, subject: string, join: string): string =>
    `SELECT ${scope} AS scope, ${subject} AS subject, ${time} AS time, what, cost_nano
     FROM ${table} ${join} WHERE cost_nano > 0 AND ${condition}`
  const who = `CROSS JOIN who ON who.id = ${table}.who`
  const parts = [
    costs(SCOPE.global, '0', ''),
    costs(SCOPE.key, 'who.key', who),
    `${costs(SCOPE.user, 'who.user', who)} AND who.user > 0`,
    `${costs(SCOPE.project, 'who.project', who)} AND who.project > 0`,
    costs(SCOPE.group, 'who_group.name', `CROSS JOIN who_group ON who_group.who = ${table}.who`),
  ]
  return `SELECT scope, subject, time, what.model AS model, what.tier AS tier, sum(cost_nano) AS cost_nano
    FROM (${parts.join(' UNION ALL ')}) AS part CROSS JOIN what ON what.id = part.what
    GROUP BY scope, subject, time, what.model, what.tier`
}

/** The sums by day that people ask for, of the rows given by a condition on `attempt`. */
export function daySums(condition: string): string {
  return `SELECT day, who, what, ${SUM_OF_MEASURES}
    FROM (SELECT at_ms / ${DAY_MS} AS day, who, what, ${ROW_MEASURES} FROM attempt WHERE ${condition})
    GROUP BY day, who, what`
}

export function createRollUp(connection: Connection): RollUp {
  const range = connection.prepare<[number], { first: number; last: number; newest: number }>(
    `SELECT rolled_seq AS first, min(rolled_seq + ?, newest) AS last, newest
     FROM ledger_state, (SELECT coalesce(max(seq), 0) AS newest FROM attempt)`,
  )
  const condition = 'seq > $first AND seq <= $last'
  const byDay = connection.prepare(
    `INSERT INTO spend_day (day, who, what, ${MEASURE_COLUMNS}) ${daySums(condition)}
     ON CONFLICT DO UPDATE SET ${ADD_MEASURES}`,
  )
  const bySubject = connection.prepare(
    `INSERT INTO spend_quarter (scope, subject, quarter, model, tier, cost_nano) ${subjectSums(quarterCosts(condition))}
     ON CONFLICT DO UPDATE SET cost_nano = cost_nano + excluded.cost_nano`,
  )
  const advance = connection.prepare('UPDATE ledger_state SET rolled_seq = $last')
  const step = connection.transaction((limit: number) => {
    const { first, last, newest } = range.get(limit) ?? { first: 0, last: 0, newest: 0 }
    if (last <= first) return false
    byDay.run({ first, last })
    bySubject.run({ first, last })
    advance.run({ last })
    return last < newest
  })
  return { step: (limit) => step.immediate(limit) }
}
