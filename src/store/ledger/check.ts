import type { Connection } from '../open.ts'
import { DAY_MS, QUARTER_MS, QUARTERS_A_DAY } from './codes.ts'
import { MEASURE_COLUMNS } from './measures.ts'
import { daySums, quarterCosts, subjectSums } from './roll-up.ts'

/** Sums that do not agree. The rows are what happened; a roll-up that differs from them is wrong. */
export type LedgerProblem =
  /** Days in which the sums for people, or those for budgets, are not the sums of the rows. */
  | { readonly kind: 'day_sums' | 'budget_sums'; readonly day: string; readonly differing: number }
  /** The two roll-ups do not agree with each other, on days whose rows may be gone. */
  | { readonly kind: 'roll_ups'; readonly differing: number }
  /** Rows that name a text, spender or call which is not there. */
  | { readonly kind: 'dangling'; readonly rows: number }

export interface LedgerCheck {
  readonly rows: number
  readonly days: number
  /** Days of which all rows are still there, so that they could be added up again. */
  readonly daysWithRows: number
  readonly problems: readonly LedgerProblem[]
}

type DayCheck = (day: number) => LedgerProblem[]

/** Adds up all rows again, a day at a time, and compares. Reads one moment of the store, also while a proxy writes. */
export function checkLedger(connection: Connection, onDay: (done: number, of: number) => void = () => {}): LedgerCheck {
  const state = connection.prepare<[], { rows_from_quarter: number; quarters_from: number }>(
    'SELECT rows_from_quarter, quarters_from FROM ledger_state',
  )
  const count = connection.prepare<[], number>('SELECT count(*) FROM attempt').pluck()
  // Of both, since a day may lack in either of them.
  const days = connection
    .prepare<[], number>(`SELECT day FROM spend_day UNION SELECT at_ms / ${DAY_MS} FROM attempt ORDER BY 1`)
    .pluck()
  const differingDay = dayCheck(connection)
  const differingQuarters = quarterCheck(connection)
  const rollUps = rollUpCheck(connection)
  const dangling = danglingCheck(connection)
  return connection.transaction(() => {
    const { rows_from_quarter: rowsFrom, quarters_from: quartersFrom } = state.get() ?? NO_STATE
    const all = days.all()
    const whole = all.filter((day) => day * QUARTERS_A_DAY >= rowsFrom)
    const problems = whole.flatMap((day, index) => {
      onDay(index + 1, whole.length)
      const quarters = day * QUARTERS_A_DAY >= quartersFrom ? differingQuarters(day) : []
      return [...differingDay(day), ...quarters]
    })
    return {
      rows: count.get() ?? 0,
      days: all.length,
      daysWithRows: whole.length,
      problems: [...problems, ...rollUps(), ...dangling()],
    }
  })()
}

const NO_STATE = { rows_from_quarter: 0, quarters_from: 0 }

/** Rows that the roll-ups lack are not expected in them. */
const ROWS_OF_DAY = `at_ms / ${QUARTER_MS} BETWEEN $first AND $last
  AND seq <= (SELECT rolled_seq FROM ledger_state)`

function quartersOf(day: number): { readonly first: number; readonly last: number } {
  return { first: day * QUARTERS_A_DAY, last: day * QUARTERS_A_DAY + QUARTERS_A_DAY - 1 }
}

function dayCheck(connection: Connection): DayCheck {
  const kept = `SELECT day, who, what, ${MEASURE_COLUMNS} FROM spend_day WHERE day = $day`
  const differing = connection.prepare<[object], number>(differences(daySums(ROWS_OF_DAY), kept)).pluck()
  return (day) => problem('day_sums', day, differing.get({ day, ...quartersOf(day) }))
}

function quarterCheck(connection: Connection): DayCheck {
  // What is too much in the roll-up is seen by its total over the day, which is compared with the other roll-up.
  const differing = connection
    .prepare<[object], number>(
      `SELECT count(*) FROM (${subjectSums(quarterCosts(ROWS_OF_DAY))}) AS found
       LEFT JOIN spend_quarter AS kept ON kept.scope = found.scope AND kept.subject = found.subject
         AND kept.quarter = found.time AND kept.model = found.model AND kept.tier = found.tier
       WHERE kept.cost_nano IS NOT found.cost_nano`,
    )
    .pluck()
  return (day) => problem('budget_sums', day, differing.get(quartersOf(day)))
}

function problem(kind: 'day_sums' | 'budget_sums', day: number, differing = 0): LedgerProblem[] {
  return differing === 0 ? [] : [{ kind, day: new Date(day * DAY_MS).toISOString().slice(0, 10), differing }]
}

function rollUpCheck(connection: Connection): () => LedgerProblem[] {
  const fromDays = subjectSums({ table: 'spend_day', time: 'day', condition: '1' })
  const fromQuarters = `SELECT scope, subject, quarter / ${QUARTERS_A_DAY} AS time, model, tier, sum(cost_nano)
    FROM spend_quarter GROUP BY scope, subject, time, model, tier`
  const differing = connection.prepare<[], number>(differences(fromDays, fromQuarters)).pluck()
  return () => {
    const found = differing.get() ?? 0
    return found === 0 ? [] : [{ kind: 'roll_ups', differing: found }]
  }
}

/** Number of lines that only one of two queries gives. */
function differences(one: string, other: string): string {
  return `SELECT (SELECT count(*) FROM (SELECT * FROM (${one}) EXCEPT SELECT * FROM (${other}))) +
    (SELECT count(*) FROM (SELECT * FROM (${other}) EXCEPT SELECT * FROM (${one})))`
}

function danglingCheck(connection: Connection): () => LedgerProblem[] {
  const rows = connection
    .prepare<[], number>(
      `SELECT (SELECT count(*) FROM attempt WHERE who NOT IN (SELECT id FROM who) OR what NOT IN (SELECT id FROM what)
           OR tags NOT IN (SELECT id FROM word) OR config NOT IN (SELECT id FROM word))
         + (SELECT count(*) FROM spend_day WHERE who NOT IN (SELECT id FROM who) OR what NOT IN (SELECT id FROM what))
         + (SELECT count(*) FROM spend_quarter WHERE subject NOT IN (SELECT id FROM word)
           OR model NOT IN (SELECT id FROM word))`,
    )
    .pluck()
  return () => {
    const found = rows.get() ?? 0
    return found === 0 ? [] : [{ kind: 'dangling', rows: found }]
  }
}
