const MAX_NAME = 64
const MAX_SUGGESTIONS = 3

/** The known names that a misspelt one probably meant, best first, at most three. */
export function closestNames(name: string, known: readonly string[]): readonly string[] {
  const wanted = name.slice(0, MAX_NAME).toLowerCase()
  if (wanted === '') return []
  const limit = Math.max(2, Math.floor(wanted.length / 3))
  const near: { readonly name: string; readonly distance: number }[] = []
  for (const candidate of known) {
    const folded = candidate.slice(0, MAX_NAME).toLowerCase()
    // A name that only lacks or adds an ending (`gpt-5.4` for `gpt-5.4-mini`) is as close as one wrong letter.
    const contains = shareTheirBeginning(wanted, folded)
    const distance = contains ? 1 : editDistance(wanted, folded, limit)
    if (distance <= limit) near.push({ name: candidate, distance })
  }
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
  return near.slice(0, MAX_SUGGESTIONS).map((entry) => entry.name)
}

function shareTheirBeginning(wanted: string, known: string): boolean {
  if (wanted.length >= 3 && known.startsWith(wanted)) return true
  return known.length * 3 >= wanted.length * 2 && wanted.startsWith(known)
}

/** Levenshtein distance, or `limit + 1` as soon as it is certain to exceed the limit. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i]
    let best = i
    for (let j = 1; j <= b.length; j += 1) {
      const change = (previous[j - 1] ?? 0) + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1)
      const distance = Math.min(change, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1)
      current.push(distance)
      if (distance < best) best = distance
    }
    if (best > limit) return limit + 1
    previous = current
  }
  return previous[b.length] ?? limit + 1
}
