import type { RouterPoint } from './types.ts'

/**
 * Corners of the non-decreasing convex hull of quality over cost (RouterBench, arXiv 2403.12031): what random mixing of
 * the points reaches. From the cheapest point to the best, both rising, slopes falling.
 */
export function qualityHull(points: readonly RouterPoint[]): RouterPoint[] {
  const byCost = points.toSorted(
    (a, b) => a.costNanoUsd - b.costNanoUsd || b.quality - a.quality || (a.name < b.name ? -1 : 1),
  )
  const hull: RouterPoint[] = []
  for (const point of byCost) {
    const top = hull.at(-1)
    if (top !== undefined && point.quality <= top.quality) continue
    while (hull.length > 1 && slope(hull.at(-2), hull.at(-1)) <= slope(hull.at(-2), point)) hull.pop()
    hull.push(point)
  }
  return hull
}

function slope(from: RouterPoint | undefined, to: RouterPoint | undefined): number {
  if (from === undefined || to === undefined) return 0
  return (to.quality - from.quality) / (to.costNanoUsd - from.costNanoUsd)
}

/** Best quality of a mix at this mean cost; null below the cheapest point, flat above the best. */
export function qualityAtCost(hull: readonly RouterPoint[], costNanoUsd: number): number | null {
  const [first] = hull
  if (first === undefined || costNanoUsd < first.costNanoUsd) return null
  let before = first
  for (const point of hull) {
    if (point.costNanoUsd > costNanoUsd) {
      return before.quality + slope(before, point) * (costNanoUsd - before.costNanoUsd)
    }
    before = point
  }
  return before.quality
}

/** Least mean cost of a mix with at least this quality; null when none is that good. */
export function costAtQuality(hull: readonly RouterPoint[], quality: number): number | null {
  let before: RouterPoint | undefined
  for (const point of hull) {
    if (point.quality >= quality) {
      return before === undefined
        ? point.costNanoUsd
        : before.costNanoUsd + (quality - before.quality) / slope(before, point)
    }
    before = point
  }
  return null
}

/** Mean height of the hull over the cost range (AIQ of arXiv 2403.12031); null for an empty range. */
export function meanQuality(hull: readonly RouterPoint[], range: { from: number; to: number }): number | null {
  const { from, to } = range
  if (!(to > from)) return null
  const inner = hull.map((point) => point.costNanoUsd).filter((cost) => cost > from && cost < to)
  const knots = [from, ...inner, to]
  let area = 0
  for (const [i, right] of knots.entries()) {
    const left = knots[i - 1]
    if (left === undefined) continue
    const heights = (qualityAtCost(hull, left) ?? 0) + (qualityAtCost(hull, right) ?? 0)
    area += ((right - left) * heights) / 2
  }
  return area / (to - from)
}
