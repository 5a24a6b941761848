import { costOfUsage } from '../../engine/cost.ts'
import type { Matrix, PriceList } from '../../engine/matrix.ts'
import { totalInput } from '../../wire/usage.ts'
import type { OutcomeRow } from '../router-figures/types.ts'
import type { FixtureResponse, PairRow } from '../types.ts'
import type { AlternativesPort } from './evidence.ts'
import type { ReplayItem, Score } from './run.ts'

interface OutcomeSource {
  readonly alternatives: AlternativesPort
  readonly score: Score
  readonly matrix: Matrix
  /** Names of the candidates, in the order of the rows. */
  readonly names: readonly string[]
}

const QUALITY = 'quality.score'

/** What every recorded model achieved on one fixture, for judging the router; null unless several models are on record. */
export function outcomeRow(source: OutcomeSource, item: ReplayItem, rows: readonly PairRow[]): OutcomeRow | null {
  const { fixture } = item
  const alternatives = source.alternatives.of(fixture.id)
  if (alternatives.length === 0) return null
  const responses = [...(fixture.res === undefined ? [] : [fixture.res]), ...alternatives.map(({ res }) => res)]
  const outcomes: Record<string, { score: number; costNanoUsd: number }> = {}
  for (const response of responses) {
    const score = qualityOf(source.score(fixture, response))
    const cost = costNanoUsd(response, source.matrix)
    if (score !== null && cost !== null) outcomes[response.model] = { score, costNanoUsd: cost }
  }
  const usage = fixture.res?.usage
  return {
    fixture: fixture.id,
    outcomes,
    inputTokens: usage === undefined || usage === null ? null : totalInput(usage),
    choices: Object.fromEntries(source.names.map((name, index) => [name, rows[index]?.candidate.model ?? null])),
  }
}

function qualityOf(scores: ReturnType<Score>): number | null {
  let weighted = 0
  let weight = 0
  for (const result of scores) {
    if (result.metric !== QUALITY) continue
    weighted += result.score * result.weight
    weight += result.weight
  }
  return weight === 0 ? null : weighted / weight
}

function costNanoUsd(response: FixtureResponse, matrix: Matrix): number | null {
  const prices: PriceList | null = matrix.rows.find((row) => row.id === response.model)?.prices ?? null
  const cost = costOfUsage(response.usage, prices)
  if (cost.kind === 'known') return cost.nanoUsd
  return response.cost?.nano_usd ?? null
}
