import { isJsonObject, type JsonValue } from '../../src/wire/json.ts'
import { SseParser } from '../../src/wire/sse.ts'
import type { ClientFormat, Heard } from './client-formats.ts'

/** How an exchange looked to the client. */
export type Outcome =
  /** It took the answer for whole. */
  | { readonly kind: 'whole'; readonly text: string }
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly retryAfterMs: number | null }
  /** An error inside a stream that had begun. */
  | { readonly kind: 'late_error'; readonly text: string; readonly code: string }
  /** The connection ended without a word. */
  | { readonly kind: 'cut'; readonly text: string }
  | { readonly kind: 'hang' }

export interface Asked {
  readonly url: string
  readonly format: ClientFormat
  readonly stream: boolean
  /** After this the client gives up and the gateway has failed. */
  readonly patienceMs: number
}

/** Asks as a client of the format would and says what it made of the answer. */
export async function ask({ url, format, stream, patienceMs }: Asked): Promise<Outcome> {
  const patience = AbortSignal.timeout(patienceMs)
  try {
    const response = await send({ url, format, stream }, patience)
    if (response.status !== 200) return await refusal(response)
    return stream ? await listen(response, format) : await wholeAnswer(response, format)
  } catch (error) {
    if (patience.aborted) return { kind: 'hang' }
    throw error
  }
}

/** Sends the request; the answer is the caller's to read. */
export function send(
  { url, format, stream }: Pick<Asked, 'url' | 'format' | 'stream'>,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(`${url}${format.path(stream)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(format.body(stream)),
    signal,
  })
}

async function refusal(response: Response): Promise<Outcome> {
  const body: JsonValue = JSON.parse(await response.text())
  const error = isJsonObject(body) ? body['error'] : null
  const named = isJsonObject(error) ? (error['code'] ?? error['type']) : null
  const wait = response.headers.get('retry-after-ms')
  return {
    kind: 'error',
    status: response.status,
    code: typeof named === 'string' ? named : '',
    retryAfterMs: wait === null ? null : Number(wait),
  }
}

async function wholeAnswer(response: Response, format: ClientFormat): Promise<Outcome> {
  const body: JsonValue = JSON.parse(await response.text())
  return { kind: 'whole', text: isJsonObject(body) ? format.wholeText(body) : '' }
}

async function listen(response: Response, format: ClientFormat): Promise<Outcome> {
  const parser = new SseParser()
  const decoder = new TextDecoder()
  let text = ''
  let complete = false
  let error: string | undefined
  const hear = (heard: Heard): void => {
    text += heard.text ?? ''
    complete ||= heard.complete === true
    error ??= heard.error
  }
  try {
    for await (const bytes of response.body ?? []) {
      for (const { event, data } of parser.push(decoder.decode(bytes, { stream: true }))) {
        hear(format.hear(event, data))
      }
    }
  } catch (failure) {
    if (failure instanceof Error && failure.name === 'TimeoutError') throw failure
    return { kind: 'cut', text }
  }
  // An error wins over any marker: clients raise it.
  if (error !== undefined) return { kind: 'late_error', text, code: error }
  return complete ? { kind: 'whole', text } : { kind: 'cut', text }
}
