import { shortHash } from '../../replay/fixtures/key.ts'
import type { CanonicalRequest } from '../../wire/canonical.ts'
import { canonicalJson } from '../../wire/json.ts'

/** Hashes of the parts of a request, enough to say in which fields two requests differ without keeping their texts. */
export interface Outline {
  readonly messages: readonly string[]
  readonly fields: Readonly<Record<string, string>>
}

export function outlineOf(request: CanonicalRequest): Outline {
  const { sampling } = request
  const fields: Record<string, string> = {
    tools: hash(request.tools),
    tool_choice: hash(request.toolChoice),
    response_format: hash(request.responseFormat),
    max_tokens: hash(request.maxOutputTokens),
    n: hash(request.choices),
    extra: hash(request.extra),
  }
  for (const [name, value] of Object.entries(sampling)) fields[name] = hash(value)
  return { messages: request.messages.map((message) => hash(message)), fields }
}

export interface Nearest {
  readonly id: string
  /** Messages that both have in common from the start on. */
  readonly shared: number
  /** Paths of the fields in which they differ, messages first. */
  readonly differs: readonly string[]
}

/** The candidate with the longest common opening; among equals the one with the fewest differences, then the earliest. */
export function nearest(
  asked: Outline,
  candidates: readonly { readonly id: string; readonly outline: Outline }[],
): Nearest | null {
  let best: Nearest | null = null
  for (const { id, outline } of candidates) {
    const shared = commonOpening(asked.messages, outline.messages)
    if (best !== null && shared < best.shared) continue
    const differs = differences(asked, outline)
    if (best === null || shared > best.shared || differs.length < best.differs.length) best = { id, shared, differs }
  }
  // With nothing in common, the earliest recording is no neighbour, only a recording.
  return best !== null && best.shared === 0 && best.differs.length > 1 ? null : best
}

function commonOpening(a: readonly string[], b: readonly string[]): number {
  let shared = 0
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared += 1
  return shared
}

function differences(asked: Outline, recorded: Outline): string[] {
  const paths: string[] = []
  const turns = Math.max(asked.messages.length, recorded.messages.length)
  for (let at = 0; at < turns; at += 1) if (asked.messages[at] !== recorded.messages[at]) paths.push(`messages[${at}]`)
  const names = new Set([...Object.keys(asked.fields), ...Object.keys(recorded.fields)])
  for (const name of [...names].sort()) if (asked.fields[name] !== recorded.fields[name]) paths.push(name)
  return paths
}

function hash(value: unknown): string {
  return shortHash(canonicalJson(value)).slice(0, 16)
}
