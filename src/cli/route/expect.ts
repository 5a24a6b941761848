import type { Decision } from '../../engine/decision.ts'

/** What a decision came to, in the words that `--expect` uses. */
export function outcomeName({ outcome }: Decision): string {
  return outcome.kind === 'chosen' ? outcome.model : `refused:${outcome.code}`
}

/**
 * Whether a decision is as expected: a model, `tier:<name>`, `rule:<name>`, `fallback:<cause>`, `refused` or
 * `refused:<code>`; of several, joined by commas, each.
 */
export function isExpected(decision: Decision, expected: string): boolean {
  return expected.split(',').every((one) => isOne(decision, one.trim()))
}

function isOne({ outcome }: Decision, expected: string): boolean {
  if (expected.startsWith('fallback:')) {
    // As `x-gateway-fallback` says it, before anything was tried.
    const cause = outcome.kind === 'chosen' ? (outcome.downgradedFrom?.cause ?? 'none') : 'none'
    return cause === expected.slice('fallback:'.length)
  }
  if (expected.startsWith('rule:')) return outcome.rule?.name === expected.slice('rule:'.length)
  if (outcome.kind === 'refused') return expected === 'refused' || expected === `refused:${outcome.code}`
  if (expected.startsWith('tier:')) return outcome.tier === expected.slice('tier:'.length)
  return outcome.model === expected
}
