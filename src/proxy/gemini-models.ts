import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../wire/errors.ts'
import type { ModelEntry } from './ports.ts'

/** Models of one page unless the client says otherwise, and the most that it may ask for. */
const PAGE = 50
const MAX_PAGE = 1_000

/** True for a client that asked at Google's own address, where lists have another shape. */
export function asksAsGemini({ url = '' }: IncomingMessage): boolean {
  return url.startsWith('/v1beta/')
}

/** One page of what the caller may name, as Google's clients read it. */
export function geminiModelPage(
  entries: readonly ModelEntry[],
  { url = '' }: IncomingMessage,
): Readonly<Record<string, unknown>> {
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')
  const size = Math.min(wholeNumber(query, 'pageSize') ?? PAGE, MAX_PAGE) || PAGE
  const from = wholeNumber(query, 'pageToken') ?? 0
  const models = entries.slice(from, from + size).map(geminiModel)
  const next = from + size
  return { models, ...(next < entries.length ? { nextPageToken: String(next) } : {}) }
}

/** One model as Google's clients read it. Limits are there for models, not for names that stand for several. */
export function geminiModel({ id, kind, inputTokens, outputTokens }: ModelEntry): Readonly<Record<string, unknown>> {
  const methods = kind === 'embedding' ? ['embedContent', 'batchEmbedContents'] : ['generateContent', 'countTokens']
  return {
    name: `models/${id}`,
    version: '',
    displayName: id,
    ...(inputTokens === undefined ? {} : { inputTokenLimit: inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokenLimit: outputTokens }),
    supportedGenerationMethods: methods,
  }
}

function wholeNumber(query: URLSearchParams, name: string): number | null {
  const given = query.get(name)
  if (given === null || given === '') return null
  if (/^\d{1,6}$/.test(given)) return Number(given)
  throw new GatewayError('invalid_request_error', `"${name}" is not a number that was given out here`, { param: name })
}
