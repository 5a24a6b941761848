import type { Block, Message, Role } from '../canonical.ts'
import type { JsonObject } from '../json.ts'
import {
  field,
  filledText,
  isAbsent,
  items,
  list,
  object,
  optional,
  text,
  wrongType,
  type Field,
} from '../openai-chat/fields.ts'
import { parseParts } from './parse-parts.ts'
import { stateful } from './refuse-state.ts'
import { readSeal, type Seal } from './seal.ts'

/** Looks up an item that an earlier answer held; null when it is not known any more. */
export type KnownItems = (id: string) => JsonObject | null

const ROLES: ReadonlyMap<unknown, Role> = new Map([
  ['user', 'user'],
  ['system', 'system'],
  ['developer', 'system'],
  ['assistant', 'assistant'],
])

/** Items of an assistant's turn are written one by one and read as one message. */
class Turns {
  readonly messages: Message[] = []
  #assistant: Block[] | null = null
  /** The seal of the call that comes next. */
  #callSeal: Seal | null = null

  add(role: Role, blocks: readonly Block[]): void {
    if (role !== 'assistant') {
      this.#assistant = null
      this.messages.push({ role, blocks })
    } else if (this.#assistant === null) {
      this.#assistant = [...blocks]
      this.messages.push({ role, blocks: this.#assistant })
    } else this.#assistant.push(...blocks)
  }

  addSeal(seal: Seal): void {
    if (seal.of === 'call') this.#callSeal = seal
    else this.add('assistant', [{ kind: 'text', text: '', ...seal.signed }])
  }

  addCall(call: Extract<Block, { kind: 'tool_use' }>): void {
    const seal = this.#callSeal
    this.#callSeal = null
    this.add('assistant', [seal === null ? call : { ...call, ...seal.signed }])
  }
}

/** The messages of `input`: one text, or a list of items. */
export function parseInput(at: Field, known: KnownItems): Message[] {
  if (typeof at.value === 'string') return [{ role: 'user', blocks: textBlocks(at.value) }]
  if (!Array.isArray(at.value)) return wrongType(at, 'a string or an array of items')
  const turns = new Turns()
  for (const item of items(list(at), at.path)) addItem(turns, item, known)
  return turns.messages
}

function textBlocks(value: string): Block[] {
  return value === '' ? [] : [{ kind: 'text', text: value }]
}

function addItem(turns: Turns, at: Field, known: KnownItems): void {
  const item = object(at)
  const type = field(item, 'type', at.path)
  // The short form of a message has no type.
  switch (isAbsent(type) ? 'message' : text(type)) {
    case 'message':
      return addMessage(turns, item, at.path)
    case 'function_call':
    case 'custom_tool_call':
      return turns.addCall(parseCall(item, at.path))
    case 'function_call_output':
    case 'custom_tool_call_output':
      return turns.add('tool', [parseResult(item, at.path)])
    case 'reasoning':
      return addReasoning(turns, item, at.path)
    case 'item_reference':
      return addReference(turns, field(item, 'id', at.path), known)
    default:
      // What tools that a provider runs left behind; only that provider can read it.
      return turns.add('assistant', [{ kind: 'opaque', format: 'openai-responses', value: item }])
  }
}

function addMessage(turns: Turns, item: JsonObject, path: string): void {
  const given = field(item, 'role', path)
  const role = ROLES.get(given.value)
  if (role === undefined) return wrongType(given, 'one of user, assistant, system, developer')
  const content = field(item, 'content', path)
  turns.add(role, typeof content.value === 'string' ? textBlocks(content.value) : parseParts(content))
}

function parseCall(item: JsonObject, path: string): Extract<Block, { kind: 'tool_use' }> {
  const id = filledText(field(item, 'call_id', path))
  const name = filledText(field(item, 'name', path))
  if (item['type'] === 'custom_tool_call')
    return { kind: 'tool_use', id, name, argumentsJson: text(field(item, 'input', path)), custom: true }
  return { kind: 'tool_use', id, name, argumentsJson: text(field(item, 'arguments', path)) }
}

function parseResult(item: JsonObject, path: string): Block {
  const toolUseId = filledText(field(item, 'call_id', path))
  const output = field(item, 'output', path)
  const blocks = typeof output.value === 'string' ? textBlocks(output.value) : parseParts(output)
  return { kind: 'tool_result', toolUseId, blocks }
}

function addReasoning(turns: Turns, item: JsonObject, path: string): void {
  const said = [...texts(field(item, 'summary', path)), ...texts(field(item, 'content', path))].join('\n')
  const { encrypted = '' } = optional('encrypted', field(item, 'encrypted_content', path), text)
  const seal = encrypted === '' ? null : readSeal(encrypted)
  if (seal === null) {
    // A thought of which nothing came along says nothing to anybody.
    if (said !== '') turns.add('assistant', [{ kind: 'reasoning', text: said }])
  } else if (seal.of === 'redacted') {
    const { signature, signedBy } = seal.signed
    turns.add('assistant', [{ kind: 'reasoning', text: '', redacted: signature, signedBy }])
  } else if (seal.of === 'thought') turns.add('assistant', [{ kind: 'reasoning', text: said, ...seal.signed }])
  else turns.addSeal(seal)
}

function texts(at: Field): string[] {
  if (isAbsent(at)) return []
  return items(list(at), at.path).map((part) => text(field(object(part), 'text', part.path)))
}

function addReference(turns: Turns, at: Field, known: KnownItems): void {
  const item = known(filledText(at))
  if (item !== null && item['type'] !== 'item_reference') return addItem(turns, { value: item, path: at.path }, known)
  throw stateful(
    at.path,
    `"${at.path}" refers to an item that is not kept here`,
    'send the item itself: `store: false`',
  )
}
