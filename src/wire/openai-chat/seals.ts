import type { Block, Signed, WireFormat } from '../canonical.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

/*
 * Chat completions have no place for a provider's seals. Two extensions carry them, both known to clients of other hosts:
 * `reasoning_details` beside the text of a thought, as OpenRouter writes it, and `extra_content` on a call, as Google's
 * own compatible endpoint does. A client that sends the message back whole sends them back, too.
 */
const FORMATS: readonly (readonly [name: string, format: WireFormat])[] = [
  ['anthropic-claude-v1', 'anthropic'],
  ['google-gemini-v1', 'gemini'],
  ['openai-responses-v1', 'openai-responses'],
]

type Reasoning = Extract<Block, { kind: 'reasoning' }>

/** `reasoning_details` for thoughts of which one has a seal; null when none has. */
export function writeDetails(blocks: readonly Block[]): JsonObject[] | null {
  const thoughts = blocks.filter((block) => block.kind === 'reasoning')
  const sealed = thoughts.some(({ signature, redacted }) => signature !== undefined || redacted !== undefined)
  return sealed ? thoughts.map(writeDetail) : null
}

/** One thought, or one piece of it, with its seal. */
export function writeDetail(block: Omit<Reasoning, 'kind'>, index: number): JsonObject {
  const { text, signature, signedBy, redacted } = block
  const format = FORMATS.find(([, one]) => one === signedBy)?.[0] ?? 'unknown'
  if (redacted !== undefined) return { type: 'reasoning.encrypted', data: redacted, format, index }
  return { type: 'reasoning.text', text, ...(signature === undefined ? {} : { signature }), format, index }
}

/**
 * Thoughts with their seals; null when the message has none, so that its plain text counts. `thought` is that text: a
 * client that put a stream together has it there, and the seals alone in the details.
 */
export function readDetails(message: JsonObject, thought: string): Reasoning[] | null {
  const { reasoning_details: details } = message
  if (!Array.isArray(details)) return null
  const thoughts = details.flatMap((detail: JsonValue) => readDetail(detail))
  if (thoughts.every(({ signature, redacted }) => signature === undefined && redacted === undefined)) return null
  if (thought === '' || thoughts.some(({ text }) => text !== '')) return thoughts
  const owner = thoughts.findIndex(({ signature, signedBy }) => signature !== undefined && signedBy === 'anthropic')
  if (owner === -1) return [{ kind: 'reasoning', text: thought }, ...thoughts]
  return thoughts.map((one, at) => (at === owner ? { ...one, text: thought } : one))
}

function readDetail(detail: JsonValue): Reasoning[] {
  if (!isJsonObject(detail)) return []
  const { type, text, signature, data, format } = detail
  const signedBy = FORMATS.find(([name]) => name === format)?.[1]
  const words = typeof text === 'string' ? text : ''
  const plain: Reasoning = { kind: 'reasoning', text: words }
  // A seal of nobody that we know can not go back to anybody.
  if (signedBy === undefined) return words === '' ? [] : [plain]
  if (type === 'reasoning.encrypted') {
    return typeof data === 'string' ? [{ kind: 'reasoning', text: '', redacted: data, signedBy }] : []
  }
  if (typeof signature === 'string' && signature !== '') return [{ ...plain, signature, signedBy }]
  return words === '' ? [] : [plain]
}

/** The seal of a call as Google's endpoint writes it; nothing for calls without one. */
export function writeCallSeal({ signature, signedBy }: Signed): JsonObject {
  if (signature === undefined || signedBy !== 'gemini') return {}
  return { extra_content: { google: { thought_signature: signature } } }
}

/** The seal of a call that comes back. */
export function readCallSeal(call: JsonObject): Signed {
  const { extra_content: extra } = call
  const google = isJsonObject(extra) ? extra['google'] : undefined
  const signature = isJsonObject(google) ? google['thought_signature'] : undefined
  return typeof signature === 'string' && signature !== '' ? { signature, signedBy: 'gemini' } : {}
}
