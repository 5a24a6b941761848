import { openFixtureSet, type FixtureSet } from '../../replay/fixtures/fixture-set.ts'
import type { Fixture, FixtureResponse, PairRow } from '../../replay/types.ts'
import type { AnswerTexts } from '../../report/view/pair-view.ts'
import { GatewayError } from '../../wire/errors.ts'

/** Finds the answers behind a row in the fixture files, where the texts are; rows hold none. */
export async function answerTexts(set: FixtureSet, row: PairRow): Promise<AnswerTexts> {
  const fixture = await fixtureOf(set, row.fixture)
  if (fixture === null) return { baseline: null, candidate: null }
  const of = (model: string | null, evidence: string): string | null => {
    if (model === null || evidence === '-' || evidence === 'E') return null
    const response = fixture.res?.model === model ? fixture.res : set.alternatives.find(fixture.id, model)?.res
    return response === undefined ? null : textOf(response)
  }
  return {
    baseline: of(row.baseline.model, row.baseline.evidence),
    candidate: of(row.candidate.model, row.candidate.evidence),
  }
}

async function fixtureOf(set: FixtureSet, id: string): Promise<Fixture | null> {
  for await (const event of set.events()) if (event.kind === 'fixture' && event.fixture.id === id) return event.fixture
  return null
}

function textOf({ message }: FixtureResponse): string {
  const calls = (message.tool_calls ?? []).map(({ name, arguments: parameters }) => `${name}(${parameters})`)
  return [message.text, message.refusal ?? '', ...calls].filter((part) => part !== '').join('\n')
}

/** The files of a stored run, as far as they are still there; null when they are not. */
export async function reopenFixtures(files: readonly string[], cwd: string): Promise<FixtureSet | null> {
  try {
    return await openFixtureSet(files, { cwd })
  } catch (error) {
    if (error instanceof GatewayError) return null
    throw error
  }
}
