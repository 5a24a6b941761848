import type { IncomingMessage } from 'node:http'
import type { ExchangeRecord } from '../engine/record.ts'
import { encodeMessage } from '../wire/anthropic/answer.ts'
import { countTokensBody } from '../wire/anthropic/count-tokens.ts'
import { MESSAGES_PING, MessagesStreamEncoder } from '../wire/anthropic/encode-stream.ts'
import { messagesErrorBody, messagesErrorStatus } from '../wire/anthropic/error-body.ts'
import { parseMessagesRequest } from '../wire/anthropic/parse-request.ts'
import type { JsonObject } from '../wire/json.ts'
import { answerId, servedName } from './served.ts'
import type { AnswerReply, Counter, ErrorVoice, Framing, Speaker, StreamWriter } from './speaker.ts'

/** Errors as Anthropic's clients read them; they look for the id of a request under another name. */
export const MESSAGES_VOICE: ErrorVoice = {
  status: messagesErrorStatus,
  body: messagesErrorBody,
  headers: (requestId) => ({ 'request-id': requestId }),
}

const FRAMING: Framing = { contentType: 'text/event-stream; charset=utf-8', keepAlive: MESSAGES_PING }

/** `POST /messages`. */
export const messagesSpeaker: Speaker = {
  voice: MESSAGES_VOICE,
  read: (body, request) => ({
    canonical: parseMessagesRequest(body, { headers: protocolOf(request) }),
    body,
    droppedParams: [],
    framing: FRAMING,
    answerBody,
    streamWriter,
  }),
}

/** `POST /messages/count_tokens`. */
export const messagesCounter: Counter = {
  voice: MESSAGES_VOICE,
  read: (body, request) => parseMessagesRequest(body, { headers: protocolOf(request), countOnly: true }),
  answerBody: countTokensBody,
}

/** The headers by which a client chooses a variant of the format. */
function protocolOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const { 'anthropic-version': version, 'anthropic-beta': beta } = headers
  return {
    ...(typeof version === 'string' ? { 'anthropic-version': version } : {}),
    ...(typeof beta === 'string' ? { 'anthropic-beta': beta } : {}),
  }
}

/** The provider's own answer where the formats are the same, with the model under the name it has here. */
function answerBody({ answer, raw, record }: AnswerReply, requestId: string): JsonObject {
  const model = servedName(record, answer.model)
  if (raw !== null) return { ...raw, model }
  // The id of an answer in another format would look foreign here.
  return encodeMessage({ ...answer, id: '' }, { model, id: answerId('msg_', requestId) })
}

function streamWriter(draft: ExchangeRecord, requestId: string): StreamWriter {
  const encoder = new MessagesStreamEncoder({
    model: servedName(draft),
    id: answerId('msg_', requestId),
    inputTokens: draft.decision.features.inputTokens,
  })
  return {
    write: (part) => encoder.write(part.kind === 'start' && part.raw === undefined ? { ...part, id: '' } : part),
    end: () => encoder.end(),
    fail: (error) => [encoder.fail(error, requestId)],
  }
}
