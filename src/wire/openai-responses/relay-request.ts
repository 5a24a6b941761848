import type { CanonicalRequest } from '../canonical.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import type { KnownItems } from './parse-items.ts'
import { readSeal } from './seal.ts'

export interface RelayedRequest {
  readonly body: JsonObject
  readonly droppedParams: readonly string[]
}

/** What makes an answer with thoughts hold them in a form that can be sent back. */
const SEALED_THOUGHTS = 'reasoning.encrypted_content'

/**
 * The client's own body for a provider of the format: the model is replaced, and nothing is kept there, as any of the next
 * requests may go to another provider. Thoughts of earlier turns go along when they hold the provider's seal; what other
 * providers thought, it would refuse.
 */
export function relayedRequest(
  body: JsonObject,
  { sampling, stream }: CanonicalRequest,
  model: string,
): RelayedRequest {
  const { stream: _stream, input, ...members } = body
  const items = Array.isArray(input) ? relayedItems(input) : { input, dropped: false }
  const include = included(body, sampling.reasoningEffort !== undefined || reasons(model))
  const sent: JsonObject = {
    ...members,
    ...(items.input === undefined ? {} : { input: items.input }),
    ...(include.length === 0 ? {} : { include }),
    model,
    store: false,
    ...(stream ? { stream: true } : {}),
  }
  return { body: sent, droppedParams: items.dropped ? ['input.reasoning'] : [] }
}

/** The body with every reference replaced by the item that it means; the very body when it has none. */
export function withoutReferences(body: JsonObject, known: KnownItems): JsonObject {
  const { input } = body
  if (!Array.isArray(input)) return body
  const items = input.map((item: JsonValue) => {
    if (!isJsonObject(item) || item['type'] !== 'item_reference' || typeof item['id'] !== 'string') return item
    return known(item['id']) ?? item
  })
  return items.some((item, at) => item !== input[at]) ? { ...body, input: items } : body
}

function relayedItems(items: readonly JsonValue[]): { input: JsonValue; dropped: boolean } {
  const kept = items.filter((item) => !isJsonObject(item) || item['type'] !== 'reasoning' || isOwnThought(item))
  if (kept.length === items.length) return { input: kept, dropped: false }
  // An item that is named as the provider's own has to come with the thought before it; without a name it is just said.
  return { input: kept.map(withoutId), dropped: true }
}

function isOwnThought({ encrypted_content: sealed }: JsonObject): boolean {
  if (typeof sealed !== 'string' || sealed === '') return false
  const { of, signed } = readSeal(sealed)
  return of === 'thought' && signed.signedBy === 'openai-responses'
}

function withoutId(item: JsonValue): JsonValue {
  if (!isJsonObject(item) || item['type'] === 'reasoning') return item
  const { id: _id, ...members } = item
  return members
}

function included({ include }: JsonObject, thinks: boolean): JsonValue[] {
  const asked: JsonValue[] = Array.isArray(include) ? [...include] : []
  return thinks && !asked.includes(SEALED_THOUGHTS) ? [...asked, SEALED_THOUGHTS] : asked
}

/** Models that do not think refuse to be asked for sealed thoughts. */
function reasons(model: string): boolean {
  return /^(?:o\d|gpt-(?:[5-9]|\d{2}))/.test(model) && !model.includes('-chat')
}
