import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { isJsonObject, type JsonObject } from '../../src/wire/json.ts'
import { readAsk, type Ask } from './billed-ask.ts'
import { wholeAnswer, streamedAnswer } from './billed-answer.ts'

/** USD per million tokens, of every model of the provider, as a config says it. */
export const PRICE = '{ input: 1, output: 2, cache_write: 1.25 }'
const NANO_PER_TOKEN = { input: 1_000, cacheWrite: 1_250, output: 2_000 }

/** One call, as the provider puts it on its bill. */
export interface Bill {
  readonly nanoUsd: number
  readonly at: number
  readonly ask: Ask
  /** The request that it was sent for, as the gateway names it. */
  readonly requestId: string
}

/** What one call gets. */
export type Manner =
  | { readonly kind: 'answer'; readonly delayMs: number }
  /** Refused before any work: nothing is billed. */
  | { readonly kind: 'refuse'; readonly status: number }
  /** Billed in full, then the connection goes away before a byte. */
  | { readonly kind: 'bill_and_reset' }
  /** Billed in full, then nothing is heard any more. */
  | { readonly kind: 'bill_and_stall' }

export interface BillingOptions {
  /** What the `nth` call (from 0) gets; default: an answer after some milliseconds. */
  readonly manner?: (nth: number, ask: Ask) => Manner
  /** Output tokens of a call without a limit. */
  readonly unlimited?: (nth: number) => number
}

export interface BillingProvider {
  readonly url: string
  readonly bills: readonly Bill[]
  /** Every request that came, billed or not. */
  readonly asks: readonly Ask[]
  readonly headers: readonly IncomingHttpHeaders[]
  /** Connections that were opened, whatever came over them. */
  connections(): number
  billedNanoUsd(): number
  close(): Promise<void>
}

/**
 * A provider on this machine that bills the most that a request allows: a token for each byte of the prompt, written to its
 * cache, and all output up to the limit, also when its client leaves in the middle, as some providers do. It speaks OpenAI's,
 * Anthropic's and Gemini's format by the path.
 */
export async function billingProvider(options: BillingOptions = {}): Promise<BillingProvider> {
  const bills: Bill[] = []
  const asks: Ask[] = []
  const headers: IncomingHttpHeaders[] = []
  let connections = 0
  const manner = options.manner ?? (() => ({ kind: 'answer', delayMs: 5 }))
  const unlimited = options.unlimited ?? (() => 600)
  const answer = async (request: IncomingMessage, response: ServerResponse, body: JsonObject): Promise<void> => {
    const ask = readAsk(request.url ?? '', body)
    const nth = asks.length
    asks.push(ask)
    headers.push(request.headers)
    const how = manner(nth, ask)
    if (how.kind === 'refuse') return refuse(response, how.status)
    const output = ask.kind === 'embeddings' ? 0 : (ask.maxOutput ?? unlimited(nth)) * ask.choices
    const bill: Bill = {
      requestId: String(request.headers['x-client-request-id']),
      ask,
      nanoUsd: priceOf(ask, output),
      at: Date.now(),
    }
    bills.push(bill)
    if (how.kind === 'bill_and_stall') return
    if (how.kind === 'bill_and_reset') return void request.socket.resetAndDestroy()
    await delay(how.delayMs)
    if (response.destroyed) return
    const used = { input: ask.promptBytes, output }
    await (ask.stream ? streamedAnswer(response, ask, used) : wholeAnswer(response, ask, used))
  }
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(pieces).toString())
      void answer(request, response, isJsonObject(body) ? body : {})
    })
    response.on('error', () => undefined)
  })
  server.on('connection', () => (connections += 1))
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', 1_024, () => resolve())
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bills,
    asks,
    headers,
    connections: () => connections,
    billedNanoUsd: () => bills.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Where a provider writes prompts into a cache, all of this one goes there: it is the dearest that it can be. */
function priceOf({ kind, promptBytes }: Ask, output: number): number {
  const cached = kind === 'chat' || kind === 'messages'
  return promptBytes * (cached ? NANO_PER_TOKEN.cacheWrite : NANO_PER_TOKEN.input) + output * NANO_PER_TOKEN.output
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: { type: 'server_error', message: 'not now', code: null, param: null } }))
}
