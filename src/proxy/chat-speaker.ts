import type { ExchangeRecord } from '../engine/record.ts'
import type { CanonicalRequest, StreamPart } from '../wire/canonical.ts'
import { errorBody } from '../wire/error-body.ts'
import type { JsonObject } from '../wire/json.ts'
import { encodeChatAnswer } from '../wire/openai-chat/answer.ts'
import { ChatStreamEncoder } from '../wire/openai-chat/encode-stream.ts'
import { parseChatRequest } from '../wire/openai-chat/parse-request.ts'
import { withRaw } from '../wire/openai-chat/raw-chunk.ts'
import { standardChatBody } from '../wire/openai-chat/standard-body.ts'
import { SSE_DONE, sseData } from '../wire/sse.ts'
import { answerForMistralClient, chunkForMistralClient, forMistralClient, isMistralClient } from './mistral-client.ts'
import { modelRenamer, withoutEmptyUsage } from './raw-text.ts'
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
  let rename = modelRenamer(model, model)
  const start = (part: Extract<StreamPart, { kind: 'start' }>): StreamPart => {
    if (part.model !== '') rename = modelRenamer(part.model, model)
    return { ...part, model }
  }
  return {
    write(given) {
      const part = given.kind === 'start' ? start(given) : given
      const payloads = encoder.write(renamed(mistral ? forMistralClient(part) : part, rename))
      const said = mistral ? payloads.map(chunkForMistralClient) : payloads
      return said.map((payload) => sseData(canonical.includeUsage ? payload : withoutEmptyUsage(payload)))
    },
    end: () => [SSE_DONE],
    fail: (error) => [sseData(JSON.stringify(errorBody(error)))],
  }
}

function renamed(part: StreamPart, rename: (raw: string) => string | null): StreamPart {
  if (part.raw === undefined) return part
  const raw = rename(part.raw)
  if (raw === part.raw) return part
  if (raw !== null) return withRaw(part, raw)
  if (part.kind === 'opaque') return part
  // Written in a form we do not know: encode it again rather than name two models in one stream.
  const { raw: _unused, ...words } = part
  return words
}
