import type { ExchangeRecord } from '../engine/record.ts'
import { encodeGenerateAnswer } from '../wire/gemini/answer.ts'
import { countTokensBody } from '../wire/gemini/count-tokens.ts'
import { GenerateStreamEncoder } from '../wire/gemini/encode-stream.ts'
import { generateErrorBody, generateErrorStatus } from '../wire/gemini/error-body.ts'
import { parseGenerateRequest } from '../wire/gemini/parse-request.ts'
import { isJsonObject, type JsonObject } from '../wire/json.ts'
import { sseData } from '../wire/sse.ts'
import { answerId, servedName } from './served.ts'
import type { AnswerReply, Counter, ErrorVoice, Framing, Speaker, StreamWriter } from './speaker.ts'

/** Errors as Google's clients read them; the time to wait stands in the body. */
export const GEMINI_VOICE: ErrorVoice = {
  status: generateErrorStatus,
  body: (error) => {
    const afterMs = error.data?.['retry_after_ms']
    return generateErrorBody(error, typeof afterMs === 'number' ? afterMs : null)
  },
  headers: () => ({}),
}

/** Its clients lose an event that begins with anything but `data:`, so there are no signs of life in between. */
const EVENTS: Framing = { contentType: 'text/event-stream; charset=utf-8', keepAlive: null }
/** Without `alt=sse` a stream is one JSON array, in which blanks mean nothing. */
const ARRAY: Framing = { contentType: 'application/json; charset=utf-8', keepAlive: '\n' }

/** `POST models/{model}:generateContent` and `:streamGenerateContent`. */
export function geminiSpeaker(model: string, stream: boolean): Speaker {
  return {
    voice: GEMINI_VOICE,
    read: (body, { url = '' }) => {
      const asEvents = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('alt') === 'sse'
      return {
        canonical: parseGenerateRequest(body, { model, stream }),
        body,
        droppedParams: [],
        framing: asEvents ? EVENTS : ARRAY,
        answerBody,
        streamWriter: (draft, requestId) => streamWriter(draft, requestId, asEvents),
      }
    },
  }
}

/** `POST models/{model}:countTokens`. */
export function geminiCounter(model: string): Counter {
  return {
    voice: GEMINI_VOICE,
    read: (body) => {
      const whole = body['generateContentRequest']
      return parseGenerateRequest(isJsonObject(whole) ? whole : body, { model, stream: false })
    },
    answerBody: countTokensBody,
  }
}

/** The provider's own answer where the formats are the same, with the model under the name it has here. */
function answerBody({ answer, raw, record }: AnswerReply, requestId: string): JsonObject {
  const model = servedName(record, answer.model)
  if (raw !== null) return { ...raw, modelVersion: model }
  return encodeGenerateAnswer(answer, { model, id: answerId('', requestId) })
}

function streamWriter(draft: ExchangeRecord, requestId: string, asEvents: boolean): StreamWriter {
  const encoder = new GenerateStreamEncoder({ model: servedName(draft), id: answerId('', requestId) })
  if (asEvents) {
    return {
      write: (part) => encoder.write(part).map(sseData),
      end: () => encoder.end().map(sseData),
      fail: (error) => [sseData(encoder.fail(error))],
    }
  }
  let before = '['
  const element = (payload: string): string => {
    const text = `${before}${payload}`
    before = ',\n'
    return text
  }
  const closed = (elements: readonly string[]): string[] => [...elements, before === '[' ? '[]' : ']']
  return {
    write: (part) => encoder.write(part).map(element),
    end: () => closed(encoder.end().map(element)),
    fail: (error) => closed([element(encoder.fail(error))]),
  }
}
