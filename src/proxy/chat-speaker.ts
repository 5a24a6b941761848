import type { ExchangeRecord } from '../engine/record.ts'
import type { CanonicalRequest, StreamPart } from '../wire/canonical.ts'
import { errorBody } from '../wire/error-body.ts'
import type { JsonObject } from '../wire/json.ts'
import { encodeChatAnswer } from '../wire/openai-chat/answer.ts'
import { ChatStreamEncoder } from '../wire/openai-chat/encode-stream.ts'
import { parseChatRequest } from '../wire/openai-chat/parse-request.ts'
import { standardChatBody } from '../wire/openai-chat/standard-body.ts'
import { SSE_DONE, sseData } from '../wire/sse.ts'
import { answerForMistralClient, chunkForMistralClient, forMistralClient, isMistralClient } from './mistral-client.ts'
import { renameModel, withoutEmptyUsage } from './raw-text.ts'
import { EVENT_STREAM, OPENAI_VOICE } from './openai-voice.ts'
import { answerId, arrivedAt, servedName } from './served.ts'
import type { AnswerReply, Speaker, StreamWriter } from './speaker.ts'

/** `POST /chat/completions`. */
export const chatSpeaker: Speaker = {
  voice: OPENAI_VOICE,
  read: (given, { headers }) => {
    const body = standardChatBody(given)
    const canonical = parseChatRequest(body)
    const mistral = isMistralClient(headers)
    return {
      canonical,
      body,
      droppedParams: [],
      framing: EVENT_STREAM,
      answerBody: (reply, requestId) => {
        const said = answerBody(reply, requestId)
        return mistral ? answerForMistralClient(said) : said
      },
      streamWriter: (draft, requestId) => streamWriter(draft, { canonical, mistral, requestId }),
    }
  },
}

/** The provider's own answer where the formats are the same, with the model under the name it has here. */
function answerBody({ answer, raw, record }: AnswerReply, requestId: string): JsonObject {
  const model = servedName(record, answer.model)
  if (raw !== null) return { ...raw, model }
  return encodeChatAnswer(answer, { model, created: arrivedAt(record), id: answerId('chatcmpl-', requestId) })
}

interface Asked {
  readonly canonical: CanonicalRequest
  readonly mistral: boolean
  readonly requestId: string
}

/** Parts in the provider's own words are passed on but for the model. */
function streamWriter(draft: ExchangeRecord, { canonical, mistral, requestId }: Asked): StreamWriter {
  const model = servedName(draft)
  const encoder = new ChatStreamEncoder({
    model,
    created: arrivedAt(draft),
    includeUsage: canonical.includeUsage || mistral,
    id: answerId('chatcmpl-', requestId),
  })
  let reported = model
  return {
    write(part) {
      if (part.kind === 'start') reported = part.model === '' ? model : part.model
      const payloads = encoder.write(renamed(mistral ? forMistralClient(part) : part, reported, model))
      const said = mistral ? payloads.map(chunkForMistralClient) : payloads
      return said.map((payload) => sseData(canonical.includeUsage ? payload : withoutEmptyUsage(payload)))
    },
    end: () => [SSE_DONE],
    fail: (error) => [sseData(JSON.stringify(errorBody(error)))],
  }
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
