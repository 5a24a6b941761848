/** One step from an old sequence to a new one. */
export interface DiffPart {
  readonly kind: 'same' | 'removed' | 'added'
  readonly items: readonly string[]
}

/** Edits searched for before two texts count as wholly different; bounds time and memory to about its square. */
const MOST_EDITS = 400

/**
 * The shortest edit from `before` to `after` (Myers' greedy algorithm over what is left without the common beginning
 * and end). Texts that differ in more than `MOST_EDITS` places come back as one removal and one addition.
 */
export function diffSequence(before: readonly string[], after: readonly string[]): readonly DiffPart[] {
  let start = 0
  const shorter = Math.min(before.length, after.length)
  while (start < shorter && before[start] === after[start]) start += 1
  let end = 0
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1
  const middle = editScript(before.slice(start, before.length - end), after.slice(start, after.length - end))
  return merged([
    { kind: 'same', items: before.slice(0, start) },
    ...middle,
    { kind: 'same', items: before.slice(before.length - end) },
  ])
}

function editScript(a: readonly string[], b: readonly string[]): readonly DiffPart[] {
  if (a.length === 0 || b.length === 0) return replaced(a, b)
  const trace = searchEdits(a, b)
  return trace === null ? replaced(a, b) : walkBack(a, b, trace)
}

function replaced(a: readonly string[], b: readonly string[]): readonly DiffPart[] {
  return [
    { kind: 'removed', items: a },
    { kind: 'added', items: b },
  ]
}

/** Furthest point reached on each diagonal, for every number of edits up to the solution; null when there are too many. */
function searchEdits(a: readonly string[], b: readonly string[]): readonly Int32Array[] | null {
  const most = Math.min(MOST_EDITS, a.length + b.length)
  const reach = new Int32Array(2 * most + 3)
  const trace: Int32Array[] = []
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(reach.slice(most + 1 - edits - 1, most + 1 + edits + 2))
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = most + 1 + diagonal
      const down = diagonal === -edits || (diagonal !== edits && (reach[at - 1] ?? 0) < (reach[at + 1] ?? 0))
      let x = down ? (reach[at + 1] ?? 0) : (reach[at - 1] ?? 0) + 1
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1
      reach[at] = x
      if (x >= a.length && x - diagonal >= b.length) return trace
    }
  }
  return null
}

function walkBack(a: readonly string[], b: readonly string[], trace: readonly Int32Array[]): readonly DiffPart[] {
  const parts: DiffPart[] = []
  let x = a.length
  let y = b.length
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    // `trace[edits]` holds the diagonals -edits-1 .. edits+1 as they were before this round.
    const reach = (diagonal: number): number => trace[edits]?.[diagonal + edits + 1] ?? 0
    const diagonal = x - y
    const down = diagonal === -edits || (diagonal !== edits && reach(diagonal - 1) < reach(diagonal + 1))
    const fromX = edits === 0 ? 0 : down ? reach(diagonal + 1) : reach(diagonal - 1)
    const fromY = edits === 0 ? 0 : fromX - (down ? diagonal + 1 : diagonal - 1)
    const afterX = edits === 0 ? 0 : down ? fromX : fromX + 1
    parts.push({ kind: 'same', items: a.slice(afterX, x) })
    if (edits > 0)
      parts.push(
        down
          ? { kind: 'added', items: b.slice(fromY, fromY + 1) }
          : { kind: 'removed', items: a.slice(fromX, fromX + 1) },
      )
    x = fromX
    y = fromY
  }
  return parts.reverse()
}

/** Neighbours of one kind as one part; within a change, removals first. */
function merged(parts: readonly DiffPart[]): readonly DiffPart[] {
  const result: DiffPart[] = []
  let removed: string[] = []
  let added: string[] = []
  const flush = (): void => {
    if (removed.length > 0) result.push({ kind: 'removed', items: removed })
    if (added.length > 0) result.push({ kind: 'added', items: added })
    removed = []
    added = []
  }
  for (const { kind, items } of parts) {
    if (items.length === 0) continue
    if (kind === 'removed') removed.push(...items)
    else if (kind === 'added') added.push(...items)
    else {
      flush()
      const last = result.at(-1)
      if (last?.kind === 'same') result[result.length - 1] = { kind, items: [...last.items, ...items] }
      else result.push({ kind, items })
    }
  }
  flush()
  return result
}

/** Words, runs of spaces and single signs; put together again they are the text. */
export function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? []
}
