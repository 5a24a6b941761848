import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

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
export async function openFaultUpstream(act: Act): Promise<FaultUpstream> {
  const calls: SeenCall[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(pieces).toString())
      const call: SeenCall = {
        requestId: String(request.headers['x-client-request-id']),
        key: (request.headers.authorization ?? '').replace('Bearer ', ''),
        stream: typeof body === 'object' && body !== null && Reflect.get(body, 'stream') === true,
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
      void act({ response, socket: request.socket, call, nth: calls.length - 1 })
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

/** An address where nobody listens. */
export async function closedAddress(): Promise<string> {
  const upstream = await openFaultUpstream(() => undefined)
  await upstream.close()
  return upstream.url
}
