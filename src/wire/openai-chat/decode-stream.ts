import type { StreamPart } from '../canonical.ts'
import { readAnnotations } from '../citations.ts'
import { hasError, readProviderError } from '../error-body.ts'
import { isJsonObject, parseObject, type JsonObject, type JsonValue } from '../json.ts'
import type { DecodedEvent, StreamDecoder } from '../reading.ts'
import { readUsage, usageMember, type UsageDialectName } from '../usage-dialects.ts'
import type { TokenUsage } from '../usage.ts'
import { argumentsText, readContent } from './answer.ts'
import { readFinish } from './finish.ts'
import { readImages } from './images.ts'
import { reasoningText } from './parse-messages.ts'
import { keepRaw } from './raw-chunk.ts'
import { readCallSeal } from './seals.ts'
import { ToolCallIndex } from './tool-call-index.ts'

/** Members of a delta that are read; any other with a value makes the chunk `opaque`. */
const READ_MEMBERS: ReadonlySet<string> = new Set([
  'role',
  'content',
  'refusal',
  'annotations',
  'images',
  'reasoning_content',
  'reasoning',
  'tool_calls',
  'function_call',
  // Some hosts repeat the index of the choice here.
  'index',
])

/**
 * Turns the event payloads of one chat completion stream into parts. Lenient where hosts differ: missing `choices`, null
 * deltas, no role, no tool index, usage in any chunk. A part carries `raw` only when the payload says that part and
 * nothing else, in words that every client understands; otherwise it has to be encoded again.
 */
export class ChatStreamDecoder implements StreamDecoder {
  readonly #dialect: UsageDialectName
  readonly #calls = new ToolCallIndex()
  #started = false
  #finished = false
  #usage: TokenUsage | null = null
  /** Chunks that came before the first one with a choice: clients must see the role first. */
  #early: StreamPart[] = []

  constructor(dialect: UsageDialectName = 'openai') {
    this.#dialect = dialect
  }

  /** True once a finish reason has been seen: only then may the stream end. */
  get finished(): boolean {
    return this.#finished
  }

  push(payload: string): DecodedEvent {
    const trimmed = payload.trim()
    if (trimmed === '') return { kind: 'parts', parts: [] }
    if (trimmed === '[DONE]') return { kind: 'done', parts: this.end() }
    const chunk = parseObject(trimmed)
    if (chunk === null) return { kind: 'malformed', message: 'an event of the stream is not a JSON object' }
    if (hasError(chunk)) return { kind: 'error', error: readProviderError(chunk) }
    const choice = firstChoice(chunk)
    if (choice !== null && (hasError(choice) || readFinish(choice['finish_reason']) === 'error')) {
      return { kind: 'error', error: readProviderError(choice) }
    }
    return { kind: 'parts', parts: this.#chunkParts(chunk, choice, payload) }
  }

  /** Parts still held back when the stream ends. */
  end(): StreamPart[] {
    return this.#takeUsage()
  }

  #chunkParts(chunk: JsonObject, choice: JsonObject | null, raw: string): StreamPart[] {
    const reported = readUsage(usageMember(chunk), this.#dialect)
    if (reported !== null) this.#usage = reported
    if (choice === null) return this.#withoutChoice(chunk, { reported: reported !== null, raw })
    if (typeof choice['index'] === 'number' && choice['index'] !== 0) return this.#opaque(raw)
    const start = this.#start(chunk)
    const delta = isJsonObject(choice['delta']) ? choice['delta'] : {}
    const parts = this.#finished ? [] : this.#deltaParts(delta)
    const finish = this.#finished ? null : readFinish(choice['finish_reason'])
    if (finish !== null) {
      this.#finished = true
      parts.push({ kind: 'finish', reason: finish })
    }
    if (this.#finished) parts.push(...this.#takeUsage())
    if (parts.length === 0 && start.length === 0) return hasUnreadMember(delta) ? this.#opaque(raw) : []
    return keepRaw(start.length === 0 ? parts : [...start, ...parts], { chunk, choice, raw })
  }

  #start(chunk: JsonObject): readonly StreamPart[] {
    if (this.#started) return NOTHING
    this.#started = true
    const { created } = chunk
    const id = textOf(chunk['id']) ?? ''
    const stamp = typeof created === 'number' && created > 0 ? { created } : {}
    const early = this.#early
    this.#early = []
    return [{ kind: 'start', id, model: textOf(chunk['model']) ?? '', ...stamp }, ...early]
  }

  #withoutChoice(chunk: JsonObject, { reported, raw }: { reported: boolean; raw: string }): StreamPart[] {
    if (!reported) return Array.isArray(chunk['choices']) ? this.#opaque(raw, { framing: true }) : []
    if (!this.#finished) return []
    const standard = this.#dialect === 'openai' && Array.isArray(chunk['choices']) && isJsonObject(chunk['usage'])
    return this.#takeUsage().map((part) => (standard ? { ...part, raw } : part))
  }

  /** Usage goes out once, after the finish: hosts that repeat it in every chunk would otherwise confuse clients. */
  #takeUsage(): StreamPart[] {
    const usage = this.#usage
    this.#usage = null
    return usage === null ? [] : [{ kind: 'usage', usage }]
  }

  #opaque(raw: string, framing: { readonly framing?: true } = {}): StreamPart[] {
    const part: StreamPart = { kind: 'opaque', raw, ...framing }
    if (this.#started) return [part]
    this.#early.push(part)
    return []
  }

  #deltaParts(delta: JsonObject): StreamPart[] {
    const parts: StreamPart[] = []
    const { content } = delta
    const reasoning = reasoningText(delta)
    if (reasoning !== '') parts.push({ kind: 'reasoning', text: reasoning })
    if (typeof content === 'string') {
      if (content !== '') parts.push({ kind: 'text', text: content })
    } else if (Array.isArray(content)) {
      for (const block of readContent(content))
        if (block.kind === 'text' || block.kind === 'reasoning') parts.push({ kind: block.kind, text: block.text })
    }
    const citations = readAnnotations(delta['annotations'])
    if (citations.length > 0) parts.push({ kind: 'text', text: '', citations })
    for (const block of readImages(delta['images'])) parts.push({ kind: 'media', block })
    const refusal = textOf(delta['refusal'])
    if (refusal !== null) parts.push({ kind: 'refusal', text: refusal })
    const { tool_calls: calls, function_call: call } = delta
    if (Array.isArray(calls)) for (const item of calls) parts.push(...this.#toolParts(item))
    if (isJsonObject(call)) parts.push(...this.#toolParts({ index: 0, function: call }))
    return parts
  }

  #toolParts(item: JsonValue): StreamPart[] {
    if (!isJsonObject(item)) return []
    const call = isJsonObject(item['function']) ? item['function'] : isJsonObject(item['custom']) ? item['custom'] : {}
    const { index } = item
    const placed = this.#calls.place({
      index: typeof index === 'number' ? index : null,
      id: textOf(item['id']),
      name: textOf(call['name']),
    })
    if (placed === null) return []
    const argumentsDelta = argumentsText(call['arguments'] ?? call['input'])
    if (placed.start === null && argumentsDelta === '') return []
    return [{ kind: 'tool_delta', index: placed.index, ...placed.start, argumentsDelta, ...readCallSeal(item) }]
  }
}

const NOTHING: readonly StreamPart[] = []

function hasUnreadMember(delta: JsonObject): boolean {
  return Object.entries(delta).some(([name, value]) => !READ_MEMBERS.has(name) && value !== null && value !== undefined)
}

/** The choice with index 0 if there is one, else the first; of `n` answers only that one is read. */
function firstChoice(chunk: JsonObject): JsonObject | null {
  const { choices } = chunk
  if (!Array.isArray(choices)) return null
  const only: unknown = choices[0]
  if (choices.length === 1) return isJsonObject(only) ? only : null
  const objects: JsonObject[] = choices.filter(isJsonObject)
  return objects.find((choice) => choice['index'] === 0) ?? objects[0] ?? null
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
