import type { IncomingHttpHeaders } from 'node:http'
import type { StreamPart } from '../wire/canonical.ts'

/**
 * Mistral's official clients speak chat completions in their own service's way: they expect usage without asking, which
 * they have no way to do, and read no fragment of a tool call that lacks a name.
 */
export function isMistralClient({ 'user-agent': agent }: IncomingHttpHeaders): boolean {
  return agent?.startsWith('mistral-client') === true
}

/** The part as their streams hold it; the name of a later fragment is empty. */
export function forMistralClient(part: StreamPart): StreamPart {
  if (part.kind !== 'tool_delta') return part
  const { raw: _raw, ...words } = part
  return { ...words, name: part.name ?? '' }
}
