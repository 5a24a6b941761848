import type { LearnedWeights } from './learned.ts'

/** What `train-intent` writes. */
export interface TrainedWeights {
  readonly learned: LearnedWeights
  /** Factors of the two layers' log-odds before the softmax; fitted on held-back sources, so they also calibrate. */
  readonly rulesShare: number
  readonly learnedShare: number
  /** Under this probability the intent is `unknown`. */
  readonly floor: number
  /** Log-odds that a cheap model fails: `bias + logTokens * log(1 + tokens)`. */
  readonly complexity: { readonly bias: number; readonly logTokens: number }
}
