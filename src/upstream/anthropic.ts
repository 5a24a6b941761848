import type { UpstreamCall } from '../pipeline/ports.ts'
import { readMessage } from '../wire/anthropic/answer.ts'
import { MessagesStreamDecoder } from '../wire/anthropic/decode-stream.ts'
import { encodeMessagesRequest } from '../wire/anthropic/encode-request.ts'
import { fitsSampling } from '../wire/anthropic/encode-sampling.ts'
import { fitsThinking } from '../wire/anthropic/encode-thinking.ts'
import { claudeTraits } from '../wire/anthropic/model-traits.ts'
import type { CanonicalRequest } from '../wire/canonical.ts'
import type { JsonObject } from '../wire/json.ts'
import { hasForeignSeals } from '../wire/signatures.ts'
import { HttpUpstream } from './http-upstream.ts'
import type { AdapterPorts, ProviderSettings } from './ports.ts'
import type { AnswerReader, OutboundRequest, ProviderFormat } from './provider-format.ts'

/** Sent when a client of the format names none. */
const DEFAULT_VERSION = '2023-06-01'

/** Calls a provider that speaks Anthropic's Messages. */
export class AnthropicUpstream extends HttpUpstream {
  constructor(settings: ProviderSettings, ports: AdapterPorts) {
    super(settings, ports, MESSAGES)
  }
}

const MESSAGES: ProviderFormat = {
  request: (call) => passedThrough(call) ?? translated(call),
  credential,
  reader: ({ request }): AnswerReader => {
    const same = request.format === 'anthropic'
    return {
      readWhole: readMessage,
      rawBody: (body) => (same ? body : null),
      decoder: () => new MessagesStreamDecoder({ keepRaw: same }),
    }
  },
}

/** Tokens of a subscription are no keys and go where tokens go. */
function credential(secret: string): Record<string, string> {
  return secret.startsWith('sk-ant-oat') ? { authorization: `Bearer ${secret}` } : { 'x-api-key': secret }
}

/** The client's own body, version and betas; null when it is of another format or carries seals of other providers. */
function passedThrough({ body, request, target }: UpstreamCall): OutboundRequest | null {
  if (request.format !== 'anthropic' || body === null || hasForeignSeals(request, 'anthropic')) return null
  if (!fitsModel(request, target)) return null
  const { stream: _stream, ...members } = body
  const sent: JsonObject = { ...members, model: target.upstreamModel, ...(request.stream ? { stream: true } : {}) }
  const version = request.protocol?.['anthropic-version'] ?? DEFAULT_VERSION
  return { path: '/messages', headers: versionHeaders(version, request), body: sent, droppedParams: [] }
}

/** The model that the client named gets what it sent; one that routing chose may belong to another generation. */
function fitsModel(request: CanonicalRequest, { model, upstreamModel }: UpstreamCall['target']): boolean {
  if (request.model === upstreamModel || request.model === model) return true
  const traits = claudeTraits(upstreamModel)
  return fitsThinking(request, traits) && fitsSampling(request, traits)
}

function translated({ request, target, mostOutputTokens }: UpstreamCall): OutboundRequest {
  const { body, version, dropped } = encodeMessagesRequest(request, {
    model: target.upstreamModel,
    ...(mostOutputTokens === undefined ? {} : { mostOutputTokens }),
  })
  return { path: '/messages', headers: versionHeaders(version, request), body, droppedParams: dropped }
}

function versionHeaders(version: string, { format, protocol }: CanonicalRequest): Record<string, string> {
  const betas = format === 'anthropic' ? protocol?.['anthropic-beta'] : undefined
  return { 'anthropic-version': version, ...(betas === undefined ? {} : { 'anthropic-beta': betas }) }
}
