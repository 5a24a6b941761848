import type { Decision } from '../../engine/decision.ts'

/** What a decision came to, in the words that `--expect` uses. */
export function outcomeName({ outcome }: Decision): string {
  return outcome.kind === 'chosen' ? outcome.model : `refused:${outcome.code}`
}

/** Whether a decision is as expected: a model, `tier:<name>`, `rule:<name>`, `refused` or `refused:<code>`. */
export function isExpected({ outcome }: Decision, expected: string): boolean {
  if (expected.startsWith('rule:')) return outcome.rule?.name === expected.slice('rule:'.length)
  if (outcome.kind === 'refused') return expected === 'refused' || expected === `refused:${outcome.code}`
  if (expected.startsWith('tier:')) return outcome.tier === expected.slice('tier:'.length)
  return outcome.model === expected
}
