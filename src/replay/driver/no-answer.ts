import type { UpstreamCall, UpstreamMissing } from '../../pipeline/ports.ts'
import { totalOutput } from '../../wire/usage.ts'
import type { Fixture, FixtureResponse } from '../types.ts'

/** Nobody recorded what this model answers. */
export function missing(fixture: Fixture, call: UpstreamCall): UpstreamMissing {
  const recorded = fixture.res === undefined ? 'no answer at all' : `an answer of "${fixture.res.model}"`
  return {
    kind: 'missing',
    reason: 'model_not_recorded',
    message: `no recorded answer for ${fixture.id} on "${call.target.model}"; the fixture holds ${recorded}`,
  }
}

/** Estimated counts of tokens may be off by so much. */
const ESTIMATE_SLACK = 1.5

/** Whether the answer is longer than the limit that a budget sets where the client set none. */
export function isTooLong({ usage }: FixtureResponse, { admitted, request }: UpstreamCall): boolean {
  if (admitted.maxOutputTokens === null || usage === null) return false
  const most = admitted.maxOutputTokens * Math.max(1, request.choices)
  return totalOutput(usage) > most * (usage.basis === 'estimated' ? ESTIMATE_SLACK : 1)
}

/** There is an answer, but not the one that this model would have given under the budget. */
export function tooLong(fixture: Fixture, { admitted, target }: UpstreamCall): UpstreamMissing {
  return {
    kind: 'missing',
    reason: 'diverged',
    message: `the recorded answer to ${fixture.id} on "${target.model}" is longer than the ${admitted.maxOutputTokens} tokens that a budget leaves`,
  }
}
