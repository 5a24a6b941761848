import { GatewayError } from '../../wire/errors.ts'
import type { Expectation, FixtureResponse, ScoreResult } from '../types.ts'
import { cost, empty, latency, lengthRatio, refusal, tokens, truncated } from './guard-scorers.ts'
import { jsonEqual, jsonSchema, jsonValid } from './json-scorers.ts'
import { ArgumentMistake, Arguments } from './scorer.ts'
import type { ScoreFunction, Scorer, Verdict } from './scorer.ts'
import { answer, contains, exact, number, regex, starts } from './text-scorers.ts'
import { toolCalls } from './tool-call-scorer.ts'

const SCORERS: ReadonlyMap<string, Scorer> = new Map([
  ['exact', exact],
  ['contains', contains],
  ['starts', starts],
  ['regex', regex],
  ['number', number],
  ['answer', answer],
  ['json_valid', jsonValid],
  ['json_schema', jsonSchema],
  ['json_equal', jsonEqual],
  ['tool_calls', toolCalls],
  ['refusal', refusal],
  ['truncated', truncated],
  ['empty', empty],
  ['length_ratio', lengthRatio],
  ['latency', latency],
  ['cost', cost],
  ['tokens', tokens],
])

/** Ids that an expectation may name, each also with `not:` in front. */
export const SCORER_IDS: readonly string[] = [...SCORERS.keys()]

const NOT = 'not:'

/** Scores an answer by its expectations, in their order. What cannot be measured gives no result; nothing is made up. */
export function scoreAnswer(expectations: readonly Expectation[], response: FixtureResponse): ScoreResult[] {
  const results: ScoreResult[] = []
  for (const expectation of expectations) {
    const { scorer, verdict } = judged(expectation, response)
    if (verdict === null) continue
    const inverted = expectation.scorer.startsWith(NOT)
    results.push({
      scorer: expectation.scorer,
      metric: expectation.metric ?? scorer.metric,
      weight: expectation.weight ?? 1,
      score: inverted ? 1 - verdict.score : verdict.score,
      binary: scorer.binary,
      ...detailOf(verdict.detail, inverted),
    })
  }
  return results
}

/** A detail says why something failed, so of an inverted scorer it would say why it passed. */
function detailOf(detail: string | undefined, inverted: boolean): { detail?: string } {
  return detail === undefined || inverted ? {} : { detail }
}

/** What is wrong with an expectation (unknown scorer, bad arguments), or null. Never quotes a value. */
export function expectationMistake(expectation: Expectation): string | null {
  try {
    compiled(expectation)
    return null
  } catch (error) {
    if (error instanceof GatewayError) return error.message
    throw error
  }
}

interface Compiled {
  readonly scorer: Scorer
  readonly score: ScoreFunction
}

/** Each expectation is compiled once, however many answers it scores. */
const compiledBefore = new WeakMap<Expectation, Compiled>()

function compiled(expectation: Expectation): Compiled {
  const known = compiledBefore.get(expectation)
  if (known !== undefined) return known
  const name = expectation.scorer
  const id = name.startsWith(NOT) ? name.slice(NOT.length) : name
  const scorer = SCORERS.get(id)
  if (scorer === undefined) throw unknownScorer(id)
  const made = named(id, () => ({ scorer, score: scorer.make(new Arguments(expectation.args ?? {})) }))
  compiledBefore.set(expectation, made)
  return made
}

function judged(expectation: Expectation, response: FixtureResponse): { scorer: Scorer; verdict: Verdict | null } {
  const { scorer, score } = compiled(expectation)
  // A JSON Schema is compiled by its first answer, so a mistake in it shows only here.
  return { scorer, verdict: named(expectation.scorer, () => score(response)) }
}

/** Runs a step; a mistake in the arguments becomes an error that names the scorer. */
function named<T>(id: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (error instanceof ArgumentMistake) throw new GatewayError('scorer_invalid', `scorer "${id}": ${error.message}`)
    throw error
  }
}

function unknownScorer(id: string): GatewayError {
  return new GatewayError('scorer_invalid', `unknown scorer "${id.slice(0, 40)}"`, {
    hint: `use one of ${SCORER_IDS.join(', ')}, with \`not:\` in front to invert it`,
  })
}
