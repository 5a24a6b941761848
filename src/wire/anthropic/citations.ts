import type { Citation } from '../canonical.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

/**
 * Citations of one block, which stand for all of its text. Those that we wrote for another provider come back without
 * what this format wants of its own.
 */
export function readClaudeCitations(values: readonly JsonValue[], textLength: number): Citation[] {
  return values.filter(isJsonObject).map((value) => {
    const { url, source, title, document_title: document, cited_text: quote } = value
    const address = [url, source].find((one) => typeof one === 'string' && one.includes('://'))
    const name = [title, document].find((one) => typeof one === 'string' && one !== '')
    return {
      start: 0,
      end: textLength,
      ...(typeof address === 'string' ? { url: address } : {}),
      ...(typeof name === 'string' ? { title: name } : {}),
      ...(typeof quote === 'string' && quote !== '' ? { quote } : {}),
      ...(value['encrypted_index'] === '' ? {} : { own: { format: 'anthropic' as const, value } }),
    }
  })
}

/** Citations for a client; null where nothing of them has a place. */
export function writeClaudeCitations(citations: readonly Citation[] | undefined): JsonObject[] | null {
  const written = (citations ?? []).flatMap((one) => writeClaudeCitation(one))
  return written.length === 0 ? null : written
}

/** Citations for the provider itself, which takes back only what it wrote. */
export function ownClaudeCitations(citations: readonly Citation[] | undefined): JsonValue[] | null {
  const own = (citations ?? []).flatMap((one) => (one.own?.format === 'anthropic' ? [one.own.value] : []))
  return own.length === 0 ? null : own
}

function writeClaudeCitation({ own, url, title, quote }: Citation): JsonObject[] {
  if (own?.format === 'anthropic' && isJsonObject(own.value)) return [own.value]
  if (url === undefined) return []
  const place = { type: 'web_search_result_location', url, title: title ?? null, cited_text: quote ?? '' }
  // Nobody but the provider can write this member; empty, it tells our citations apart when they come back.
  return [{ ...place, encrypted_index: '' }]
}
