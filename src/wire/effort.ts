/** Effort words of OpenAI's scale, weakest first, with the share of the output limit that each may think. */
const SHARES: readonly (readonly [effort: string, share: number])[] = [
  ['minimal', 0.02],
  ['low', 0.1],
  ['medium', 0.3],
  ['high', 0.6],
  ['xhigh', 0.9],
  ['max', 0.9],
]

/** Least thinking budget that providers accept. */
const MIN_BUDGET = 1024

/** Thinking tokens for an effort word under an output limit; null for a word that is not known. */
export function effortBudget(effort: string, maxOutputTokens: number): number | null {
  const share = SHARES.find(([word]) => word === effort)?.[1]
  if (share === undefined) return null
  const most = Math.max(MIN_BUDGET, maxOutputTokens - 1)
  return Math.min(Math.max(Math.floor(maxOutputTokens * share), MIN_BUDGET), most)
}

/** The weakest effort word whose budget is not below the given one. */
export function budgetEffort(budgetTokens: number, maxOutputTokens: number): string {
  const found = SHARES.find(([word]) => budgetTokens <= (effortBudget(word, maxOutputTokens) ?? 0))
  return found?.[0] ?? 'xhigh'
}
