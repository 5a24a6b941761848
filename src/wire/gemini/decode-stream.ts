import type { Block, Citation, StreamPart } from '../canonical.ts'
import { hasError, readProviderError } from '../error-body.ts'
import { isJsonObject, parseObject, type JsonObject } from '../json.ts'
import type { DecodedEvent, StreamDecoder } from '../reading.ts'
import type { TokenUsage } from '../usage.ts'
import { blockedPrompt, candidateError, candidateParts, firstCandidate, readAnswerPart, readSeal } from './answer.ts'
import { readFinishReason } from './finish.ts'
import { readGrounding } from './grounding.ts'
import { PartialArguments } from './partial-arguments.ts'
import { generatedCallId } from './tool-ids.ts'
import { readGenerateUsage } from './usage.ts'

/**
 * Turns the objects of one streamed answer into parts. Each object may hold several; with `keepRaw` the first of them
 * carries the object for a client of the same format, and one without parts becomes opaque.
 */
export class GenerateStreamDecoder implements StreamDecoder {
  readonly #keepRaw: boolean
  #id = ''
  #calls = 0
  #started = false
  #finished = false
  #usage: TokenUsage | null = null
  readonly #texts: string[] = []
  /** A call whose arguments come in pieces. */
  #partial: { readonly index: number; readonly args: PartialArguments } | null = null

  constructor({ keepRaw }: { readonly keepRaw: boolean }) {
    this.#keepRaw = keepRaw
  }

  get finished(): boolean {
    return this.#finished
  }

  push(payload: string): DecodedEvent {
    const trimmed = payload.trim()
    if (trimmed === '' || trimmed === '[DONE]') return { kind: 'parts', parts: [] }
    const body = parseObject(trimmed)
    if (body === null) return { kind: 'malformed', message: 'an event of the stream is not a JSON object' }
    if (hasError(body)) return { kind: 'error', error: readProviderError(body) }
    const usage = readGenerateUsage(body['usageMetadata'])
    if (usage !== null) this.#usage = usage
    const start = this.#start(body)
    const candidate = firstCandidate(body)
    if (candidate !== null && readFinishReason(candidate['finishReason'], false) === 'error') {
      return { kind: 'error', error: candidateError(candidate) }
    }
    const parts = this.#finished ? [] : candidate === null ? this.#blocked(body) : this.#candidate(candidate)
    return { kind: 'parts', parts: this.#withRaw([...start, ...parts], trimmed) }
  }

  /** Usage is repeated and grows until the end, so it is told there. */
  end(): StreamPart[] {
    const usage = this.#usage
    this.#usage = null
    if (usage === null || !this.#finished) return []
    return [{ kind: 'usage', usage, ...(this.#keepRaw ? { raw: '' } : {}) }]
  }

  #start(body: JsonObject): StreamPart[] {
    if (this.#started) return []
    this.#started = true
    const { responseId, modelVersion } = body
    this.#id = typeof responseId === 'string' ? responseId : ''
    return [{ kind: 'start', id: this.#id, model: typeof modelVersion === 'string' ? modelVersion : '' }]
  }

  #blocked(body: JsonObject): StreamPart[] {
    const text = blockedPrompt(body)
    if (text === null) return []
    this.#finished = true
    return [
      { kind: 'refusal', text },
      { kind: 'finish', reason: 'content_filter' },
    ]
  }

  #candidate(candidate: JsonObject): StreamPart[] {
    const parts = candidateParts(candidate).flatMap((part) => this.#part(part))
    for (const part of parts) if (part.kind === 'text') this.#texts.push(part.text)
    const cited = this.#cited(candidate)
    if (cited.length > 0) parts.push({ kind: 'text', text: '', citations: cited })
    const reason = readFinishReason(candidate['finishReason'], this.#calls > 0)
    if (reason === null) return parts
    this.#finished = true
    const message = candidate['finishMessage']
    const refused = reason === 'content_filter' && typeof message === 'string' && message !== ''
    return [
      ...parts,
      ...this.#endPartial(),
      ...(refused ? [{ kind: 'refusal' as const, text: message }] : []),
      { kind: 'finish', reason },
    ]
  }

  #part(part: JsonObject): StreamPart[] {
    const { functionCall: call } = part
    if (isJsonObject(call)) return this.#call(part, call)
    return readAnswerPart(part, '').flatMap((block) => this.#asPart(block))
  }

  #cited({ groundingMetadata: metadata }: JsonObject): Citation[] {
    if (!isJsonObject(metadata)) return []
    const text = this.#texts.join('')
    return readGrounding(metadata, () => text).map(({ citation }) => citation)
  }

  /** The provider's own tools have no part; a client of the same format gets them in the payload. */
  #asPart(block: Block): StreamPart[] {
    if (block.kind === 'text' || block.kind === 'reasoning') return [block]
    if (block.kind === 'image' || block.kind === 'audio' || block.kind === 'file') return [{ kind: 'media', block }]
    return this.#keepRaw ? [{ kind: 'opaque', raw: '' }] : []
  }

  #call(part: JsonObject, call: JsonObject): StreamPart[] {
    const opens = typeof call['name'] === 'string' && call['name'] !== ''
    const ended = opens ? this.#endPartial() : []
    if (!opens && this.#partial === null) return []
    if (opens && call['willContinue'] !== true) return [...ended, ...this.#wholeCall(part)]
    const started = opens ? this.#openPartial(part, call) : []
    const pieces = call['partialArgs']
    if (Array.isArray(pieces)) for (const piece of pieces) this.#partial?.args.add(piece)
    const last = call['willContinue'] === true || opens ? [] : this.#lastPiece(call)
    return [...ended, ...started, ...last]
  }

  /** A piece that says nothing of more to come may still be followed by an empty one that ends the call. */
  #lastPiece(call: JsonObject): StreamPart[] {
    return Array.isArray(call['partialArgs']) ? [] : this.#endPartial()
  }

  #wholeCall(part: JsonObject): StreamPart[] {
    const index = this.#calls
    this.#calls += 1
    return readAnswerPart(part, generatedCallId(this.#id, index)).flatMap((block): StreamPart[] => {
      if (block.kind !== 'tool_use') return []
      const { kind: _kind, argumentsJson, ...head } = block
      return [{ kind: 'tool_delta', index, ...head, argumentsDelta: argumentsJson }]
    })
  }

  #openPartial(part: JsonObject, call: JsonObject): StreamPart[] {
    const index = this.#calls
    this.#calls += 1
    this.#partial = { index, args: new PartialArguments() }
    const id = typeof call['id'] === 'string' && call['id'] !== '' ? call['id'] : generatedCallId(this.#id, index)
    const name = typeof call['name'] === 'string' ? call['name'] : ''
    return [{ kind: 'tool_delta', index, id, name, argumentsDelta: '', ...readSeal(part) }]
  }

  #endPartial(): StreamPart[] {
    if (this.#partial === null) return []
    const { index, args } = this.#partial
    this.#partial = null
    return [{ kind: 'tool_delta', index, argumentsDelta: args.json() }]
  }

  #withRaw(parts: StreamPart[], payload: string): StreamPart[] {
    if (!this.#keepRaw) return parts
    const raw = /[\r\n]/.test(payload) ? JSON.stringify(JSON.parse(payload)) : payload
    if (parts.length === 0) return this.#finished ? [] : [{ kind: 'opaque', raw, framing: true }]
    return parts.map((part, at) => ({ ...part, raw: at === 0 ? raw : '' }))
  }
}
