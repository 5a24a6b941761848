import type { UpstreamCall } from '../pipeline/ports.ts'
import { readGenerateAnswer } from '../wire/gemini/answer.ts'
import { GenerateStreamDecoder } from '../wire/gemini/decode-stream.ts'
import { encodeEmbedRequest, readEmbedAnswer } from '../wire/gemini/embeddings.ts'
import { encodeGenerateRequest } from '../wire/gemini/encode-request.ts'
import { hasForeignSeals } from '../wire/signatures.ts'
import { HttpUpstream } from './http-upstream.ts'
import type { AdapterPorts, ProviderSettings } from './ports.ts'
import type { AnswerReader, OutboundRequest, ProviderFormat } from './provider-format.ts'

/** Calls a provider that speaks Google's generateContent and embedContent. */
export class GeminiUpstream extends HttpUpstream {
  constructor(settings: ProviderSettings, ports: AdapterPorts) {
    super(settings, ports, GENERATE)
  }
}

const GENERATE: ProviderFormat = {
  request: outbound,
  credential: (secret) => ({ 'x-goog-api-key': secret }),
  reader: ({ request }): AnswerReader => {
    const { embeddings, format } = request
    const same = format === 'gemini'
    return {
      readWhole: embeddings === undefined ? readGenerateAnswer : (body) => readEmbedAnswer(body, embeddings),
      rawBody: (body) => (same && embeddings === undefined ? body : null),
      decoder: () => new GenerateStreamDecoder({ keepRaw: same }),
    }
  },
}

/** The client's own body where it speaks the format and no other provider has put a seal into the talk. */
function outbound({ body, request, target }: UpstreamCall): OutboundRequest {
  const { embeddings } = request
  if (embeddings !== undefined) {
    const { method, body: asked, dropped } = encodeEmbedRequest(request, embeddings, target.upstreamModel)
    return { path: modelPath(target.upstreamModel, method), headers: {}, body: asked, droppedParams: dropped }
  }
  const path = modelPath(target.upstreamModel, request.stream ? 'streamGenerateContent?alt=sse' : 'generateContent')
  if (request.format === 'gemini' && body !== null && !hasForeignSeals(request, 'gemini')) {
    // Some clients repeat the model in the body, where it would contradict the path.
    const { model: _model, ...members } = body
    return { path, headers: {}, body: members, droppedParams: [] }
  }
  const encoded = encodeGenerateRequest(request, { model: target.upstreamModel })
  return { path, headers: {}, body: encoded.body, droppedParams: encoded.dropped }
}

/** `alt=sse` asks for events instead of one long array. */
function modelPath(model: string, method: string): string {
  const named = model.includes('/') ? model : `models/${model}`
  const segments = named.split('/').map((segment) => encodeURIComponent(segment))
  return `/${segments.join('/')}:${method}`
}
