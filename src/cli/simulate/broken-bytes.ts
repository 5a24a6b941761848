import type { ServerResponse } from 'node:http'
import type { ChaosFault } from '../../upstream/chaos-spec.ts'

/** Faults that show on the connection and not as a status. */
export type SocketFault = 'reset' | 'stall' | 'cut' | 'malformed' | 'empty'

/** Events of a stream that still arrive whole: the beginning and a little content. */
const EVENTS_BEFORE_CUT = 4
/** The event of a stream that arrives damaged. */
const DAMAGED_EVENT = 2
/** Where one event ends: at a blank line or, in a stream that is one JSON array, after a comma. */
const AFTER_EVENT = /(?<=\n\n|,\n)/

/** Streams come framed as chunks of HTTP. The frames stay whole, so that what is broken is the content. */
const FRAME = /^[\da-f]+\r\n([\s\S]*)\r\n$/
const LAST_FRAME = '0\r\n\r\n'

/** The first fault that is done to the bytes of an answer; null when there is none. */
export function socketFault(faults: readonly ChaosFault[]): SocketFault | null {
  for (const { kind } of faults) if (kind !== 'status' && kind !== 'delay') return kind
  return null
}

/**
 * Makes whatever is written to this one client arrive broken: `reset` tears the connection down at once, `stall` sends no
 * more than headers and never ends, `cut` closes in the middle, `malformed` damages an event or the end of a body,
 * `empty` leaves the body out.
 */
export function breakBytes(response: ServerResponse, fault: SocketFault): void {
  if (fault === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  const write = response.write.bind(response)
  const end = response.end.bind(response)
  const events = new BrokenEvents(fault)
  response.write = (chunk: unknown): boolean => {
    const frame = typeof chunk === 'string' ? FRAME.exec(chunk) : null
    const left = events.pass(frame?.[1] ?? chunk)
    if (left === '') response.flushHeaders()
    else write(frame === null ? left : framed(left))
    if (events.closed) hangUp(response)
    return true
  }
  response.end = (chunk?: unknown): ServerResponse => {
    if (fault === 'stall') return response
    if (chunk === LAST_FRAME && fault !== 'cut') return end(LAST_FRAME)
    // A whole answer has said how long it is.
    const body = response.hasHeader('content-length') ? brokenBody(chunk, fault) : events.pass(chunk)
    if (fault === 'empty' && !response.headersSent) response.setHeader('content-length', 0)
    if (fault !== 'cut') return body.length === 0 ? end() : end(body)
    if (body.length > 0) write(body)
    hangUp(response)
    return response
  }
}

/** What is left of the events of one stream. */
class BrokenEvents {
  readonly #fault: SocketFault
  #seen = 0

  constructor(fault: SocketFault) {
    this.#fault = fault
  }

  get closed(): boolean {
    return this.#fault === 'cut' && this.#seen > EVENTS_BEFORE_CUT
  }

  pass(chunk: unknown): string {
    if (typeof chunk !== 'string' || this.#fault === 'stall' || this.#fault === 'empty') return ''
    return chunk
      .split(AFTER_EVENT)
      .map((event) => {
        this.#seen += 1
        if (this.closed) return ''
        return this.#fault === 'malformed' && this.#seen === DAMAGED_EVENT ? firstHalf(event) : event
      })
      .join('')
  }
}

function framed(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

/** A body of the same length that is no JSON any more, or the part of it that arrives. */
function brokenBody(chunk: unknown, fault: SocketFault): Buffer {
  const whole = Buffer.from(typeof chunk === 'string' ? chunk : '')
  if (fault === 'empty') return whole.subarray(0, 0)
  if (fault === 'cut') return whole.subarray(0, Math.floor(whole.length / 2))
  return whole.fill(' ', Math.floor((whole.length * 2) / 3))
}

/** Closes after what was written has left, without the end that the headers promised. */
function hangUp({ socket }: ServerResponse): void {
  socket?.destroySoon()
}

/** An event as if the rest of it had been lost; what follows is in order again. */
function firstHalf(event: string): string {
  return `${event.trimEnd().slice(0, event.length / 2)}\n\n`
}
