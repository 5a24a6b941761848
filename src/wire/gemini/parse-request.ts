import { bodyObject } from '../body-object.ts'
import type { Block, CanonicalRequest, Message, Role } from '../canonical.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { isAbsent, items, list, object, wrongType, type Field } from '../openai-chat/fields.ts'
import { member, otherMembers } from './members.ts'
import { CONFIG_MEMBERS, parseConfig } from './parse-config.ts'
import { parsePart, type CallNames } from './parse-parts.ts'
import { parseToolConfig, parseTools } from './parse-tools.ts'
import { generatedCallId } from './tool-ids.ts'

const CANONICAL_MEMBERS = ['contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig'] as const

/** What the path says about a request: `/v1beta/models/{model}:generateContent` or `:streamGenerateContent`. */
export interface GeneratePath {
  readonly model: string
  readonly stream: boolean
}

/** Reads the body of `generateContent`. Throws `invalid_request_error` with the path of the field at fault. */
export function parseGenerateRequest(body: unknown, { model, stream }: GeneratePath): CanonicalRequest {
  const root = bodyObject(body)
  const given = member(root, 'generationConfig')
  const config = isAbsent(given) ? {} : object(given)
  const parsed = parseConfig(config, given.path)
  const choice = parseToolConfig(member(root, 'toolConfig'))
  return {
    format: 'gemini',
    model,
    messages: [...parseSystem(member(root, 'systemInstruction')), ...parseContents(member(root, 'contents'))],
    tools: parseTools(member(root, 'tools')),
    ...(choice.toolChoice === undefined ? {} : { toolChoice: choice.toolChoice }),
    ...parsed,
    stream,
    includeUsage: true,
    metadata: {},
    extra: parseExtra(root, config, choice.extra),
  }
}

function parseExtra(root: JsonObject, config: JsonObject, toolConfig: JsonObject): Record<string, JsonValue> {
  const entries: [string, JsonValue | undefined][] = Object.entries(otherMembers(root, CANONICAL_MEMBERS))
  const rest = otherMembers(config, CONFIG_MEMBERS)
  if (Object.keys(rest).length > 0) entries.push(['generationConfig', rest])
  if (Object.keys(toolConfig).length > 0) entries.push(['toolConfig', toolConfig])
  const filled = entries.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined)
  return Object.fromEntries(filled)
}

function parseSystem(at: Field): Message[] {
  if (isAbsent(at)) return []
  // The API also takes a bare text here.
  if (typeof at.value === 'string') return [{ role: 'system', blocks: [{ kind: 'text', text: at.value }] }]
  const blocks = parseParts(object(at), at.path, new Calls())
  return blocks.length === 0 ? [] : [{ role: 'system', blocks }]
}

const ROLES: ReadonlyMap<unknown, Role> = new Map([
  [undefined, 'user'],
  ['user', 'user'],
  ['model', 'assistant'],
  ['function', 'tool'],
  ['tool', 'tool'],
])

function parseContents(at: Field): Message[] {
  const values = list(at)
  if (values.length === 0) return wrongType(at, 'an array with at least one content')
  const calls = new Calls()
  return items(values, at.path).map((item) => {
    const content = object(item)
    const given = member(content, 'role', item.path)
    const role = ROLES.get(given.value ?? undefined)
    if (role === undefined) return wrongType(given, '"user" or "model"')
    const blocks = parseParts(content, item.path, calls)
    const onlyResults = blocks.length > 0 && blocks.every(({ kind }) => kind === 'tool_result')
    return { role: role === 'user' && onlyResults ? 'tool' : role, blocks }
  })
}

function parseParts(content: JsonObject, path: string, calls: CallNames): Block[] {
  const parts = member(content, 'parts', path)
  return isAbsent(parts) ? [] : items(list(parts), parts.path).map((part) => parsePart(part, calls))
}

/** Ids for a talk without any: responses answer the calls of their name in order. */
class Calls implements CallNames {
  #count = 0
  readonly #open = new Map<string, string[]>()

  callId(name: string): string {
    const id = generatedCallId('', this.#count)
    this.#count += 1
    const open = this.#open.get(name)
    if (open === undefined) this.#open.set(name, [id])
    else open.push(id)
    return id
  }

  responseId(name: string): string {
    return this.#open.get(name)?.shift() ?? generatedCallId(name, 0)
  }
}
