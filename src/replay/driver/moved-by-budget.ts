import { isRejected, type Decision } from '../../engine/decision.ts'

/** The budgets because of which a request goes to a lower tier, or to another model than the one it names. */
export function budgetsThatMoved({ outcome, candidates }: Decision): readonly string[] {
  if (outcome.kind !== 'chosen') return []
  const { because, downgradedFrom } = outcome
  const asked = because.kind === 'asked_unavailable' && because.cause === 'budget_exhausted' ? because.asked : null
  if (asked === null && downgradedFrom?.cause !== 'budget') return []
  const names = new Set<string>()
  for (const candidate of candidates) {
    if (!isRejected(candidate) || candidate.rejected.code !== 'budget_exhausted') continue
    if (candidate.model === asked || (asked === null && candidate.tier === downgradedFrom?.tier))
      names.add(candidate.rejected.budget)
  }
  return [...names]
}
