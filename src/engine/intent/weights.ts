import type { TrainedWeights } from './trained.ts'

/** Not trained yet: the rules decide alone. */
export const WEIGHTS: TrainedWeights = {
  lexical: { buckets: 1, scale: 0, base64: '' },
  rulesShare: 1,
  lexicalShare: 0,
  floor: 0.3,
  complexity: { bias: -0.8, logTokens: 0.25, byIntent: {} },
}
