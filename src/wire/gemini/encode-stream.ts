import { argumentsObject } from '../arguments-json.ts'
import type { Block, Citation, FinishReason, Signed, StreamPart } from '../canonical.ts'
import type { GatewayError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { TokenUsage } from '../usage.ts'
import { answerPart, writeSeal } from './answer.ts'
import { generateErrorBody } from './error-body.ts'
import { writeFinishReason } from './finish.ts'
import { writeGrounding } from './grounding.ts'
import { providerCallId } from './tool-ids.ts'
import { writeGenerateUsage } from './usage.ts'

export interface EncodeGenerateStream {
  /** The name that the client shall see. */
  readonly model: string
  /** Used when the stream has no id of its own. */
  readonly id?: string
}

interface Call extends Signed {
  readonly id: string
  readonly name: string
  readonly pieces: string[]
}

/**
 * Writes parts as whole answer objects, one payload each: texts as they come, calls when they are complete, and the end
 * with its usage only from `end()`, so that a stream that broke can not look finished.
 */
export class GenerateStreamEncoder {
  readonly #model: string
  #id: string
  readonly #calls = new Map<number, Call>()
  #finish: FinishReason | null = null
  #refusal = ''
  #usage: TokenUsage | null = null
  readonly #texts: string[] = []
  readonly #citations: Citation[] = []
  #relayed = false
  /** The model as the provider names it in every payload. */
  #reported = ''

  constructor({ model, id }: EncodeGenerateStream) {
    this.#model = model
    this.#id = id ?? 'gateway'
  }

  /** Payloads of the events to send for the part, without SSE framing: none, one or several. */
  write(part: StreamPart): string[] {
    if (part.kind === 'start') {
      this.#reported = part.model
      if (part.id !== '') this.#id = part.id
    }
    if (part.raw !== undefined) return this.#relay(part, part.raw)
    switch (part.kind) {
      case 'text':
        this.#texts.push(part.text)
        if (part.citations !== undefined) this.#citations.push(...part.citations)
        return this.#parts(part)
      case 'reasoning':
        return this.#parts(part)
      case 'media':
        return this.#parts(part.block)
      case 'tool_delta':
        this.#addCall(part)
        return []
      case 'refusal':
        this.#refusal += part.text
        return []
      case 'finish':
        this.#finish = part.reason
        return this.#takeCalls()
      case 'usage':
        this.#usage = part.usage
        return []
      case 'start':
      case 'opaque':
        return []
    }
  }

  /** The payload that ends an answer; only for a stream that ended well. */
  end(): string[] {
    if (this.#relayed) return []
    const refused = this.#refusal !== ''
    const finish = this.#finish ?? 'stop'
    const grounding = this.#grounding()
    const ending = {
      ...(grounding === null ? {} : { groundingMetadata: grounding }),
      finishReason: writeFinishReason(refused && finish === 'stop' ? 'content_filter' : finish),
      ...(refused ? { finishMessage: this.#refusal } : {}),
    }
    const usage = this.#usage === null ? {} : { usageMetadata: writeGenerateUsage(this.#usage) }
    return [...this.#takeCalls(), this.#payload([{ text: '' }], ending, usage)]
  }

  /** The payload for a failure after the first byte; nothing may follow it. */
  fail(error: GatewayError): string {
    return JSON.stringify(generateErrorBody(error))
  }

  #parts(block: Block): string[] {
    return [...this.#takeCalls(), ...answerPart(block).map((one) => this.#payload([one]))]
  }

  #grounding(): JsonObject | null {
    if (this.#citations.length === 0) return null
    const text = this.#texts.join('')
    const grounded = this.#citations.map((citation) => ({ part: 0, citation }))
    return writeGrounding(grounded, () => text)
  }

  #relay(part: StreamPart, raw: string): string[] {
    if (part.kind === 'finish') this.#relayed = true
    return raw === '' ? [] : [this.#renamed(raw)]
  }

  /** The payload with the model under the name that the client shall see. It stands at the end, after all content. */
  #renamed(raw: string): string {
    if (this.#model === '' || this.#reported === this.#model) return raw
    const at = raw.lastIndexOf('"modelVersion"')
    const name = JSON.stringify(this.#reported)
    const from = at === -1 ? -1 : raw.indexOf(name, at)
    if (from === -1 || raw.slice(at + '"modelVersion"'.length, from).trim() !== ':') return raw
    return `${raw.slice(0, from)}${JSON.stringify(this.#model)}${raw.slice(from + name.length)}`
  }

  #addCall(part: Extract<StreamPart, { kind: 'tool_delta' }>): void {
    const call = this.#calls.get(part.index)
    if (call !== undefined) {
      call.pieces.push(part.argumentsDelta)
      return
    }
    const { id = '', name = '', signature, signedBy } = part
    const seal = { ...(signature === undefined ? {} : { signature }), ...(signedBy === undefined ? {} : { signedBy }) }
    this.#calls.set(part.index, { id, name, pieces: [part.argumentsDelta], ...seal })
  }

  #takeCalls(): string[] {
    if (this.#calls.size === 0) return []
    const parts = [...this.#calls.values()].map((call) => ({
      functionCall: {
        ...providerCallId(call.id),
        name: call.name,
        args: argumentsObject(call.pieces.join('')),
      },
      ...writeSeal(call),
    }))
    this.#calls.clear()
    return [this.#payload(parts)]
  }

  #payload(parts: readonly JsonObject[], ending: JsonObject = {}, rest: JsonObject = {}): string {
    const candidate = { content: { role: 'model', parts }, ...ending, index: 0 }
    return JSON.stringify({ candidates: [candidate], ...rest, modelVersion: this.#model, responseId: this.#id })
  }
}
