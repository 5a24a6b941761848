import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Speech } from './speech.ts'

/** One call as the provider saw it. */
export interface SeenCall {
  readonly requestId: string
  readonly key: string
  readonly stream: boolean
  readonly startedAt: number
  /** A streamed content part was written to the gateway. */
  contentSent: boolean
  /** When the gateway let go of an answer that was not complete. */
  abandonedAt: number | null
  open: boolean
}

/** What a script may do to one call. */
export interface Io {
  readonly response: ServerResponse
  readonly socket: Socket
  readonly call: SeenCall
  /** The words of the provider's format. */
  readonly speech: Speech
  /** Calls that came before, from 0. */
  readonly nth: number
}

export type Act = (io: Io) => void | Promise<void>

export interface FaultUpstream {
  readonly url: string
  readonly calls: readonly SeenCall[]
  /** Answers that neither side has ended. */
  open(): number
  close(): Promise<void>
}

/** A provider on a socket of its own that does to every call what the script says. */
export async function openFaultUpstream(act: Act, speech: Speech): Promise<FaultUpstream> {
  const calls: SeenCall[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(pieces).toString())
      const call: SeenCall = {
        requestId: String(request.headers['x-client-request-id']),
        key: keyOf(request.headers),
        stream: asksStream(request.url ?? '', body),
        startedAt: performance.now(),
        contentSent: false,
        abandonedAt: null,
        open: true,
      }
      calls.push(call)
      response.on('close', () => {
        call.open = false
        if (!response.writableFinished) call.abandonedAt = performance.now()
      })
      response.on('error', () => undefined)
      const spoken = speech.at?.(request.url ?? '') ?? speech
      void act({ response, socket: request.socket, call, speech: spoken, nth: calls.length - 1 })
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    open: () => calls.filter(({ open }) => open).length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/**
 * Where nobody listens: port 1 is never handed out, while a port that was just freed may belong to another test's server a
 * moment later.
 */
export async function closedAddress(speech: Speech): Promise<string> {
  const upstream = await openFaultUpstream(() => undefined, speech)
  await upstream.close()
  return upstream.url.replace(/:\d+/u, ':1')
}

/** The credential, wherever the format puts it. */
function keyOf(headers: IncomingHttpHeaders): string {
  const key = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization ?? ''
  return String(key).replace('Bearer ', '')
}

function asksStream(url: string, body: unknown): boolean {
  if (url.includes(':streamGenerateContent')) return true
  return typeof body === 'object' && body !== null && Reflect.get(body, 'stream') === true
}
