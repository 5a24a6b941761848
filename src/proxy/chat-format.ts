import { servedAttempt } from '../engine/record-facts.ts'
import type { ExchangeRecord } from '../engine/record.ts'
import type { ExchangeReply } from '../pipeline/ports.ts'
import type { CanonicalAnswer, CanonicalRequest, StreamPart } from '../wire/canonical.ts'
import type { JsonObject } from '../wire/json.ts'
import { encodeChatAnswer } from '../wire/openai-chat/answer.ts'
import { ChatStreamEncoder } from '../wire/openai-chat/encode-stream.ts'
import { renameModel } from './model-name.ts'

/** The answer body: the provider's own where the formats are the same, with the model under the name it has here. */
export function chatAnswerBody(
  { answer, raw, record }: Extract<ExchangeReply, { kind: 'answer' }>,
  requestId: string,
): JsonObject {
  const model = servedName(record, answer.model)
  if (raw !== null) return { ...raw, model }
  return encodeChatAnswer(answer, { model, created: seconds(record.at), id: answerId(requestId) })
}

/** Turns parts into event payloads for one client. Parts in the provider's own words are passed on but for the model. */
export function chatStreamWriter(
  draft: ExchangeRecord,
  asked: CanonicalRequest,
  requestId: string,
): (part: StreamPart) => readonly string[] {
  const model = servedName(draft, '')
  const encoder = new ChatStreamEncoder({
    model,
    created: seconds(draft.at),
    includeUsage: asked.includeUsage,
    id: answerId(requestId),
  })
  let reported = model
  return (part) => {
    if (part.kind === 'start') reported = part.model === '' ? model : part.model
    return encoder.write(renamed(part, reported, model))
  }
}

/** A whole answer as the parts of a stream, for a client that asked for one and an answer that came in one piece. */
export function* partsOf(answer: CanonicalAnswer): Generator<StreamPart> {
  yield { kind: 'start', id: answer.id, model: answer.model }
  let calls = 0
  for (const block of answer.blocks) {
    if (block.kind === 'text' || block.kind === 'reasoning' || block.kind === 'refusal') {
      yield { kind: block.kind, text: block.text }
    } else if (block.kind === 'tool_use') {
      yield { kind: 'tool_delta', index: calls, id: block.id, name: block.name, argumentsDelta: block.argumentsJson }
      calls += 1
    }
  }
  yield { kind: 'finish', reason: answer.finish ?? (calls > 0 ? 'tool_calls' : 'stop') }
  if (answer.usage !== null) yield { kind: 'usage', usage: answer.usage }
}

function renamed(part: StreamPart, from: string, to: string): StreamPart {
  const named = part.kind === 'start' ? { ...part, model: to } : part
  if (named.raw === undefined || from === to) return named
  const raw = renameModel(named.raw, from, to)
  if (raw !== null) return { ...named, raw }
  if (named.kind === 'opaque') return named
  // Written in a form we do not know: encode it again rather than name two models in one stream.
  const { raw: _unused, ...words } = named
  return words
}

function servedName(record: ExchangeRecord, otherwise: string): string {
  return servedAttempt(record)?.model ?? otherwise
}

function answerId(requestId: string): string {
  return `chatcmpl-${requestId.slice('req_'.length)}`
}

function seconds(at: number): number {
  return Math.floor(at / 1000)
}
