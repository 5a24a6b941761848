import type { PairRow } from '../types.ts'
import { sliceLabel } from '../gates/where.ts'
import type { Where, WhereKey } from '../gates/types.ts'
import type { Slice } from './types.ts'

/** Exploratory slices per dimension; the largest come first, so the cut drops what could say least. */
const MOST_SLICES = 24

export function sliceOf(where: Where): Slice {
  return { label: sliceLabel(where), where }
}

/** Fewer pairs than this say nothing. */
const SMALLEST_SLICE = 5

/** Slices by intent, tag and tier that hold some but not all pairs, large ones first. */
export function exploratorySlices(rows: readonly PairRow[]): { slice: Slice; rows: readonly PairRow[] }[] {
  const dimensions: readonly [WhereKey, (row: PairRow) => readonly string[]][] = [
    ['intent', (row) => [row.intent]],
    ['tag', (row) => row.tags],
    ['tier', (row) => (row.baseline.tier === null ? [] : [row.baseline.tier])],
  ]
  return dimensions.flatMap(([key, values]) =>
    [...groups(rows, values)]
      .filter(([, group]) => group.length >= SMALLEST_SLICE && group.length < rows.length)
      .sort(([a, one], [b, two]) => two.length - one.length || (a < b ? -1 : 1))
      .slice(0, MOST_SLICES)
      .map(([value, group]) => ({ slice: sliceOf({ [key]: [value] }), rows: group })),
  )
}

function groups(rows: readonly PairRow[], values: (row: PairRow) => readonly string[]): Map<string, PairRow[]> {
  const found = new Map<string, PairRow[]>()
  for (const row of rows) {
    for (const value of new Set(values(row))) {
      const group = found.get(value)
      if (group === undefined) found.set(value, [row])
      else group.push(row)
    }
  }
  return found
}
