import type { CanonicalRequest } from '../canonical.ts'
import type { Dropped } from '../dropped.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import type { ClaudeTraits } from './model-traits.ts'

/** The version of the API that still takes sampling parameters. */
const SAMPLING_VERSION = '2023-06-01'
const CURRENT_VERSION = '2026-10-21'

/**
 * The `anthropic-version` to send: the client's own, where it speaks the format; else the newest, unless parameters of
 * the request exist only in the older one and the model still takes them.
 */
export function messagesVersion(request: CanonicalRequest, { sampling }: ClaudeTraits): string {
  const own = request.protocol?.['anthropic-version']
  if (request.format === 'anthropic' && own !== undefined) return own
  const { temperature, topP } = request.sampling
  const wanted = temperature !== undefined || topP !== undefined || topK(request) !== undefined
  return wanted && sampling ? SAMPLING_VERSION : CURRENT_VERSION
}

interface SamplingContext {
  readonly traits: ClaudeTraits
  readonly version: string
  readonly thinks: boolean
  readonly dropped: Dropped
}

/** False when a model would refuse the sampling parameters of a request. */
export function fitsSampling(request: CanonicalRequest, { sampling, oneOfSampling }: ClaudeTraits): boolean {
  const { temperature, topP } = request.sampling
  if (temperature !== undefined && topP !== undefined && oneOfSampling) return false
  return sampling || (temperature === undefined && topP === undefined && topK(request) === undefined)
}

/** Sampling parameters as far as the model, the version and thinking allow them. */
export function encodeSampling(request: CanonicalRequest, context: SamplingContext): JsonObject {
  const { traits, version, thinks, dropped } = context
  const { temperature, topP } = request.sampling
  const k = topK(request)
  const taken = traits.sampling && version === SAMPLING_VERSION
  const members: Record<string, JsonValue> = {}
  if (temperature !== undefined) {
    if (taken && (!thinks || temperature === 1)) members['temperature'] = Math.min(temperature, 1)
    // Also named when it is above what Anthropic's scale has.
    if (members['temperature'] !== temperature) dropped.add('temperature')
  }
  if (topP !== undefined) {
    const alone = !traits.oneOfSampling || temperature === undefined
    if (taken && alone && (!thinks || topP >= MIN_TOP_P_THINKING)) members['top_p'] = topP
    else dropped.add('topP')
  }
  if (k !== undefined) {
    if (taken && !thinks) members['top_k'] = k
    else dropped.add('topK')
  }
  return { ...members, ...encodeStop(request, dropped) }
}

const MIN_TOP_P_THINKING = 0.95

/** OpenAI-shaped hosts take `top_k` as a member of their own. */
function topK({ sampling, extra }: CanonicalRequest): number | undefined {
  if (sampling.topK !== undefined) return sampling.topK
  const given = extra['top_k']
  return typeof given === 'number' ? given : undefined
}

/** Stop texts of blanks alone are refused. */
function encodeStop({ sampling: { stop } }: CanonicalRequest, dropped: Dropped): JsonObject {
  if (stop === undefined) return {}
  const usable = stop.filter((text) => text.trim() !== '')
  if (usable.length < stop.length) dropped.add('stop')
  return usable.length === 0 ? {} : { stop_sequences: usable }
}
