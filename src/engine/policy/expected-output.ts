import type { Asked, DecideInput, ExpectedCost } from '../decision.ts'
import { historyKey, type Entry } from '../eligibility/compiled.ts'
import type { Features } from '../features.ts'
import type { Intent } from '../intents.ts'
import type { ModelRow } from '../matrix.ts'
import type { OutputHistory } from '../state.ts'

/**
 * Output tokens of one answer by intent, for models without history of their own. Coarse orders of magnitude of our own
 * making: they are the same for every model, so they move the estimate, hardly the order. History replaces them.
 */
const PRIOR_OUTPUT_TOKENS: Readonly<Record<Intent, number>> = {
  'code.generate': 600,
  'code.edit': 500,
  'code.explain': 450,
  'code.summarize': 200,
  'code.review': 500,
  'doc.summarize': 300,
  'conversation.summarize': 250,
  extract: 200,
  classify: 20,
  translate: 300,
  rewrite: 350,
  'write.creative': 800,
  math: 400,
  reasoning: 500,
  'qa.knowledge': 250,
  'qa.context': 200,
  chat: 200,
  'agent.tools': 150,
  unknown: 300,
}

export interface ExpectedOutput {
  readonly tokens: number
  readonly basis: ExpectedCost['outputBasis']
}

/** What the length of an answer depends on. */
export interface OutputAsk {
  readonly endpoint: Asked['endpoint']
  readonly features: Features
  readonly intent: Intent
  readonly history: OutputHistory | undefined
  readonly defaultMaxOutput: number
}

/** Expected output tokens of a model over all answers asked for. */
export function expectedOutput(entry: Entry, { asked, features, intent, state, config }: DecideInput): ExpectedOutput {
  const history = state.outputTokens[historyKey(entry, intent.label)]
  const { defaultMaxOutput } = config
  return outputOf(entry.row, { endpoint: asked.endpoint, features, intent: intent.label, history, defaultMaxOutput })
}

/**
 * The mean of the (intent, model) history, else the prior of the intent; never above the client's limit (or the config's
 * assumption for requests without one) or the model's own. Over all answers asked for.
 */
export function outputOf(
  row: ModelRow,
  { endpoint, features, intent, history, defaultMaxOutput }: OutputAsk,
): ExpectedOutput {
  if (endpoint === 'embeddings') return { tokens: 0, basis: 'prior' }
  const choices = Math.max(1, features.needs.choices)
  const limit = Math.min(features.maxOutputTokens ?? Infinity, row.maxOutput ?? Infinity)
  if (history !== undefined && history.n > 0)
    return { tokens: Math.ceil(Math.min(history.mean, limit)) * choices, basis: 'history' }
  const prior = PRIOR_OUTPUT_TOKENS[intent]
  if (features.maxOutputTokens !== null && features.maxOutputTokens <= prior)
    return { tokens: Math.min(features.maxOutputTokens, limit) * choices, basis: 'client_limit' }
  const assumed = features.maxOutputTokens === null ? Math.min(prior, defaultMaxOutput) : prior
  return { tokens: Math.min(assumed, limit) * choices, basis: 'prior' }
}
