import { setTimeout as delay } from 'node:timers/promises'
import type { Act, Io } from './fault-upstream.ts'
import { contentOf, wholeStream, type Speech, type Trouble } from './speech.ts'

/** A piece of a stream in the words of whoever speaks. */
export type Piece = (speech: Speech) => string

export const ROLE: Piece = ({ role }) => role
export const FINISH: Piece = ({ finish }) => finish
export const DONE: Piece = ({ done }) => done
const FIRST: Piece = (speech) => contentOf(speech)[0] ?? ''
/** The role and the first piece of text. */
export const BEGUN: readonly Piece[] = [ROLE, FIRST]
export const KEEP_ALIVE: Piece = ({ keepAlive }) => keepAlive
export const WHOLE_STREAM: Piece = wholeStream
export const WHOLE: Piece = ({ whole }) => whole
export const HOLLOW: Piece = ({ hollow }) => hollow

/** The same words in every format. */
export function verbatim(text: string): Piece {
  return () => text
}

export function says(text: string): Piece {
  return (speech) => speech.text(text)
}

/** An error inside a stream. */
export function failure(trouble: Trouble): Piece {
  return (speech) => speech.failure(trouble)
}

/** The body of an error. */
export function errorOf(trouble: Trouble): Piece {
  return (speech) => JSON.stringify(speech.error(trouble))
}

const SSE = { 'content-type': 'text/event-stream' }
const JSON_TYPE = { 'content-type': 'application/json' }

/** A right answer of the kind that was asked for. */
export const healthy: Act = ({ response, call, speech }) => {
  if (!call.stream) {
    response.writeHead(200, JSON_TYPE).end(speech.whole)
    return
  }
  response.writeHead(200, SSE)
  call.contentSent = true
  response.end(wholeStream(speech))
}

/** Refuses with a status, headers and a body; one that is not a text or a piece is sent as JSON. */
export function refuse(
  status: number,
  body: Piece | string | object = errorOf('broken'),
  headers: Readonly<Record<string, string>> = {},
): Act {
  return ({ response, speech }) => {
    const text = typeof body === 'function' ? body(speech) : typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { ...JSON_TYPE, ...headers }).end(text)
  }
}

/** Fails the first time only. */
export function once(act: Act): Act {
  return (io) => (io.nth === 0 ? act(io) : healthy(io))
}

/** Does one thing to streams and another to whole answers. */
export function byKind(stream: Act, whole: Act): Act {
  return (io) => (io.call.stream ? stream(io) : whole(io))
}

/** Sends the beginning of a stream, then does something else. */
export function after(events: readonly Piece[], then: (io: Io) => void | Promise<void>): Act {
  return async (io) => {
    io.response.writeHead(200, SSE)
    await write(io, events.map((piece) => piece(io.speech)).join(''))
    if (events.includes(FIRST)) io.call.contentSent = true
    // The bytes must be out before the connection is dealt with, else there was no beginning.
    await delay(30)
    await then(io)
  }
}

/** Sends half of a whole answer, then does something else. */
export function halfAnswer(then: (io: Io) => void | Promise<void>): Act {
  return async (io) => {
    const text = io.speech.whole
    io.response.writeHead(200, { ...JSON_TYPE, 'content-length': String(Buffer.byteLength(text)) })
    await write(io, text.slice(0, 60))
    await delay(30)
    await then(io)
  }
}

export const reset = ({ socket }: Io): void => void socket.resetAndDestroy()
export const hangUp = ({ socket }: Io): void => void socket.destroy()
export const stall = (): void => undefined
export const finishWell = ({ response }: Io): void => void response.end()

/** Sends a text as the whole body with a type of its own. */
export function plain(body: Piece | string, type = 'application/json'): Act {
  return ({ response, call, speech }) => {
    const text = typeof body === 'string' ? body : body(speech)
    call.contentSent = call.stream && body === WHOLE_STREAM
    response.writeHead(200, { 'content-type': type }).end(text)
  }
}

/** Sends a body a few bytes at a time. */
export function drip(piece: Piece, { bytes, gapMs, type }: { bytes: number; gapMs: number; type: string }): Act {
  return async (io) => {
    io.response.writeHead(200, { 'content-type': type })
    io.call.contentSent = io.call.stream
    const body = Buffer.from(piece(io.speech))
    for (let at = 0; at < body.length && io.call.open; at += bytes) {
      await write(io, body.subarray(at, at + bytes))
      if (gapMs > 0) await delay(gapMs)
    }
    io.response.end()
  }
}

/** Sends the same again and again until the other side leaves. */
export function forever(piece: Piece, gapMs = 40): (io: Io) => Promise<void> {
  return async (io) => {
    if (!io.response.headersSent) io.response.writeHead(200, io.call.stream ? SSE : JSON_TYPE)
    while (io.call.open) {
      await write(io, piece(io.speech))
      await delay(gapMs)
    }
  }
}

/** Sends one event that never seems to end. */
export function hugeEvent(megabytes: number): (io: Io) => Promise<void> {
  return async (io) => {
    const piece = 'a'.repeat(1_048_576)
    await write(io, 'data: {"choices":[{"index":0,"delta":{"content":"')
    for (let sent = 0; sent < megabytes && io.call.open; sent += 1) await write(io, piece)
    io.response.end()
  }
}

/** Bytes that are no HTTP. */
export const gibberish: Act = ({ socket }) => void socket.end('220 mail.example ESMTP ready\r\n')

async function write({ response, call }: Io, data: string | Uint8Array): Promise<void> {
  if (!call.open || response.write(data)) return
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
}
