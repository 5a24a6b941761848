import { isJsonObject, type JsonObject, type JsonValue } from '../../src/wire/json.ts'

/** What a request allows its provider to bill. */
export interface Ask {
  readonly kind: 'chat' | 'messages' | 'gemini' | 'embeddings'
  readonly model: string
  readonly stream: boolean
  readonly promptBytes: number
  /** For each answer; null when the request sets no limit. */
  readonly maxOutput: number | null
  readonly choices: number
  /** Texts to make vectors of. */
  readonly inputs: number
}

/** Tokens that a provider puts around a message. */
const ROLE = 4

/** Reads a request as the strictest provider would: of several limits the largest counts. */
export function readAsk(url: string, body: JsonObject): Ask {
  if (url.includes('Content')) return geminiAsk(url, body)
  if (url.endsWith('/embeddings')) {
    const { input } = body
    const inputs = Array.isArray(input) ? input.length : 1
    const asked = { model: textOf(body['model']), stream: false, maxOutput: 0, choices: 1 }
    return { kind: 'embeddings', ...asked, inputs, promptBytes: bytesIn(input) + ROLE * inputs }
  }
  return {
    kind: url.endsWith('/messages') ? 'messages' : 'chat',
    model: textOf(body['model']),
    stream: body['stream'] === true,
    promptBytes: bytesIn(body['messages']) + bytesIn(body['system']) + messagesIn(body['messages']) + toolsIn(body),
    maxOutput: largest([body['max_tokens'], body['max_completion_tokens'], body['max_output_tokens']]),
    choices: largest([body['n'], body['best_of']]) ?? 1,
    inputs: 0,
  }
}

function geminiAsk(url: string, body: JsonObject): Ask {
  const config = body['generationConfig']
  const settings = isJsonObject(config) ? config : {}
  return {
    kind: 'gemini',
    model: /models\/([^:]+):/.exec(url)?.[1] ?? '',
    stream: url.includes(':streamGenerateContent'),
    promptBytes:
      bytesIn(body['contents']) + bytesIn(body['systemInstruction']) + messagesIn(body['contents']) + toolsIn(body),
    maxOutput: largest([settings['maxOutputTokens'], settings['max_output_tokens']]),
    choices: largest([settings['candidateCount']]) ?? 1,
    inputs: 0,
  }
}

/** Bytes of every text, with the names of members, as where a template writes them out. */
function bytesIn(value: JsonValue | undefined): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + bytesIn(one), 0)
  if (!isJsonObject(value)) return 0
  return Object.entries(value).reduce((sum, [name, one]) => sum + (SAID.has(name) ? bytesIn(one) : 0), 0)
}

/** Members whose texts reach the model. */
const SAID: ReadonlySet<string> = new Set(['content', 'text', 'parts', 'name', 'arguments', 'function', 'tool_calls'])

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function messagesIn(value: JsonValue | undefined): number {
  return Array.isArray(value) ? ROLE * value.length : 0
}

function toolsIn({ tools }: JsonObject): number {
  return tools === undefined ? 0 : Buffer.byteLength(JSON.stringify(tools))
}

function largest(values: readonly (JsonValue | undefined)[]): number | null {
  const numbers = values.filter((value) => typeof value === 'number')
  return numbers.length === 0 ? null : Math.max(...numbers)
}
