import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFixtureSet } from '../../../../src/replay/fixtures/fixture-set.ts'
import { scoreAnswer } from '../../../../src/replay/scorers/score.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..', '..')

/** Scores every bundled answer from its text and compares with the score that ZeroEval published. */
async function compareScores(): Promise<{ answers: number; differing: string[] }> {
  const set = await openFixtureSet(['fixtures'], { cwd: ROOT })
  let answers = 0
  const differing: string[] = []
  for await (const event of set.events()) {
    if (event.kind !== 'fixture') continue
    const { fixture } = event
    const all = [fixture.res, ...set.alternatives.of(fixture.id).map((other) => other.res)]
    for (const response of all) {
      if (response === undefined) continue
      answers += 1
      const [result] = scoreAnswer(fixture.expect, response)
      if (result?.score !== response.recorded_score) differing.push(`${fixture.id} ${response.model}`)
    }
  }
  await set.close()
  return { answers, differing }
}

describe('the `answer` scorer on the bundled fixtures', () => {
  it('recomputes at least 99 % of the 1,200 published scores, and the README lists the others', async () => {
    const { answers, differing } = await compareScores()
    expect(answers).toBe(1200)
    expect(differing.length / answers).toBeLessThanOrEqual(0.01)
    const readme = readFileSync(join(ROOT, 'fixtures', 'README.md'), 'utf8')
    const listed = [...readme.matchAll(/^\| (fx_[0-9a-f]{12}) \| [^|]+ \| ([^|]+) \|/gmu)].map(
      ([, id, model]) => `${id} ${model?.trim()}`,
    )
    expect(listed.sort()).toEqual(differing.sort())
  })
})
