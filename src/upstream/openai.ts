import type { UpstreamCall } from '../pipeline/ports.ts'
import type { JsonObject } from '../wire/json.ts'
import { readChatAnswer } from '../wire/openai-chat/answer.ts'
import { completeChatAnswer } from '../wire/openai-chat/complete-answer.ts'
import { ChatStreamDecoder } from '../wire/openai-chat/decode-stream.ts'
import { readEmbeddings } from '../wire/openai-embeddings/answer.ts'
import { encodeEmbeddingsRequest } from '../wire/openai-embeddings/encode-request.ts'
import { ResponsesStreamDecoder } from '../wire/openai-responses/decode-stream.ts'
import { readResponse } from '../wire/openai-responses/read-answer.ts'
import { relayedRequest } from '../wire/openai-responses/relay-request.ts'
import { WithoutRaw } from '../wire/without-raw.ts'
import { usageDialect, type UsageDialectName } from '../wire/usage-dialects.ts'
import { HttpUpstream } from './http-upstream.ts'
import type { AdapterPorts, ProviderSettings } from './ports.ts'
import type { AnswerReader, OutboundRequest, ProviderFormat } from './provider-format.ts'
import { requestBody } from './request-body.ts'
import { requestQuirks, type RequestQuirks } from './request-quirks.ts'

/** Calls a provider that speaks OpenAI's chat completions, embeddings and, where it has them, responses. */
export class OpenAiUpstream extends HttpUpstream {
  constructor(settings: ProviderSettings, ports: AdapterPorts) {
    super(settings, ports, new ChatFormat(settings))
  }
}

class ChatFormat implements ProviderFormat {
  readonly #quirks: RequestQuirks
  readonly #dialect: UsageDialectName

  constructor({ kind, quirks }: ProviderSettings) {
    this.#quirks = requestQuirks(kind, quirks)
    this.#dialect = usageDialect(quirks)
  }

  request(call: UpstreamCall): OutboundRequest {
    const { request, target } = call
    const embeddings = encodeEmbeddingsRequest(request, target.upstreamModel)
    if (embeddings !== null) return { path: '/embeddings', headers: {}, body: embeddings, droppedParams: [] }
    const own = this.#ownResponsesBody(call)
    if (own !== null) return { path: '/responses', headers: {}, ...relayedRequest(own, request, target.upstreamModel) }
    return { path: '/chat/completions', headers: {}, ...requestBody(call, this.#quirks) }
  }

  credential(secret: string): Record<string, string> {
    return { authorization: `Bearer ${secret}` }
  }

  reader(call: UpstreamCall): AnswerReader {
    if (this.#ownResponsesBody(call) !== null) return RESPONSES_READER
    const { request } = call
    const same = request.format === 'openai-chat'
    const { embeddings } = request
    return {
      readWhole: (body) =>
        embeddings === undefined
          ? readChatAnswer(body, this.#dialect)
          : readEmbeddings(body, embeddings, this.#dialect),
      rawBody: (body, now) => (same && embeddings === undefined ? completed(body, now) : null),
      decoder: () => {
        const decoder = new ChatStreamDecoder(this.#dialect)
        return same ? decoder : new WithoutRaw(decoder)
      },
    }
  }

  /** The body of a client that speaks `/responses`, when the provider does too. */
  #ownResponsesBody({ request, body }: UpstreamCall): JsonObject | null {
    return this.#quirks.responses && request.format === 'openai-responses' ? body : null
  }
}

const RESPONSES_READER: AnswerReader = {
  readWhole: readResponse,
  rawBody: (body) => body,
  decoder: () => new ResponsesStreamDecoder(),
}

function completed(body: JsonObject, now: number): JsonObject {
  return completeChatAnswer(body, { created: Math.floor(now / 1000), id: 'chatcmpl-gateway' })
}
