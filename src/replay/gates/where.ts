import type { PairRow } from '../types.ts'
import type { Where, WhereKey } from './types.ts'

/** Fixed order, so that equal filters have equal labels. */
export const WHERE_KEYS: readonly WhereKey[] = ['intent', 'tag', 'tier', 'model']

/** What filters look at. */
export type Sliced = Pick<PairRow, 'intent' | 'tags'> & {
  readonly baseline: Pick<PairRow['baseline'], 'tier' | 'model'>
}

/** Whether a pair belongs to the slice. Intents match by prefix: `code` and `code.*` both hold for `code.edit`. */
export function matchesWhere(row: Sliced, where: Where): boolean {
  return WHERE_KEYS.every((key) => {
    const wanted = where[key]
    return wanted === undefined || wanted.some((value) => matchesKey(row, key, value))
  })
}

function matchesKey(row: Sliced, key: WhereKey, value: string): boolean {
  switch (key) {
    case 'intent': {
      const family = value.endsWith('.*') ? value.slice(0, -2) : value
      return row.intent === family || row.intent.startsWith(`${family}.`)
    }
    case 'tag':
      return row.tags.includes(value)
    case 'tier':
      return row.baseline.tier === value
    case 'model':
      return row.baseline.model === value
  }
}

/** `intent=code.*,tag=golden`; lists are joined by `|`. Empty for no filter. */
export function whereLabel(where: Where): string {
  return WHERE_KEYS.flatMap((key) => {
    const wanted = where[key]
    return wanted === undefined ? [] : [`${key}=${[...wanted].sort().join('|')}`]
  }).join(',')
}

/** `all`, or the filter's label. */
export function sliceLabel(where: Where): string {
  return whereLabel(where) || 'all'
}
