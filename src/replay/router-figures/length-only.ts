import type { CurveFigures, OutcomeRow, RouterPoint } from './types.ts'

interface Pair {
  readonly weak: RouterPoint
  readonly strong: RouterPoint
}

const SHARES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

/**
 * The router that needs no intelligence: the longest prompts go to the strong model, the rest to the weak one. Threshold
 * swept over every number of strong calls; APGR and CPT as in RouteLLM (arXiv 2406.18665), APGR by the trapezoid rule
 * over 11 shares. Null when a length is unknown.
 */
export function lengthOnly(rows: readonly OutcomeRow[], { weak, strong }: Pair): CurveFigures | null {
  if (rows.some((row) => row.inputTokens === null)) return null
  const longestFirst = rows.toSorted(
    (a, b) => (b.inputTokens ?? 0) - (a.inputTokens ?? 0) || (a.fixture < b.fixture ? -1 : 1),
  )
  const sweep = sweepShares(longestFirst, { weak, strong })
  const gap = strong.quality - weak.quality
  const recovered = sweep.map((point) => (gap > 0 ? (point.quality - weak.quality) / gap : null))
  const points = SHARES.map((share) => sweep[Math.round(share * rows.length)]).filter((point) => point !== undefined)
  const least = (part: number): number | null =>
    sweep.find((_, i) => (recovered[i] ?? -Infinity) >= part - 1e-12)?.strongShare ?? null
  const asGood = sweep.filter((point) => point.quality >= strong.quality - 1e-12)
  return {
    name: 'length only',
    points: points.map((point, i) => ({ ...point, strongShare: SHARES[i] ?? point.strongShare })),
    apgr: gap > 0 ? trapezoid(points.map((point) => (point.quality - weak.quality) / gap)) : null,
    cpt50: gap > 0 ? least(0.5) : null,
    cpt80: gap > 0 ? least(0.8) : null,
    qnc:
      asGood.length === 0 || strong.costNanoUsd === 0
        ? null
        : Math.min(...asGood.map((point) => point.costNanoUsd / strong.costNanoUsd)),
  }
}

/** Quality and cost with 0, 1, … n of the longest prompts at the strong model; one pass. */
function sweepShares(rows: readonly OutcomeRow[], { weak, strong }: Pair): CurveFigures['points'] {
  const n = rows.length
  let score = 0
  let cost = 0
  for (const row of rows) {
    score += row.outcomes[weak.name]?.score ?? 0
    cost += row.outcomes[weak.name]?.costNanoUsd ?? 0
  }
  const points = [{ strongShare: 0, quality: score / n, costNanoUsd: cost / n }]
  for (const [i, { outcomes }] of rows.entries()) {
    score += (outcomes[strong.name]?.score ?? 0) - (outcomes[weak.name]?.score ?? 0)
    cost += (outcomes[strong.name]?.costNanoUsd ?? 0) - (outcomes[weak.name]?.costNanoUsd ?? 0)
    points.push({ strongShare: (i + 1) / n, quality: score / n, costNanoUsd: cost / n })
  }
  return points
}

/** Mean over equally spaced points, ends at half weight. */
function trapezoid(values: readonly number[]): number {
  const ends = ((values[0] ?? 0) + (values.at(-1) ?? 0)) / 2
  const inner = values.slice(1, -1).reduce((sum, value) => sum + value, 0)
  return (ends + inner) / (values.length - 1)
}
