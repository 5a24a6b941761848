import { INTENTS, type Intent } from '../engine/intents.ts'
import type { ModelRow, Sourced } from '../engine/matrix.ts'

/**
 * Quality before anything was measured. Coarse on purpose: a mean per price class, and a small bonus where a family is
 * publicly known to be strong. The engine uses priors to order candidates only; no floor is ever met or missed by one.
 * Only the order of these numbers means something.
 */
const CLASS_MEAN = [0.62, 0.74, 0.84] as const
const BONUS = 0.04

const CODE: readonly Intent[] = ['code.generate', 'code.edit', 'code.explain', 'code.summarize', 'code.review']
const LONG_DOCUMENTS: readonly Intent[] = ['doc.summarize', 'conversation.summarize', 'qa.context']
const STRUCTURED: readonly Intent[] = ['extract', 'classify']

const STRENGTHS: readonly { readonly models: RegExp; readonly intents: readonly Intent[] }[] = [
  { models: /qwen[\w.-]*coder|deepseek|codestral|devstral/i, intents: CODE },
  { models: /claude|gemini/i, intents: LONG_DOCUMENTS },
  { models: /gemini|gpt/i, intents: STRUCTURED },
]

/** Prior quality of a chat model: `position` is its price class, `label` its id and family. */
export function priorQuality(position: 0 | 1 | 2, label: string): ModelRow['quality'] {
  const mean = CLASS_MEAN[position]
  const byIntent: Partial<Record<Intent, Sourced>> = {}
  for (const { models, intents } of STRENGTHS) {
    if (!models.test(label)) continue
    for (const intent of intents) byIntent[intent] = { value: Number((mean + BONUS).toFixed(2)), source: 'prior' }
  }
  return { overall: { value: mean, source: 'prior' }, byIntent }
}

/** User values over priors. A user's overall value replaces the family bonuses too: user values win. */
export function withUserQuality(
  prior: ModelRow['quality'],
  user: number | Readonly<Record<string, number>> | undefined,
): ModelRow['quality'] {
  if (user === undefined) return prior
  const stated = typeof user === 'number' ? { overall: user } : user
  const overall = stated['overall']
  const byIntent: Partial<Record<Intent, Sourced>> = overall === undefined ? { ...prior.byIntent } : {}
  // Broader names first, so that `code.generate` beats `code.*`.
  const keys = Object.keys(stated)
    .filter((key) => key !== 'overall')
    .sort((a, b) => a.length - b.length)
  for (const key of [...keys.filter((one) => one.endsWith('*')), ...keys.filter((one) => !one.endsWith('*'))]) {
    const value = stated[key]
    if (value === undefined) continue
    for (const intent of INTENTS) if (matches(key, intent)) byIntent[intent] = { value, source: 'user' }
  }
  return { overall: overall === undefined ? prior.overall : { value: overall, source: 'user' }, byIntent }
}

function matches(key: string, intent: Intent): boolean {
  if (key === '*' || key === intent) return true
  return key.endsWith('.*') ? intent.startsWith(key.slice(0, -1)) : intent.startsWith(`${key}.`)
}
