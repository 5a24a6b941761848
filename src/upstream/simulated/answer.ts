import type { Block, CanonicalAnswer, CanonicalRequest, FinishReason, ToolDefinition } from '../../wire/canonical.ts'
import { canonicalJson } from '../../wire/json.ts'
import { estimateTokens } from '../../wire/tokens.ts'
import type { AnswerLookup } from '../ports.ts'
import { hashText, seededRandom } from '../seeded.ts'
import { words } from '../text-pieces.ts'
import { schemaInstance } from './schema-instance.ts'
import { estimateUsage } from './estimate-usage.ts'

export interface AnswerSource {
  readonly seed: number
  readonly lookup: AnswerLookup | null
}

/**
 * The answer of a simulated model: from the lookup when it knows the request, else made up from the seed and the
 * request. Equal requests get equal answers, streamed or not.
 */
export function simulatedAnswer(request: CanonicalRequest, model: string, source: AnswerSource): CanonicalAnswer {
  const hash = requestHash(request, model, source.seed)
  const id = `chatcmpl-sim-${hash.toString(16).padStart(8, '0')}`
  const known = source.lookup?.(request, model) ?? null
  const made = known === null ? makeUp(request, model, hash) : knownAnswer(known)
  return { id, model, ...made, usage: known?.usage ?? estimateUsage(request, made.blocks) }
}

interface Made {
  readonly blocks: readonly Block[]
  readonly finish: FinishReason
}

/** Everything that a model would see; not whether the answer is streamed or who asks. */
function requestHash(request: CanonicalRequest, model: string, seed: number): number {
  const { messages, tools, toolChoice, responseFormat, sampling, maxOutputTokens } = request
  return hashText(
    canonicalJson([seed, model, messages, tools, toolChoice, responseFormat, sampling, maxOutputTokens ?? null]),
  )
}

function knownAnswer({ text, finish }: { text: string; finish: FinishReason }): Made {
  return { blocks: [{ kind: 'text', text }], finish }
}

function makeUp(request: CanonicalRequest, model: string, hash: number): Made {
  const tools = forcedTools(request)
  if (tools.length === 0) return limited(madeUpText(request, model, hash), request)
  return { blocks: tools.map((tool, index) => toolCall(tool, hash, index)), finish: 'tool_calls' }
}

/** Calls of one answer, at most. */
const MAX_CALLS = 4

/**
 * The tools that the request demands; without a demand the model answers in words. Where calls side by side are asked for in
 * so many words, every tool is called.
 */
function forcedTools({ tools, toolChoice, parallelToolCalls }: CanonicalRequest): readonly ToolDefinition[] {
  const own = tools.filter(({ hosted }) => hosted === undefined)
  const most = parallelToolCalls === true ? MAX_CALLS : 1
  switch (toolChoice?.kind) {
    case 'named':
      return own.filter(({ name }) => name === toolChoice.name).slice(0, 1)
    case 'required':
      return own.slice(0, most)
    case 'allowed':
      return toolChoice.required ? own.filter(({ name }) => toolChoice.names.includes(name)).slice(0, most) : []
    case 'auto':
    case 'none':
    case undefined:
      return []
  }
}

function toolCall({ name, parameters, custom }: ToolDefinition, hash: number, index: number): Block {
  const id = `call_${hash.toString(16).padStart(8, '0')}${index === 0 ? '' : `_${index}`}`
  if (custom !== undefined) return { kind: 'tool_use', id, name, argumentsJson: 'simulated input', custom: true }
  return { kind: 'tool_use', id, name, argumentsJson: JSON.stringify(schemaInstance(parameters ?? {})) }
}

function madeUpText({ responseFormat, messages }: CanonicalRequest, model: string, hash: number): string {
  switch (responseFormat.kind) {
    case 'json_schema':
      return JSON.stringify(schemaInstance(responseFormat.schema))
    case 'json_object':
      return JSON.stringify({ simulated: true, model, messages: messages.length })
    case 'text':
      return `Simulated answer of ${model}: no provider was called. ${sentences(hash)}`
  }
}

const SUBJECTS = ['The request', 'This step', 'The first part', 'A shorter form', 'The second case', 'The result']
const VERBS = ['depends on', 'leads to', 'is close to', 'comes before', 'agrees with', 'replaces']
const OBJECTS = [
  'the earlier value',
  'a simple rule',
  'the given limit',
  'one clear example',
  'the next step',
  'a test',
]

function sentences(hash: number): string {
  const random = seededRandom(`text|${hash}`)
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? ''
  const count = 3 + Math.floor(random() * 8)
  return Array.from({ length: count }, () => `${pick(SUBJECTS)} ${pick(VERBS)} ${pick(OBJECTS)}.`).join(' ')
}

/** Ends the text at the first stop text, then at the output limit. */
function limited(text: string, { sampling, maxOutputTokens }: CanonicalRequest): Made {
  let end = text.length
  for (const stop of sampling.stop ?? []) {
    const at = stop === '' ? -1 : text.indexOf(stop)
    if (at !== -1 && at < end) end = at
  }
  const stopped = text.slice(0, end)
  const kept = maxOutputTokens === undefined ? stopped : cutToTokens(stopped, maxOutputTokens)
  return { blocks: [{ kind: 'text', text: kept }], finish: kept.length < stopped.length ? 'length' : 'stop' }
}

/** The longest run of whole words within the limit, found by halving. */
function cutToTokens(text: string, most: number): string {
  const ends: number[] = [0]
  for (const word of words(text)) ends.push((ends.at(-1) ?? 0) + word.length)
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (estimateTokens(text.slice(0, ends[middle])) <= most) low = middle
    else high = middle - 1
  }
  return ends[low] === text.length ? text : text.slice(0, ends[low]).trimEnd()
}
