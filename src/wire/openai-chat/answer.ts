import type { Block, CanonicalAnswer } from '../canonical.ts'
import { hasError, readProviderError } from '../error-body.ts'
import { GatewayError } from '../errors.ts'
import { isJsonObject, textOr, type JsonObject, type JsonValue } from '../json.ts'
import type { AnswerReading } from '../reading.ts'
import { readUsage, usageMember, writeUsage, type UsageDialectName } from '../usage-dialects.ts'
import { citationsOf, readAnnotations, writeChatAnnotations } from '../citations.ts'
import { encodeToolCall } from './encode-messages.ts'
import { readFinish, writeFinish } from './finish.ts'
import { readImages, writeImage } from './images.ts'
import { thinkingText } from './parse-content.ts'
import { reasoningText } from './parse-messages.ts'
import { readCallSeal, readDetails, writeCallSeal, writeDetails } from './seals.ts'

/** Reads a provider's answer leniently: only what is used has to be there. Of several choices the first is read. */
export function readChatAnswer(body: unknown, dialect: UsageDialectName = 'openai'): AnswerReading {
  if (!isJsonObject(body)) return malformed('body', 'not a JSON object')
  if (hasError(body)) return { kind: 'error', error: readProviderError(body) }
  const { choices } = body
  if (!Array.isArray(choices)) return malformed('choices', 'not an array')
  const choice: unknown = choices[0]
  if (!isJsonObject(choice)) return malformed('choices[0]', 'not an object')
  const finish = readFinish(choice['finish_reason'])
  if (hasError(choice) || finish === 'error') return { kind: 'error', error: readProviderError(choice) }
  const { message } = choice
  if (!isJsonObject(message)) return malformed('choices[0].message', 'not an object')
  const answer = {
    id: textOr(body['id'], ''),
    model: textOr(body['model'], ''),
    blocks: readBlocks(message),
    finish,
    usage: readUsage(usageMember(body), dialect),
  }
  return { kind: 'answer', answer }
}

/** As `readChatAnswer`, for a body that has to be an answer; throws `invalid_request_error` when it is not. */
export function parseChatAnswer(body: unknown, dialect: UsageDialectName = 'openai'): CanonicalAnswer {
  const reading = readChatAnswer(body, dialect)
  if (reading.kind === 'answer') return reading.answer
  const param = reading.kind === 'malformed' ? reading.path : 'error'
  const what = reading.kind === 'malformed' ? reading.message : 'it holds an error'
  throw new GatewayError('invalid_request_error', `the answer can not be read: ${what}`, { param })
}

export interface EncodeChatAnswer {
  readonly model: string
  /** Seconds since the epoch. */
  readonly created: number
  /** Used when the answer has no id of its own. */
  readonly id?: string
}

/** A complete answer body: everything that the published schema requires is there, also where hosts leave it out. */
export function encodeChatAnswer(answer: CanonicalAnswer, { model, created, id }: EncodeChatAnswer): JsonObject {
  return {
    id: answer.id === '' ? (id ?? 'chatcmpl-gateway') : answer.id,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message: encodeMessage(answer), logprobs: null, finish_reason: finishOf(answer) }],
    ...(answer.usage === null ? {} : { usage: writeUsage(answer.usage) }),
  }
}

function encodeMessage({ blocks }: CanonicalAnswer): JsonObject {
  const content = joined(blocks, 'text')
  const reasoning = joined(blocks, 'reasoning')
  const calls = blocks.filter((block) => block.kind === 'tool_use')
  const refusal = joined(blocks, 'refusal')
  const details = writeDetails(blocks)
  const annotations = writeChatAnnotations(citationsOf(blocks))
  const images = blocks.flatMap((block) => writeImage(block))
  return {
    role: 'assistant',
    content: content ?? (calls.length > 0 || refusal !== null ? null : ''),
    refusal,
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(images.length === 0 ? {} : { images }),
    ...(reasoning === null || reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(details === null ? {} : { reasoning_details: details }),
    ...(calls.length > 0
      ? { tool_calls: calls.map((call) => ({ ...encodeToolCall(call), ...writeCallSeal(call) })) }
      : {}),
  }
}

function joined(blocks: readonly Block[], kind: 'text' | 'reasoning' | 'refusal'): string | null {
  const texts = blocks.flatMap((block) => (block.kind === kind ? [block.text] : []))
  return texts.length === 0 ? null : texts.join('')
}

function finishOf({ blocks, finish }: CanonicalAnswer): string {
  if (finish !== null) return writeFinish(finish)
  return blocks.some((block) => block.kind === 'tool_use') ? 'tool_calls' : 'stop'
}

function readBlocks(message: JsonObject): Block[] {
  const blocks: Block[] = []
  const reasoning = reasoningText(message)
  const sealed = readDetails(message, reasoning)
  if (sealed !== null) blocks.push(...sealed)
  else if (reasoning !== '') blocks.push({ kind: 'reasoning', text: reasoning })
  blocks.push(...cited(readContent(message['content']), message['annotations']), ...readImages(message['images']))
  const { refusal, tool_calls: calls, function_call: call } = message
  if (typeof refusal === 'string' && refusal !== '') blocks.push({ kind: 'refusal', text: refusal })
  if (Array.isArray(calls)) calls.forEach((item, index) => blocks.push(...readToolCall(item, index)))
  if (isJsonObject(call)) blocks.push(functionCall(call, 'call_fn_0'))
  return blocks
}

/** Content of an answer or a delta: a string, or Mistral's list of text and thinking parts. */
export function readContent(content: JsonValue | undefined): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }]
  if (!Array.isArray(content)) return []
  return content.flatMap((part): Block[] => {
    if (!isJsonObject(part)) return []
    const reasoning = part['type'] === 'thinking' ? thinkingText(part) : ''
    if (reasoning !== '') return [{ kind: 'reasoning', text: reasoning }]
    const { text } = part
    return typeof text === 'string' && text !== '' ? [{ kind: 'text', text }] : []
  })
}

/** Annotations count over the content, which is one text but at hosts that send none. */
function cited(blocks: readonly Block[], annotations: JsonValue | undefined): Block[] {
  const citations = readAnnotations(annotations)
  const at = blocks.findIndex(({ kind }) => kind === 'text')
  if (citations.length === 0) return [...blocks]
  return blocks.map((block, index) => (index === at && block.kind === 'text' ? { ...block, citations } : block))
}

function readToolCall(item: JsonValue, index: number): Block[] {
  if (!isJsonObject(item)) return []
  // Some hosts leave the id out or empty; clients need one to send the result back.
  const id = textOr(item['id'], '') || `call_${index}`
  const { custom } = item
  if (isJsonObject(custom)) {
    const input = argumentsText(custom['input'])
    return [{ kind: 'tool_use', id, name: textOr(custom['name'], ''), argumentsJson: input, custom: true }]
  }
  return isJsonObject(item['function']) ? [{ ...functionCall(item['function'], id), ...readCallSeal(item) }] : []
}

function functionCall(call: JsonObject, id: string): Extract<Block, { kind: 'tool_use' }> {
  return { kind: 'tool_use', id, name: textOr(call['name'], ''), argumentsJson: argumentsText(call['arguments']) }
}

/** Arguments are JSON text; hosts that send the object itself are written out. */
export function argumentsText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return isJsonObject(value) ? JSON.stringify(value) : ''
}

function malformed(path: string, problem: string): AnswerReading {
  return { kind: 'malformed', message: `"${path}" is ${problem}`, path }
}
