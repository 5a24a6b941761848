import { errorBody } from '../wire/error-body.ts'
import { encodeCompletion, encodeCompletionPart } from '../wire/openai-completions/answer.ts'
import { parseCompletionsRequest } from '../wire/openai-completions/parse-request.ts'
import { SSE_DONE, sseData } from '../wire/sse.ts'
import { EVENT_STREAM, OPENAI_VOICE } from './openai-voice.ts'
import { answerId, arrivedAt, servedName } from './served.ts'
import type { Speaker } from './speaker.ts'

/** `POST /completions`: the older text format, answered by chat models. */
export const completionsSpeaker: Speaker = {
  voice: OPENAI_VOICE,
  read: (given) => {
    const canonical = parseCompletionsRequest(given)
    return {
      canonical,
      // No provider gets it as it is: the request has become a conversation.
      body: null,
      droppedParams: [],
      framing: EVENT_STREAM,
      answerBody: ({ answer, record }, requestId) => {
        const model = servedName(record, answer.model)
        return encodeCompletion(answer, { id: answerId('cmpl-', requestId), model, created: arrivedAt(record) })
      },
      streamWriter: (draft, requestId) => {
        const { includeUsage } = canonical
        const id = answerId('cmpl-', requestId)
        const options = { id, model: servedName(draft), created: arrivedAt(draft), includeUsage }
        return {
          write: (part) => {
            const payload = encodeCompletionPart(part, options)
            return payload === null ? [] : [sseData(JSON.stringify(payload))]
          },
          end: () => [SSE_DONE],
          fail: (error) => [sseData(JSON.stringify(errorBody(error)))],
        }
      },
    }
  },
}
