import * as fc from 'fast-check'
import { fuzzRun, propertySeed } from './runs.ts'

export * from 'fast-check'

/** What fast-check runs when a property does not say it. */
const DEFAULT_RUNS = 100

const run = fuzzRun(process.env)

/** Stands in for fast-check's own: many more runs, and seeds of this run in place of the fixed ones. */
export function assert<Ts>(property: fc.IRawProperty<Ts>, params?: fc.Parameters<Ts>): void | Promise<void> {
  return fc.assert(property, {
    ...params,
    seed: propertySeed(run, params?.seed),
    numRuns: Math.ceil((params?.numRuns ?? DEFAULT_RUNS) * run.factor),
  })
}

export default { ...fc, assert }
