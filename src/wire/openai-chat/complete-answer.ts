import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { argumentsText, readContent } from './answer.ts'
import { readFinish, writeFinish } from './finish.ts'
import { reasoningText } from './parse-messages.ts'

/**
 * A provider's answer made fit for any client while everything else in it stays: members that the published schema
 * requires are filled in, finish reasons mapped, lists of parts turned into text. `created` in seconds since the epoch
 * and `id` are used where the provider sent none.
 */
export function completeChatAnswer(body: JsonObject, { created, id }: { created: number; id: string }): JsonObject {
  const choices = Array.isArray(body['choices']) ? body['choices'] : []
  return {
    ...body,
    id: filled(body['id']) ?? id,
    object: 'chat.completion',
    created: typeof body['created'] === 'number' ? body['created'] : created,
    choices: choices.filter(isJsonObject).map(completeChoice),
  }
}

function completeChoice(choice: JsonObject, position: number): JsonObject {
  const message = isJsonObject(choice['message']) ? completeMessage(choice['message']) : {}
  return {
    ...choice,
    index: typeof choice['index'] === 'number' ? choice['index'] : position,
    message,
    logprobs: choice['logprobs'] ?? null,
    finish_reason: finishOf(choice['finish_reason'], message),
  }
}

function finishOf(given: JsonValue | undefined, message: JsonObject): string {
  // The word of the older function form; who gets it has asked in that form.
  if (given === 'function_call') return given
  const reason = readFinish(given)
  if (reason !== null) return writeFinish(reason)
  return message['tool_calls'] === undefined ? 'stop' : 'tool_calls'
}

function completeMessage(message: JsonObject): JsonObject {
  const { content } = message
  const blocks = Array.isArray(content) ? readContent(content) : []
  const inParts = blocks.flatMap((block) => (block.kind === 'reasoning' ? [block.text] : [])).join('')
  const reasoning = reasoningText(message) || inParts
  const texts = blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []))
  const { tool_calls: calls } = message
  return {
    ...message,
    role: 'assistant',
    content: Array.isArray(content) ? texts.join('') : (content ?? null),
    refusal: message['refusal'] ?? null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(Array.isArray(calls) ? { tool_calls: calls.filter(isJsonObject).map(completeCall) } : {}),
  }
}

function completeCall(call: JsonObject, position: number): JsonObject {
  const id = filled(call['id']) ?? `call_${position}`
  const { function: given } = call
  if (!isJsonObject(given)) return { ...call, id }
  return { ...call, id, type: 'function', function: { ...given, arguments: argumentsText(given['arguments']) } }
}

function filled(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
