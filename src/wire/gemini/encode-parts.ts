import { argumentsObject } from '../arguments-json.ts'
import type { Block, MediaSource, Signed } from '../canonical.ts'
import type { Dropped } from '../dropped.ts'
import { GatewayError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { mediaType } from '../media-type.ts'
import type { Turn } from '../turns.ts'
import type { GeminiTraits } from './model-traits.ts'
import { responseObject } from './parse-parts.ts'
import { providerCallId } from './tool-ids.ts'

type Part<K extends Block['kind']> = Extract<Block, { kind: K }>

/** Google's own word for "this call was not made by the model, do not check its seal". */
const UNCHECKED_SEAL = 'skip_thought_signature_validator'

/** Writes the turns of one talk: a response names the function of the call that it answers. */
export class PartWriter {
  readonly #names = new Map<string, string>()
  readonly #traits: GeminiTraits
  readonly #dropped: Dropped

  constructor(traits: GeminiTraits, dropped: Dropped) {
    this.#traits = traits
    this.#dropped = dropped
  }

  content({ role, blocks }: Turn): JsonObject {
    return { role: role === 'assistant' ? 'model' : 'user', parts: this.parts(blocks) }
  }

  /** A seal that stood alone belongs to the part after it, or is sent with an empty text at the end. */
  parts(blocks: readonly Block[]): JsonObject[] {
    const parts: JsonObject[] = []
    let seal: JsonObject = {}
    let sealed = false
    for (const block of blocks) {
      if (isSealAlone(block)) {
        seal = ownSeal(block)
        continue
      }
      const isCall = block.kind === 'tool_use'
      for (const part of this.#part(block)) {
        const merged = { ...part, ...('thoughtSignature' in part ? {} : seal) }
        // Of parallel calls only the first one carries a seal.
        const needed = isCall && this.#traits.checksSeals && !sealed && !('thoughtSignature' in merged)
        parts.push(needed ? { ...merged, thoughtSignature: UNCHECKED_SEAL } : merged)
        sealed ||= isCall
        seal = {}
      }
    }
    if ('thoughtSignature' in seal) parts.push({ text: '', ...seal })
    return parts
  }

  #part(block: Block): JsonObject[] {
    this.#noteMark(block)
    switch (block.kind) {
      case 'text':
        return block.text === '' && ownSeal(block)['thoughtSignature'] === undefined
          ? []
          : [{ text: block.text, ...ownSeal(block) }]
      case 'refusal':
        return block.text === '' ? [] : [{ text: block.text }]
      case 'image':
        return [{ ...this.#media(block.source, 'image/jpeg'), ...ownSeal(block) }]
      case 'audio':
        return this.#audio(block)
      case 'file':
        return [this.#file(block)]
      case 'tool_use':
        return [this.#call(block)]
      case 'tool_result':
        return this.#result(block)
      case 'reasoning':
        return this.#thought(block)
      case 'opaque':
        return this.#opaque(block)
    }
  }

  #noteMark(block: Block): void {
    if ('cacheControl' in block && block.cacheControl !== undefined) this.#dropped.add('cacheControl')
  }

  #opaque({ format, value }: Part<'opaque'>): JsonObject[] {
    if (format === 'gemini') return [value]
    this.#dropped.addName('messages.content')
    return []
  }

  #audio({ source }: Part<'audio'>): JsonObject[] {
    // A reference to an answer once spoken: there is no sound to send.
    if (source.kind === 'provider-file') {
      this.#dropped.addName('messages.audio')
      return []
    }
    return [this.#media(source, 'audio/mpeg')]
  }

  #file({ source }: Part<'file'>): JsonObject {
    if (source.kind === 'text') return { text: source.text }
    return this.#media(source, 'application/pdf')
  }

  #media(source: MediaSource, usualMime: string): JsonObject {
    switch (source.kind) {
      case 'data':
        return {
          inlineData: { mimeType: source.mime === '' ? usualMime : mediaType(source.mime), data: source.base64 },
        }
      case 'url':
        return this.#fetched(source, usualMime)
      case 'text':
        return { text: source.text }
      case 'provider-file':
        throw refused('a file kept by another provider can not be read')
    }
  }

  #fetched({ url, mime }: Extract<MediaSource, { kind: 'url' }>, usualMime: string): JsonObject {
    const own = this.#dropped.format === 'gemini' || url.startsWith('gs://')
    if (!own && !(this.#traits.fetchesUrls && url.startsWith('https://'))) {
      throw refused('the provider does not fetch files from this address; send the data itself')
    }
    return { fileData: { fileUri: url, mimeType: mime ?? mimeOfUrl(url) ?? usualMime } }
  }

  #call(block: Part<'tool_use'>): JsonObject {
    this.#names.set(block.id, block.name)
    const functionCall = {
      ...providerCallId(block.id),
      name: block.name,
      args: argumentsObject(block.argumentsJson),
    }
    return { functionCall, ...ownSeal(block) }
  }

  /** Pictures in a result have no place in it and follow it. */
  #result({ toolUseId, blocks, isError, name }: Part<'tool_result'>): JsonObject[] {
    const words = blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('')
    const media = blocks.filter(({ kind }) => kind !== 'text').flatMap((block) => this.#part(block))
    const functionResponse = {
      ...providerCallId(toolUseId),
      name: this.#names.get(toolUseId) ?? name ?? 'unknown',
      response: responseObject(words, isError === true),
    }
    return [{ functionResponse }, ...media]
  }

  /** Thought of this format goes back with or without its seal; any other is none of Google's business. */
  #thought(block: Part<'reasoning'>): JsonObject[] {
    const own = block.signedBy === 'gemini' || (this.#dropped.format === 'gemini' && block.signedBy === undefined)
    if (own && block.redacted === undefined) return [{ text: block.text, thought: true, ...ownSeal(block) }]
    this.#dropped.add('thinking')
    return []
  }
}

function isSealAlone(block: Block): block is Part<'reasoning'> {
  return block.kind === 'reasoning' && block.text === '' && block.signedBy === 'gemini' && block.signature !== undefined
}

function ownSeal({ signature, signedBy }: Signed): JsonObject {
  return signature !== undefined && signedBy === 'gemini' ? { thoughtSignature: signature } : {}
}

const MIME_BY_ENDING: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['heic', 'image/heic'],
  ['pdf', 'application/pdf'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
])

function mimeOfUrl(url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  return MIME_BY_ENDING.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase())
}

function refused(message: string): GatewayError {
  return new GatewayError('invalid_request_error', message, { param: 'messages.content' })
}
