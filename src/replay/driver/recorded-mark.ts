import type { Fixture } from '../types.ts'
import type { Mark } from './timers.ts'

/** The place of an event in the recording of a fixture; null where the recording does not tell. */
export function markOf({ run }: Pick<Fixture, 'run'>, step: number | undefined): Mark | null {
  return run === undefined || step === undefined ? null : { run, step }
}
