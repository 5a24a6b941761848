import { COST_BASIS, OUTCOME } from './codes.ts'

/** What is summed over rows: column of the roll-up by day, and its value for one row of `attempt`. */
const MEASURES = {
  calls: '1',
  failed: `outcome = ${OUTCOME.failed}`,
  refused: `outcome = ${OUTCOME.refused}`,
  orphaned: `outcome = ${OUTCOME.orphaned}`,
  unknown: `cost_basis = ${COST_BASIS.unknown}`,
  input: 'input',
  cache_read: 'cache_read',
  cache_write: 'cache_write_5m + cache_write_1h',
  output: 'output',
  reasoning: 'reasoning',
  cost_nano: 'cost_nano',
  estimated_nano: `iif(cost_basis = ${COST_BASIS.estimated}, cost_nano, 0)`,
  reserved_nano: `iif(cost_basis = ${COST_BASIS.reserved}, cost_nano, 0)`,
} as const

export const MEASURE_COLUMNS = Object.keys(MEASURES).join(', ')

/** `sum(…) AS name` of every measure, over columns that have their names already. */
export const SUM_OF_MEASURES = Object.keys(MEASURES)
  .map((name) => `coalesce(sum(${name}), 0) AS ${name}`)
  .join(', ')

/** The measures of single rows, to be selected from `attempt`. */
export const ROW_MEASURES = Object.entries(MEASURES)
  .map(([name, sql]) => `${sql} AS ${name}`)
  .join(', ')

/** Adds to the roll-up what an upsert brings. */
export const ADD_MEASURES = Object.keys(MEASURES)
  .map((name) => `${name} = ${name} + excluded.${name}`)
  .join(', ')
