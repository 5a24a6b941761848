/** Holm's step-down adjusted p-values (Holm 1979), in the order given: compare each with the family-wise level. */
export function holm(pValues: readonly number[]): number[] {
  const order = ascending(pValues)
  const adjusted = Array.from<number>({ length: pValues.length }).fill(1)
  let running = 0
  for (const [rank, index] of order.entries()) {
    running = Math.max(running, (pValues.length - rank) * (pValues[index] ?? 1))
    adjusted[index] = Math.min(1, running)
  }
  return adjusted
}

/** Benjamini–Hochberg adjusted p-values (1995), in the order given: compare each with the false discovery rate. */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = ascending(pValues)
  const adjusted = Array.from<number>({ length: pValues.length }).fill(1)
  let running = 1
  for (const [fromEnd, index] of order.toReversed().entries()) {
    const rank = pValues.length - fromEnd
    running = Math.min(running, ((pValues[index] ?? 1) * pValues.length) / rank)
    adjusted[index] = running
  }
  return adjusted
}

function ascending(values: readonly number[]): number[] {
  return values.map((_, index) => index).sort((a, b) => (values[a] ?? 1) - (values[b] ?? 1) || a - b)
}
