/** Names are hierarchical so that rules may say `code.*`. */
export const INTENTS = [
  'code.generate',
  'code.edit',
  'code.explain',
  'code.summarize',
  'code.review',
  'doc.summarize',
  'conversation.summarize',
  'extract',
  'classify',
  'translate',
  'rewrite',
  'write.creative',
  'math',
  'reasoning',
  'qa.knowledge',
  'qa.context',
  'chat',
  'agent.tools',
  'unknown',
] as const

export type Intent = (typeof INTENTS)[number]

export interface IntentResult {
  readonly label: Intent
  /** Calibrated probability of the label, 0..1. For `unknown`: the best label's probability, which was under the floor. */
  readonly confidence: number
  /** The next best labels with their probabilities, best first, at most three. */
  readonly runnerUps: readonly { readonly label: Intent; readonly confidence: number }[]
  /** Will a cheap model fail? 0..1. */
  readonly complexity: number
  /** Names of the cues that decided, strongest first, at most eight; never prompt text. */
  readonly cues: readonly string[]
  /** True when the conversation's earlier intent was kept because the new turn is not clearly different. */
  readonly kept: boolean
}
