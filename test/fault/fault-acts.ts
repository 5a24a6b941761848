import { setTimeout as delay } from 'node:timers/promises'
import type { Act, Io } from './fault-upstream.ts'

/** What a provider in good health says; with letters of several bytes, so that cuts inside them would show. */
export const ANSWER = 'Äpfel und Birnen: the answer is forty-two – 四十二.'
/** Where the stream is cut into chunks. */
const PIECES = [ANSWER.slice(0, 9), ANSWER.slice(9, 25), ANSWER.slice(25)]
const USAGE = { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 }

export function answerJson(): string {
  const message = { role: 'assistant', content: ANSWER, refusal: null }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
  return JSON.stringify({ id: 'up-1', object: 'chat.completion', created: 1, model: 'up', choices, usage: USAGE })
}

export function chunk(delta: Readonly<Record<string, unknown>>, finish: string | null = null): string {
  return event(JSON.stringify(chunkBody([{ index: 0, delta, finish_reason: finish }])))
}

function chunkBody(choices: readonly unknown[], usage: unknown = null): Readonly<Record<string, unknown>> {
  return { id: 'up-1', object: 'chat.completion.chunk', created: 1, model: 'up', choices, usage }
}

export function event(data: string): string {
  return `data: ${data}\n\n`
}

export const ROLE = chunk({ role: 'assistant', content: '' })
export const FINISH = chunk({}, 'stop')
export const DONE = event('[DONE]')
const CONTENT = PIECES.map((content) => chunk({ content }))
const USAGE_CHUNK = event(JSON.stringify(chunkBody([], USAGE)))
export const WHOLE_STREAM = [ROLE, ...CONTENT, FINISH, USAGE_CHUNK, DONE]

const SSE = { 'content-type': 'text/event-stream' }
const JSON_TYPE = { 'content-type': 'application/json' }

/** A right answer of the kind that was asked for. */
export const healthy: Act = ({ response, call }) => {
  if (!call.stream) {
    response.writeHead(200, JSON_TYPE).end(answerJson())
    return
  }
  response.writeHead(200, SSE)
  call.contentSent = true
  response.end(WHOLE_STREAM.join(''))
}

/** Refuses with a status, headers and a body. */
export function refuse(
  status: number,
  body: unknown = errorBody('no'),
  headers: Readonly<Record<string, string>> = {},
): Act {
  return ({ response }) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { ...JSON_TYPE, ...headers }).end(text)
  }
}

export function errorBody(message: string, code: string | null = null, type = 'server_error'): unknown {
  return { error: { message, type, param: null, code } }
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
export function after(events: readonly string[], then: (io: Io) => void | Promise<void>): Act {
  return async (io) => {
    io.response.writeHead(200, SSE)
    await write(io, events.join(''))
    if (events.some((text) => CONTENT.includes(text))) io.call.contentSent = true
    // The bytes must be out before the connection is dealt with, else there was no beginning.
    await delay(30)
    await then(io)
  }
}

/** The role and the first piece of text. */
export const BEGUN = [ROLE, ...CONTENT.slice(0, 1)]

/** Sends half of a whole answer, then does something else. */
export function halfAnswer(then: (io: Io) => void | Promise<void>): Act {
  return async (io) => {
    const text = answerJson()
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
export function plain(text: string, type = 'application/json'): Act {
  return ({ response, call }) => {
    call.contentSent = call.stream && text.includes(PIECES[0] ?? '')
    response.writeHead(200, { 'content-type': type }).end(text)
  }
}

/** Sends a body a few bytes at a time. */
export function drip(text: string, { bytes, gapMs, type }: { bytes: number; gapMs: number; type: string }): Act {
  return async (io) => {
    io.response.writeHead(200, { 'content-type': type })
    io.call.contentSent = io.call.stream
    const body = Buffer.from(text)
    for (let at = 0; at < body.length && io.call.open; at += bytes) {
      await write(io, body.subarray(at, at + bytes))
      if (gapMs > 0) await delay(gapMs)
    }
    io.response.end()
  }
}

/** Sends the same again and again until the other side leaves. */
export function forever(text: string, gapMs = 40): (io: Io) => Promise<void> {
  return async (io) => {
    if (!io.response.headersSent) io.response.writeHead(200, io.call.stream ? SSE : JSON_TYPE)
    while (io.call.open) {
      await write(io, text)
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
