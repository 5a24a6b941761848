import type { CanonicalRequest, ResponseFormat, Sampling } from '../canonical.ts'
import { budgetEffort } from '../effort.ts'
import type { JsonObject } from '../json.ts'
import { integer, isAbsent, items, list, number, object, optional, text, type Field } from '../openai-chat/fields.ts'
import { member } from './members.ts'
import { fromOpenApiSchema } from './open-api-schema.ts'

/** Members of `generationConfig` with a canonical place; `thinkingConfig` is kept beside it as well. */
export const CONFIG_MEMBERS = [
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'presencePenalty',
  'frequencyPenalty',
  'seed',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
] as const

/** Thinking budgets are read as shares of this when the request has no limit of its own. */
const USUAL_LIMIT = 32_768
const JSON_MIME = 'application/json'
/** The name under which a schema travels that Google's format leaves without one. */
const UNNAMED_SCHEMA = 'answer'

type Parsed = Pick<CanonicalRequest, 'sampling' | 'responseFormat' | 'choices' | 'maxOutputTokens'>

/** What `generationConfig` says. */
export function parseConfig(config: JsonObject, path: string): Parsed {
  const limit = optional('maxOutputTokens', member(config, 'maxOutputTokens', path), (at) => integer(at, 1))
  const choices = optional('choices', member(config, 'candidateCount', path), (at) => integer(at, 1)).choices ?? 1
  return {
    sampling: parseSampling(config, path, limit.maxOutputTokens ?? USUAL_LIMIT),
    responseFormat: parseFormat(config, path),
    choices,
    ...limit,
  }
}

function parseSampling(config: JsonObject, path: string, maxOutputTokens: number): Sampling {
  const effort = readEffort(member(config, 'thinkingConfig', path), maxOutputTokens)
  return {
    ...optional('temperature', member(config, 'temperature', path), number),
    ...optional('topP', member(config, 'topP', path), number),
    ...optional('topK', member(config, 'topK', path), number),
    ...optional('seed', member(config, 'seed', path), number),
    ...optional('stop', member(config, 'stopSequences', path), (at) => items(list(at), at.path).map(text)),
    ...optional('presencePenalty', member(config, 'presencePenalty', path), number),
    ...optional('frequencyPenalty', member(config, 'frequencyPenalty', path), number),
    ...(effort === undefined ? {} : { reasoningEffort: effort }),
  }
}

/** Absent when the model decides: without a setting, or with the budget -1. */
function readEffort(at: Field, maxOutputTokens: number): string | undefined {
  if (isAbsent(at)) return undefined
  const config = object(at)
  const { level } = optional('level', member(config, 'thinkingLevel', at.path), text)
  if (level !== undefined) return level.toLowerCase()
  const { budget } = optional('budget', member(config, 'thinkingBudget', at.path), number)
  if (budget === undefined || budget < 0) return undefined
  return budget === 0 ? 'none' : budgetEffort(budget, maxOutputTokens)
}

function parseFormat(config: JsonObject, path: string): ResponseFormat {
  const { mime } = optional('mime', member(config, 'responseMimeType', path), text)
  const json = optional('schema', member(config, 'responseJsonSchema', path), object).schema
  const own = optional('schema', member(config, 'responseSchema', path), object).schema
  const schema = json ?? (own === undefined ? undefined : fromOpenApiSchema(own))
  if (schema !== undefined) return { kind: 'json_schema', name: UNNAMED_SCHEMA, schema }
  return { kind: mime === JSON_MIME ? 'json_object' : 'text' }
}
