import type { Block, CanonicalAnswer, FinishReason } from '../canonical.ts'
import { hasError, readProviderError } from '../error-body.ts'
import { GatewayError } from '../errors.ts'
import { isJsonObject, textOr, type JsonObject, type JsonValue } from '../json.ts'
import type { AnswerReading } from '../reading.ts'
import { readClaudeCitations } from './citations.ts'
import { readStopReason, writeStopReason } from './finish.ts'
import { readMessagesUsage, writeMessagesUsage } from './usage.ts'
import { encodeAnswerBlocks } from './encode-answer-blocks.ts'

/** Reads a provider's message leniently: only what is used has to be there. */
export function readMessage(body: unknown): AnswerReading {
  if (!isJsonObject(body)) return { kind: 'malformed', path: 'body', message: '"body" is not a JSON object' }
  if (body['type'] === 'error' || hasError(body)) return { kind: 'error', error: readProviderError(body) }
  const { content } = body
  if (!Array.isArray(content)) return { kind: 'malformed', path: 'content', message: '"content" is not an array' }
  const refusal = refusalText(body['stop_details'])
  const blocks = content.flatMap((block: JsonValue) => readAnswerBlock(block))
  if (refusal !== null) blocks.push({ kind: 'refusal', text: refusal })
  const stop = body['stop_sequence']
  const answer: CanonicalAnswer = {
    id: textOr(body['id'], ''),
    model: textOr(body['model'], ''),
    blocks,
    finish: readStopReason(body['stop_reason']),
    usage: readMessagesUsage(body['usage']),
    ...(typeof stop === 'string' ? { stopSequence: stop } : {}),
  }
  return { kind: 'answer', answer }
}

/** As `readMessage`, for a body that has to be an answer; throws `invalid_request_error` when it is not. */
export function parseMessage(body: unknown): CanonicalAnswer {
  const reading = readMessage(body)
  if (reading.kind === 'answer') return reading.answer
  const param = reading.kind === 'malformed' ? reading.path : 'error'
  const what = reading.kind === 'malformed' ? reading.message : 'it holds an error'
  throw new GatewayError('invalid_request_error', `the answer can not be read: ${what}`, { param })
}

/** One block of an answer, complete or as it stands at the start of a stream's block. */
export function readAnswerBlock(value: JsonValue): Block[] {
  if (!isJsonObject(value)) return []
  switch (textOr(value['type'], '')) {
    case 'text': {
      const text = textOr(value['text'], '')
      const { citations: given } = value
      const citations = Array.isArray(given) ? readClaudeCitations(given, text.length) : []
      const cited = citations.length > 0 ? { citations } : {}
      return text === '' ? [] : [{ kind: 'text', text, ...cited }]
    }
    case 'thinking': {
      const signature = textOr(value['signature'], '')
      const seal = signature === '' ? {} : { signature, signedBy: 'anthropic' as const }
      return [{ kind: 'reasoning', text: textOr(value['thinking'], ''), ...seal }]
    }
    case 'redacted_thinking':
      return [{ kind: 'reasoning', text: '', redacted: textOr(value['data'], ''), signedBy: 'anthropic' }]
    case 'tool_use': {
      const input = JSON.stringify(isJsonObject(value['input']) ? value['input'] : {})
      return [{ kind: 'tool_use', id: textOr(value['id'], ''), name: textOr(value['name'], ''), argumentsJson: input }]
    }
    default:
      return [{ kind: 'opaque', format: 'anthropic', value }]
  }
}

/** Why the model refused, where the provider says so. */
export function refusalText(details: unknown): string | null {
  if (!isJsonObject(details)) return null
  const { explanation } = details
  return typeof explanation === 'string' && explanation !== '' ? explanation : null
}

export interface EncodeMessage {
  /** The name that the client shall see. */
  readonly model: string
  /** Used when the answer has no id of its own. */
  readonly id?: string
}

/** A complete message for a client of the format. */
export function encodeMessage(answer: CanonicalAnswer, { model, id }: EncodeMessage): JsonObject {
  const refusal = answer.blocks.flatMap((block) => (block.kind === 'refusal' ? [block.text] : [])).join('')
  const finish = finishOf(answer, refusal)
  return {
    id: answer.id === '' ? (id ?? 'msg_gateway') : answer.id,
    type: 'message',
    role: 'assistant',
    model,
    content: encodeAnswerBlocks(answer.blocks),
    stop_reason: writeStopReason(finish, answer.stopSequence),
    stop_sequence: answer.stopSequence ?? null,
    stop_details: refusal === '' ? null : { type: 'refusal', explanation: refusal },
    usage: answer.usage === null ? { input_tokens: 0, output_tokens: 0 } : writeMessagesUsage(answer.usage),
  }
}

/** A model that said no ends with a refusal here, whatever word its own format has for the end. */
function finishOf({ blocks, finish }: CanonicalAnswer, refusal: string): FinishReason {
  if (refusal !== '' && (finish === 'stop' || finish === null)) return 'content_filter'
  return finish ?? (blocks.some(({ kind }) => kind === 'tool_use') ? 'tool_calls' : 'stop')
}
