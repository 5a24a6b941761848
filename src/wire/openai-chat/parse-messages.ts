import type { Block, Message, Role } from '../canonical.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { field, filledText, isAbsent, items, list, object, optional, text, wrongType, type Field } from './fields.ts'
import { parseContent } from './parse-content.ts'
import { readCallSeal, readDetails } from './seals.ts'

const ROLES: Readonly<Record<string, Role>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
}

/** Ids given to calls of the older function form, which has none: the id of the latest call by function name. */
type LegacyCalls = Map<string, string>

/** All messages of a request. */
export function parseMessages(at: Field): Message[] {
  const values = list(at)
  if (values.length === 0) return wrongType(at, 'an array with at least one message')
  const calls: LegacyCalls = new Map()
  return items(values, at.path).map((item, index) => parseMessage(item, index, calls))
}

function parseMessage(at: Field, index: number, calls: LegacyCalls): Message {
  const message = object(at)
  const roleField = field(message, 'role', at.path)
  const given = text(roleField)
  const role = Object.hasOwn(ROLES, given) ? ROLES[given] : undefined
  if (role === undefined) return wrongType(roleField, 'one of system, developer, user, assistant, tool, function')
  const content = field(message, 'content', at.path)
  if (given === 'function') return functionMessage(message, at.path, calls)
  const name = optional('name', field(message, 'name', at.path), text)
  if (given === 'tool') {
    const toolUseId = text(field(message, 'tool_call_id', at.path))
    return { role, ...name, blocks: [{ kind: 'tool_result', toolUseId, blocks: parseContent(content, 'tool') }] }
  }
  if (given === 'assistant') return { role, ...name, blocks: assistantBlocks(message, at.path, { index, calls }) }
  return { role, ...name, blocks: parseContent(content, given) }
}

function functionMessage(message: JsonObject, path: string, calls: LegacyCalls): Message {
  const name = filledText(field(message, 'name', path))
  const content = field(message, 'content', path)
  const blocks = isAbsent(content) ? [] : parseContent(content, 'tool')
  return { role: 'tool', blocks: [{ kind: 'tool_result', toolUseId: calls.get(name) ?? `call_fn_${name}`, blocks }] }
}

function assistantBlocks(
  message: JsonObject,
  path: string,
  { index, calls }: { index: number; calls: LegacyCalls },
): Block[] {
  const blocks: Block[] = []
  const thought = reasoningText(message)
  const sealed = readDetails(message, thought)
  if (sealed !== null) blocks.push(...sealed)
  else if (thought !== '') blocks.push({ kind: 'reasoning', text: thought })
  const content = field(message, 'content', path)
  if (!isAbsent(content)) blocks.push(...parseContent(content, 'assistant'))
  const refusal = field(message, 'refusal', path)
  if (!isAbsent(refusal)) blocks.push({ kind: 'refusal', text: text(refusal) })
  const audio = field(message, 'audio', path)
  if (!isAbsent(audio)) {
    const fileId = text(field(object(audio), 'id', audio.path))
    blocks.push({ kind: 'audio', source: { kind: 'provider-file', fileId } })
  }
  const toolCalls = field(message, 'tool_calls', path)
  if (!isAbsent(toolCalls)) blocks.push(...items(list(toolCalls), toolCalls.path).map(parseToolCall))
  const call = field(message, 'function_call', path)
  if (!isAbsent(call)) {
    const id = `call_fn_${index}`
    const block = functionBlock(call, id)
    calls.set(block.name, id)
    blocks.push(block)
  }
  return blocks
}

function parseToolCall(at: Field): Block {
  const call = object(at)
  const id = text(field(call, 'id', at.path))
  const type = field(call, 'type', at.path)
  if (type.value === 'custom') {
    const custom = field(call, 'custom', at.path)
    const name = filledText(field(object(custom), 'name', custom.path))
    const input = text(field(object(custom), 'input', custom.path))
    return { kind: 'tool_use', id, name, argumentsJson: input, custom: true }
  }
  if (!isAbsent(type) && type.value !== 'function') return wrongType(type, '"function" or "custom"')
  return { ...functionBlock(field(call, 'function', at.path), id), ...readCallSeal(call) }
}

function functionBlock(at: Field, id: string): Extract<Block, { kind: 'tool_use' }> {
  const call = object(at)
  const name = filledText(field(call, 'name', at.path))
  const given = field(call, 'arguments', at.path)
  return { kind: 'tool_use', id, name, argumentsJson: isAbsent(given) ? '' : text(given) }
}

/** What a model thought, under either of the names that hosts give it; empty when it did not say. */
export function reasoningText(message: JsonObject): string {
  const { reasoning_content: first, reasoning: second } = message
  return nonEmpty(first) ?? nonEmpty(second) ?? ''
}

function nonEmpty(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
