import { costAtQuality, meanQuality, qualityAtCost, qualityHull } from './hull.ts'
import { lengthOnly } from './length-only.ts'
import type { ConfigPoint, OutcomeRow, RouterFigures, RouterPoint } from './types.ts'

/** A model takes part when its outcome is on record for this share of the fixtures; fewer would shrink the common set. */
const LEAST_RECORDED = 0.9

/**
 * Where the configs stand among routers that need no intelligence, over the fixtures on which every model was recorded.
 * Null with fewer than two models. Sources: RouteLLM (arXiv 2406.18665), RouterBench (2403.12031), QNC (2502.08773).
 */
export function routerFigures(rows: readonly OutcomeRow[]): RouterFigures | null {
  const names = recordedModels(rows)
  const used = rows.filter((row) => names.every((name) => row.outcomes[name] !== undefined))
  if (names.length < 2 || used.length === 0) return null
  const models = names
    .map((name) => pointOf(name, used, () => name))
    .sort((a, b) => a.costNanoUsd - b.costNanoUsd || b.quality - a.quality || (a.name < b.name ? -1 : 1))
  const [cheapest] = models
  const [best] = models.toSorted((a, b) => b.quality - a.quality || a.costNanoUsd - b.costNanoUsd)
  const dearest = models.at(-1)
  if (cheapest === undefined || best === undefined || dearest === undefined) return null
  const hull = qualityHull(models)
  const range = { from: cheapest.costNanoUsd, to: dearest.costNanoUsd }
  const frame: Frame = { used, models, hull, range, weak: cheapest, strong: best }
  return {
    fixtures: used.length,
    of: rows.length,
    configs: configNames(rows).flatMap((name) => configPoint(name, frame) ?? []),
    models,
    alwaysCheapest: cheapest,
    alwaysBest: best,
    oracle: pointOf('oracle', used, (row) => oracleChoice(row, names)),
    zeroRouter: hull,
    aiq: meanQuality(hull, range),
    lengthOnly: lengthOnly(used, { weak: cheapest, strong: best }),
  }
}

interface Frame {
  readonly used: readonly OutcomeRow[]
  readonly models: readonly RouterPoint[]
  readonly hull: readonly RouterPoint[]
  readonly range: { readonly from: number; readonly to: number }
  readonly weak: RouterPoint
  readonly strong: RouterPoint
}

function recordedModels(rows: readonly OutcomeRow[]): string[] {
  const counts = new Map<string, number>()
  for (const row of rows) {
    for (const name of Object.keys(row.outcomes)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .filter(([, count]) => count >= LEAST_RECORDED * rows.length)
    .map(([name]) => name)
    .sort()
}

function configNames(rows: readonly OutcomeRow[]): string[] {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row.choices)) names.add(name)
  return [...names]
}

function pointOf(
  name: string,
  rows: readonly OutcomeRow[],
  choose: (row: OutcomeRow) => string | null | undefined,
): RouterPoint {
  let score = 0
  let cost = 0
  for (const row of rows) {
    const outcome = row.outcomes[choose(row) ?? '']
    score += outcome?.score ?? 0
    cost += outcome?.costNanoUsd ?? 0
  }
  return { name, quality: score / rows.length, costNanoUsd: cost / rows.length }
}

function oracleChoice({ outcomes }: OutcomeRow, names: readonly string[]): string | undefined {
  let chosen: string | undefined
  for (const name of names) {
    const best = outcomes[chosen ?? '']
    const outcome = outcomes[name]
    if (outcome === undefined) continue
    const better = best === undefined || outcome.score > best.score
    if (better || (outcome.score === best.score && outcome.costNanoUsd < best.costNanoUsd)) chosen = name
  }
  return chosen
}

/** Null when none of the config's choices is on record. */
function configPoint(name: string, frame: Frame): ConfigPoint | null {
  const { used, models, hull, range, weak, strong } = frame
  const covered = used.filter((row) => row.outcomes[row.choices[name] ?? ''] !== undefined)
  if (covered.length === 0) return null
  const point = pointOf(name, covered, (row) => row.choices[name])
  const base = { ...point, covered: covered.length, of: used.length }
  if (covered.length < used.length) {
    return { ...base, gapRecovered: null, aboveZeroRouter: null, savedNanoUsd: null, qnc: null, aiqWithModels: null }
  }
  const mixed = qualityAtCost(hull, point.costNanoUsd)
  const sameQuality = costAtQuality(hull, point.quality)
  const gap = strong.quality - weak.quality
  const asGood = point.quality >= strong.quality - 1e-12 && strong.costNanoUsd > 0
  return {
    ...base,
    gapRecovered: gap > 0 ? (point.quality - weak.quality) / gap : null,
    aboveZeroRouter: mixed === null ? null : point.quality - mixed,
    savedNanoUsd: sameQuality === null ? null : sameQuality - point.costNanoUsd,
    qnc: asGood ? point.costNanoUsd / strong.costNanoUsd : null,
    aiqWithModels: meanQuality(qualityHull([...models, point]), range),
  }
}
