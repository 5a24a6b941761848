import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net'
import { modelId } from '../../../src/engine/matrix.ts'
import { ticket } from '../../../src/pipeline/admission/ticket.ts'
import { EMPTY_DECISION } from './empty-decision.ts'
import type { Clock, UpstreamCall, UpstreamResult, UpstreamStream } from '../../../src/pipeline/ports.ts'
import { OpenAiUpstream } from '../../../src/upstream/openai.ts'
import type { AdapterPorts, ProviderSettings, Sleep } from '../../../src/upstream/ports.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'
import { isJsonObject, type JsonObject } from '../../../src/wire/json.ts'
import { parseChatRequest } from '../../../src/wire/openai-chat/parse-request.ts'

export const realClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Time that moves only when somebody sleeps. */
export function virtualTime(): { readonly clock: Clock; readonly sleep: Sleep; readonly slept: number[] } {
  let now = 1_700_000_000_000
  const slept: number[] = []
  return {
    clock: { now: () => now, monotonic: () => now },
    sleep: (ms, signal) => {
      if (signal.aborted) return Promise.reject(new Error('aborted'))
      now += ms
      slept.push(ms)
      return Promise.resolve()
    },
    slept,
  }
}

export const HELLO: JsonObject = { model: 'auto', messages: [{ role: 'user', content: 'hello' }] }

/** A call for the model `m` of the provider `p`, named `up-m` there. */
export function makeCall(given: Partial<UpstreamCall> & { readonly client?: JsonObject } = {}): UpstreamCall {
  const { client = HELLO, ...rest } = given
  return {
    exchangeId: 'ex-1',
    requestId: 'req-1',
    attempt: 0,
    target: { model: modelId('m'), tier: 'standard', provider: 'p', upstreamModel: 'up-m', why: 'choice' },
    admitted: ticket({ reservedNanoUsd: 0, maxOutputTokens: null, settle: () => 0 }),
    decision: EMPTY_DECISION,
    request: parseChatRequest(client),
    body: client,
    strictParams: false,
    signal: new AbortController().signal,
    firstTokenWithinMs: 20_000,
    ...rest,
  }
}

export function streamCall(given: Partial<UpstreamCall> = {}): UpstreamCall {
  return makeCall({ ...given, client: { ...HELLO, stream: true } })
}

export function settings(baseUrl: string, given: Partial<ProviderSettings> = {}): ProviderSettings {
  return {
    name: 'p',
    kind: 'openai',
    baseUrl,
    quirks: null,
    apiKeys: ['key-one'],
    timeouts: { connectMs: 5_000, firstTokenMs: 20_000, idleMs: 20_000, totalMs: 25_000 },
    maxConcurrency: 8,
    ...given,
  }
}

interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: JsonObject
}

export interface ScriptedServer {
  readonly baseUrl: string
  readonly seen: SeenRequest[]
  /** Resolves when the peer has closed the connection of some request. */
  readonly closed: Promise<void>
  readonly connections: () => number
  close(): Promise<void>
}

export type Script = (response: ServerResponse, request: SeenRequest, count: number) => void | Promise<void>

/** An HTTP server on loopback that answers by the script. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const seen: SeenRequest[] = []
  let connections = 0
  let markClosed: () => void = () => undefined
  const closed = new Promise<void>((resolve) => {
    markClosed = resolve
  })
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) markClosed()
    })
    void readBody(request).then((body) => {
      const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
      seen.push(one)
      return script(response, one, seen.length)
    })
  })
  server.on('connection', () => {
    connections += 1
  })
  const port = await listen(server)
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    seen,
    closed,
    connections: () => connections,
    close: () => closeServer(server),
  }
}

/** A TCP server that does with each connection what the script says. */
export async function scriptedSocket(
  script: (socket: Socket) => void,
): Promise<{ baseUrl: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    script(socket)
  })
  const port = await listen(server)
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

async function readBody(request: IncomingMessage): Promise<JsonObject> {
  const pieces: Buffer[] = []
  for await (const piece of request) if (Buffer.isBuffer(piece)) pieces.push(piece)
  const body: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8') || '{}')
  return isJsonObject(body) ? body : {}
}

function listen(server: TcpServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: string | AddressInfo | null = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

export function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
}

/** SSE text of payloads, strings as they are. */
export function events(...payloads: (object | string)[]): string {
  return payloads.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('')
}

export function delta(content: object, finish: string | null = null): object {
  return {
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 5,
    model: 'served',
    choices: [{ index: 0, delta: content, finish_reason: finish }],
  }
}

export const ROLE = delta({ role: 'assistant', content: '' })
export const STOP = delta({}, 'stop')

export function wholeAnswer(content: string): object {
  return {
    id: 'c1',
    object: 'chat.completion',
    created: 5,
    model: 'served',
    choices: [
      { index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  }
}

/** Runs one call against one script and cleans up. */
export async function callScript(
  script: Script,
  call: UpstreamCall,
  given: { settings?: Partial<ProviderSettings>; ports?: AdapterPorts } = {},
): Promise<{ result: UpstreamResult; server: ScriptedServer; parts: StreamPart[] | Error | null }> {
  const server = await scriptedServer(script)
  const upstream = new OpenAiUpstream(settings(server.baseUrl, given.settings), given.ports ?? { clock: realClock })
  try {
    const result = await upstream.call(call)
    const parts = result.kind === 'stream' ? await collect(result) : null
    return { result, server, parts }
  } finally {
    await upstream.close()
    await server.close()
  }
}

/** All parts of a stream, or what it threw. */
export async function collect(stream: Pick<UpstreamStream, 'parts'>): Promise<StreamPart[] | Error> {
  const parts: StreamPart[] = []
  try {
    for await (const part of stream.parts) parts.push(part)
    return parts
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

export function textOf(parts: readonly StreamPart[] | Error | null): string {
  if (!Array.isArray(parts)) throw parts instanceof Error ? parts : new Error('there is no stream')
  return parts.map((part: StreamPart) => (part.kind === 'text' ? part.text : '')).join('')
}
