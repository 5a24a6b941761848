/** A stretch of text that must not be kept. Offsets are UTF-16 units. */
export interface Finding {
  readonly start: number
  readonly end: number
  /** Name for the placeholder: `EMAIL`, `API_KEY`, … */
  readonly type: string
  /** Id of the rule that found it. */
  readonly rule: string
}

/** Sorted by start, without overlaps: where two findings overlap, one that covers both is kept under the first's type. */
export function mergeFindings(findings: readonly Finding[]): Finding[] {
  const merged: Finding[] = []
  for (const finding of [...findings].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1)
    if (last === undefined || finding.start >= last.end) merged.push(finding)
    else if (finding.end > last.end) merged[merged.length - 1] = { ...last, end: finding.end }
  }
  return merged
}
