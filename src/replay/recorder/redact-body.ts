import type { RedactionProfile, SessionRedactor } from '../../guardrails/redactor.ts'
import { isJsonObject } from '../../wire/json.ts'
import type { JsonObject, JsonValue } from '../../wire/json.ts'

export interface BodyRedaction {
  readonly profile: RedactionProfile
  readonly session: SessionRedactor
  /** Replaces a person's or session's id. */
  readonly hashId: (id: string) => string
}

/** Members that are kept apart in a fixture. */
const KEPT_APART: ReadonlySet<string> = new Set(['model', 'stream'])
/** Members that name a person or a conversation, at the top and in `metadata`. */
const IDENTITIES: ReadonlySet<string> = new Set([
  'user',
  'user_id',
  'session_id',
  'safety_identifier',
  'prompt_cache_key',
])

/** Request body for a fixture: without model and stream, redacted by the profile. */
export function redactBody(body: JsonObject, redaction: BodyRedaction): JsonObject {
  const members: [string, JsonValue][] = []
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined || KEPT_APART.has(name)) continue
    members.push([name, topMember(name, value, redaction)])
  }
  return Object.fromEntries(members)
}

function topMember(name: string, value: JsonValue, redaction: BodyRedaction): JsonValue {
  if (name === 'metadata' && isJsonObject(value)) {
    const entries = Object.entries(value).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined)
    return Object.fromEntries(
      entries.map(([key, member]) => [redaction.session.name(key), identityOrText(key, member, redaction)]),
    )
  }
  if (IDENTITIES.has(name)) return identityOrText(name, value, redaction)
  return redaction.profile === 'shape' ? outlineMember(name, value, redaction.session) : redaction.session.json(value)
}

function identityOrText(name: string, value: JsonValue, { profile, session, hashId }: BodyRedaction): JsonValue {
  if (typeof value === 'string' && IDENTITIES.has(name) && profile !== 'secrets') return hashId(value)
  return session.json(value)
}

/** Words that shape the request rather than say something; without them it could not be routed again. */
const STRUCTURE: ReadonlySet<string> = new Set([
  'role',
  'type',
  'name',
  'id',
  'tool_call_id',
  'detail',
  'format',
  'tool_choice',
  'reasoning_effort',
  'effort',
  'verbosity',
  'service_tier',
  'modalities',
  'required',
  'syntax',
  'strict',
])
const STAND_INS: Readonly<Record<string, string>> = {
  url: 'https://redacted.invalid/',
  data: 'AAAA',
  file_data: 'AAAA',
  file_id: 'file-redacted',
  filename: 'file',
}

/** Profile `shape`: structure stays, texts become outlines, media become stand-ins. */
function outlineMember(name: string, value: JsonValue, session: SessionRedactor): JsonValue {
  if (typeof value === 'string') {
    const standIn = STAND_INS[name]
    if (standIn !== undefined) return standIn
    if (STRUCTURE.has(name)) return session.name(value)
    // Arguments of tool calls have to stay JSON.
    return name === 'arguments' ? session.json(value) : session.text(value)
  }
  if (Array.isArray(value)) return value.map((item) => outlineMember(name, item, session))
  if (!isJsonObject(value)) return value
  const members: [string, JsonValue][] = []
  for (const [key, member] of Object.entries(value))
    if (member !== undefined) members.push([session.name(key), outlineMember(key, member, session)])
  return Object.fromEntries(members)
}
