import type { KnownIntent } from './rules.ts'
import type { LexicalWeights } from './lexical.ts'

/** What `train-intent` writes. */
export interface TrainedWeights {
  readonly lexical: LexicalWeights
  /** Factors of the two layers' log-odds before the softmax; fitted on held-back sources, so they also calibrate. */
  readonly rulesShare: number
  readonly lexicalShare: number
  /** Under this probability the intent is `unknown`. */
  readonly floor: number
  /** Log-odds that a cheap model fails. */
  readonly complexity: {
    readonly bias: number
    readonly logTokens: number
    readonly byIntent: Readonly<Partial<Record<KnownIntent, number>>>
  }
}
