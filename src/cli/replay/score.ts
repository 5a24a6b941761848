import { expectationMistake, scoreAnswer, SCORER_IDS } from '../../replay/scorers/score.ts'
import type { Score } from '../../replay/driver/run.ts'
import type { Expectation } from '../../replay/types.ts'
import { GatewayError } from '../../wire/errors.ts'

/** Scores by the fixture's own expectations and those of `--scorer`. Checks the latter before anything runs. */
export function scoreWith(extra: readonly string[]): Score {
  const added = extra.map((scorer): Expectation => ({ scorer }))
  for (const expectation of added) {
    const mistake = expectationMistake(expectation)
    if (mistake !== null)
      throw new GatewayError(
        'usage_error',
        `--scorer ${expectation.scorer}: ${mistake}; known are ${SCORER_IDS.join(', ')}`,
        {
          hint: 'scorers with arguments belong into the fixture’s `expect`',
        },
      )
  }
  return (fixture, response) =>
    scoreAnswer(added.length === 0 ? fixture.expect : [...fixture.expect, ...added], response)
}
