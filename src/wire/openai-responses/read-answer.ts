import type { Block, CanonicalAnswer, FinishReason } from '../canonical.ts'
import { readAnnotations } from '../citations.ts'
import { hasError, readProviderError } from '../error-body.ts'
import { isJsonObject, textOr, type JsonObject, type JsonValue } from '../json.ts'
import type { AnswerReading } from '../reading.ts'
import { readResponsesUsage } from './usage.ts'

/** Reads a provider's response leniently: only what is used has to be there. */
export function readResponse(body: unknown): AnswerReading {
  if (!isJsonObject(body)) return malformed('body', 'not a JSON object')
  const { output, status } = body
  if (hasError(body) || status === 'failed' || status === 'cancelled')
    return { kind: 'error', error: readProviderError(body) }
  if (!Array.isArray(output)) return malformed('output', 'not an array')
  const blocks = output.flatMap((item: JsonValue) => readItem(item))
  const answer: CanonicalAnswer = {
    id: textOr(body['id'], ''),
    model: textOr(body['model'], ''),
    blocks,
    finish: readEnding(
      body,
      blocks.some(({ kind }) => kind === 'tool_use'),
    ),
    usage: readResponsesUsage(body['usage']),
  }
  return { kind: 'answer', answer }
}

/** Why the response ended; null while it has not. */
export function readEnding({ status, incomplete_details: details }: JsonObject, calls: boolean): FinishReason | null {
  if (status === 'completed') return calls ? 'tool_calls' : 'stop'
  if (status !== 'incomplete') return null
  return isJsonObject(details) && details['reason'] === 'content_filter' ? 'content_filter' : 'length'
}

function readItem(item: JsonValue): Block[] {
  if (!isJsonObject(item)) return []
  switch (textOr(item['type'], '')) {
    case 'message':
      return Array.isArray(item['content']) ? item['content'].flatMap((part: JsonValue) => readPart(part)) : []
    case 'reasoning':
      return [{ kind: 'reasoning', text: reasoningOf(item), ...sealOf(item) }]
    case 'function_call': {
      const argumentsJson = textOr(item['arguments'], '')
      return [{ kind: 'tool_use', id: callId(item), name: textOr(item['name'], ''), argumentsJson }]
    }
    case 'custom_tool_call': {
      const argumentsJson = textOr(item['input'], '')
      return [{ kind: 'tool_use', id: callId(item), name: textOr(item['name'], ''), argumentsJson, custom: true }]
    }
    default:
      // What a tool of the provider did.
      return [{ kind: 'opaque', format: 'openai-responses', value: item }]
  }
}

function readPart(part: JsonValue): Block[] {
  if (!isJsonObject(part)) return []
  const text = textOr(part['text'], '')
  if (part['type'] === 'output_text' && text !== '') {
    const citations = readAnnotations(part['annotations'])
    return [{ kind: 'text', text, ...(citations.length === 0 ? {} : { citations }) }]
  }
  const refusal = textOr(part['refusal'], '')
  return part['type'] === 'refusal' && refusal !== '' ? [{ kind: 'refusal', text: refusal }] : []
}

function reasoningOf({ summary, content }: JsonObject): string {
  const parts = [...(Array.isArray(summary) ? summary : []), ...(Array.isArray(content) ? content : [])]
  return parts.flatMap((part) => (isJsonObject(part) ? [textOr(part['text'], '')] : [])).join('\n')
}

/** The thought as only its provider can read it. */
export function sealOf({ encrypted_content: sealed }: JsonObject): {
  signature?: string
  signedBy?: 'openai-responses'
} {
  return typeof sealed === 'string' && sealed !== '' ? { signature: sealed, signedBy: 'openai-responses' } : {}
}

/** The id by which a result names its call. */
export function callId(item: JsonObject): string {
  return textOr(item['call_id'], '') || textOr(item['id'], '')
}

function malformed(path: string, problem: string): AnswerReading {
  return { kind: 'malformed', message: `"${path}" is ${problem}`, path }
}
