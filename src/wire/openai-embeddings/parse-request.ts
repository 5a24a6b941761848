import { bodyObject } from '../body-object.ts'
import type { CanonicalRequest, EmbeddingsAsked } from '../canonical.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { field, filledText, integer, isAbsent, items, list, optional, text, wrongType } from '../openai-chat/fields.ts'
import type { Field } from '../openai-chat/fields.ts'

const READ_MEMBERS: ReadonlySet<string> = new Set(['model', 'input', 'encoding_format', 'dimensions', 'user'])

/** Most inputs of one request, by the published schema. */
const MAX_INPUTS = 2048

/** Characters that stand for one token where the text itself is not known. */
const CHARS_PER_TOKEN = 4

/** Reads the body of `POST /v1/embeddings`. Throws `invalid_request_error` with the path of the field at fault. */
export function parseEmbeddingsRequest(body: unknown): CanonicalRequest {
  const root = bodyObject(body)
  const inputs = parseInputs(field(root, 'input'))
  const embeddings: EmbeddingsAsked = {
    inputs,
    encoding: parseEncoding(field(root, 'encoding_format')),
    ...optional('dimensions', field(root, 'dimensions'), (at) => integer(at, 1)),
  }
  return {
    format: 'openai-chat',
    model: filledText(field(root, 'model')),
    messages: [{ role: 'user', blocks: [{ kind: 'text', text: longest(inputs) }] }],
    tools: [],
    responseFormat: { kind: 'text' },
    sampling: {},
    choices: 1,
    stream: false,
    includeUsage: false,
    ...optional('endUser', field(root, 'user'), text),
    metadata: {},
    extra: parseExtra(root),
    embeddings,
  }
}

function parseInputs(at: Field): EmbeddingsAsked['inputs'] {
  if (typeof at.value === 'string') return [filledText(at)]
  if (!Array.isArray(at.value) || at.value.length === 0) return wrongType(at, 'a text, or an array of texts or tokens')
  const values = items(list(at), at.path)
  if (values.length > MAX_INPUTS && typeof values[0]?.value !== 'number')
    return wrongType(at, `an array of at most ${MAX_INPUTS} inputs`)
  const kind = typeof values[0]?.value
  if (kind === 'string') return values.map(filledText)
  if (kind === 'number') return [values.map(token)]
  return values.map((one) => items(filledList(one), one.path).map(token))
}

function filledList(at: Field): readonly JsonValue[] {
  const values = list(at)
  return values.length > 0 ? values : wrongType(at, 'an array of tokens that is not empty')
}

function token(at: Field): number {
  return integer(at, 0)
}

function parseEncoding(at: Field): EmbeddingsAsked['encoding'] {
  if (isAbsent(at)) return 'float'
  return at.value === 'float' || at.value === 'base64' ? at.value : wrongType(at, '"float" or "base64"')
}

/** Windows of models hold one input each, so the longest one decides which models fit. */
function longest(inputs: EmbeddingsAsked['inputs']): string {
  let found = ''
  for (const input of inputs) {
    const length = typeof input === 'string' ? input.length : input.length * CHARS_PER_TOKEN
    if (length > found.length) found = typeof input === 'string' ? input : 'word'.repeat(input.length)
  }
  return found
}

function parseExtra(root: JsonObject): Record<string, JsonValue> {
  const entries: [string, JsonValue][] = []
  for (const [name, value] of Object.entries(root)) {
    if (value !== undefined && !READ_MEMBERS.has(name)) entries.push([name, value])
  }
  return Object.fromEntries(entries)
}
