import type { ExchangeRecord } from '../engine/record.ts'
import type { CanonicalRequest } from '../wire/canonical.ts'
import type { JsonObject } from '../wire/json.ts'
import { encodeResponse } from '../wire/openai-responses/answer.ts'
import { echoOf } from '../wire/openai-responses/echo.ts'
import { ResponsesStreamEncoder, type EncodeResponse } from '../wire/openai-responses/encode-stream.ts'
import { parseResponsesRequest } from '../wire/openai-responses/parse-request.ts'
import { withoutReferences } from '../wire/openai-responses/relay-request.ts'
import { EVENT_STREAM, OPENAI_VOICE } from './openai-voice.ts'
import { answerId, arrivedAt, servedName } from './served.ts'
import type { Speaker } from './speaker.ts'

/** `POST /responses`, without anything that is kept but for the items of late answers. */
export const responsesSpeaker: Speaker = {
  voice: OPENAI_VOICE,
  read: (body, _request, shelf) => {
    const canonical = parseResponsesRequest(body, (id) => shelf.find(id))
    // What a client wants forgotten it sends again itself.
    const keep = (response: JsonObject): JsonObject => {
      if (body['store'] !== false && Array.isArray(response['output'])) shelf.keep(response['output'])
      return response
    }
    return {
      canonical,
      body: withoutReferences(body, (id) => shelf.find(id)),
      // Asked for in so many words, it is worth a note that nothing is kept.
      droppedParams: body['store'] === true ? ['store'] : [],
      framing: EVENT_STREAM,
      answerBody: ({ answer, raw, record }, requestId) => {
        const model = servedName(record, answer.model)
        if (raw !== null) return keep({ ...raw, model })
        return keep(encodeResponse(answer, encodeOptions(record, { body, canonical, requestId, reported: model })))
      },
      streamWriter: (draft, requestId) => {
        const options = encodeOptions(draft, { body, canonical, requestId, reported: '' })
        const encoder = new ResponsesStreamEncoder(options)
        return {
          write: (part) => encoder.write(part),
          end: () => {
            keep(encoder.response())
            return encoder.end()
          },
          fail: (error) => encoder.fail(error),
        }
      },
    }
  },
}

interface Asked {
  readonly body: JsonObject
  readonly canonical: CanonicalRequest
  readonly requestId: string
  /** The model as the provider names it. */
  readonly reported: string
}

function encodeOptions(record: ExchangeRecord, { body, canonical, requestId, reported }: Asked): EncodeResponse {
  const custom = canonical.tools.filter((tool) => tool.custom !== undefined).map(({ name }) => name)
  return {
    id: answerId('resp_', requestId),
    model: servedName(record, reported),
    created: arrivedAt(record),
    echo: echoOf(body),
    customTools: new Set(custom),
  }
}
