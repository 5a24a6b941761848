import type {
  Block,
  CanonicalAnswer,
  Citation,
  FinishReason,
  MediaBlock,
  Signed,
  StreamPart,
} from '../wire/canonical.ts'
import type { TokenUsage } from '../wire/usage.ts'
import type { ExchangeContent } from './ports.ts'

type Part<K extends StreamPart['kind']> = Extract<StreamPart, { kind: K }>

interface SeenCall {
  id: string
  name: string
  readonly fragments: string[]
  seal: Signed
}

interface SeenThought {
  readonly text: string[]
  redacted?: string
  seal: Signed
}

/** The answer so far, put together from its parts, with the seals that have to come back. */
export class SeenAnswer {
  #id = ''
  #model = ''
  #end: Part<'finish'> | null = null
  #usage: TokenUsage | null = null
  #promptUsage: TokenUsage | null = null
  readonly #text: string[] = []
  #textSeal: Signed = {}
  readonly #citations: Citation[] = []
  readonly #media: MediaBlock[] = []
  readonly #thoughts: SeenThought[] = []
  /** The thought that further text belongs to. */
  #open: SeenThought | null = null
  readonly #refusal: string[] = []
  readonly #calls = new Map<number, SeenCall>()
  readonly #atMs: number[] = []
  readonly #length: number[] = []

  get finish(): FinishReason | null {
    return this.#end?.reason ?? null
  }

  add(part: StreamPart, atMs: number): void {
    switch (part.kind) {
      case 'start':
        this.#id = part.id
        this.#model = part.model
        this.#promptUsage = part.promptUsage ?? null
        return
      case 'text':
        this.#text.push(part.text)
        if (part.citations !== undefined) this.#citations.push(...part.citations)
        this.#textSeal = sealOf(part, this.#textSeal)
        this.#atMs.push(Math.round(atMs))
        this.#length.push(part.text.length)
        return
      case 'reasoning':
        this.#addThought(part)
        return
      case 'refusal':
        this.#refusal.push(part.text)
        return
      case 'tool_delta':
        this.#addCall(part)
        return
      case 'finish':
        this.#end = part
        return
      case 'usage':
        this.#usage = part.usage
        return
      case 'media':
        this.#media.push(part.block)
        return
      case 'opaque':
    }
  }

  /** A seal ends its thought: a provider accepts it back with that very text alone. */
  #addThought(part: Part<'reasoning'>): void {
    if (part.redacted !== undefined) {
      this.#thoughts.push({ text: [], redacted: part.redacted, seal: sealOf(part, {}) })
      this.#open = null
      return
    }
    if (this.#open === null) {
      this.#open = { text: [], seal: {} }
      this.#thoughts.push(this.#open)
    }
    this.#open.text.push(part.text)
    if (part.signature === undefined) return
    this.#open.seal = sealOf(part, {})
    this.#open = null
  }

  #addCall(part: Part<'tool_delta'>): void {
    const call = this.#calls.get(part.index) ?? { id: '', name: '', fragments: [], seal: {} }
    if (part.id !== undefined) call.id = part.id
    if (part.name !== undefined) call.name = part.name
    call.fragments.push(part.argumentsDelta)
    call.seal = sealOf(part, call.seal)
    this.#calls.set(part.index, call)
  }

  answer(): CanonicalAnswer {
    const blocks: Block[] = this.#thoughts.map(({ text, redacted, seal }) => ({
      kind: 'reasoning',
      text: text.join(''),
      ...(redacted === undefined ? {} : { redacted }),
      ...seal,
    }))
    if (this.#text.length > 0) {
      const cited = this.#citations.length === 0 ? {} : { citations: this.#citations }
      blocks.push({ kind: 'text', text: this.#text.join(''), ...cited, ...this.#textSeal })
    }
    blocks.push(...this.#media)
    if (this.#refusal.length > 0) blocks.push({ kind: 'refusal', text: this.#refusal.join('') })
    for (const { id, name, fragments, seal } of this.#calls.values()) {
      blocks.push({ kind: 'tool_use', id, name, argumentsJson: fragments.join(''), ...seal })
    }
    const stopSequence = this.#end?.stopSequence
    return {
      id: this.#id,
      model: this.#model,
      blocks,
      finish: this.finish,
      usage: this.#usage,
      ...(this.#usage === null && this.#promptUsage !== null ? { promptUsage: this.#promptUsage } : {}),
      ...(stopSequence === undefined ? {} : { stopSequence }),
    }
  }

  chunks(): ExchangeContent['chunks'] {
    return { atMs: this.#atMs, length: this.#length }
  }
}

function sealOf({ signature, signedBy }: Signed, before: Signed): Signed {
  if (signature === undefined && signedBy === undefined) return before
  return {
    ...(signature === undefined ? {} : { signature }),
    ...(signedBy === undefined ? {} : { signedBy }),
  }
}
