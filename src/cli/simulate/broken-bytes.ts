import type { ServerResponse } from 'node:http'
import type { ChaosFault } from '../../upstream/chaos-spec.ts'

/** Faults that show on the connection and not as a status. */
export type SocketFault = 'reset' | 'stall' | 'cut' | 'malformed' | 'empty'

/** Writes of a stream that still arrive whole: the beginning and a little content. */
const WRITES_BEFORE_CUT = 4
/** The write of a stream that arrives damaged. */
const DAMAGED_WRITE = 2

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
  let writes = 0
  response.write = (chunk: unknown): boolean => {
    writes += 1
    if (fault === 'stall' || fault === 'empty') return true
    if (fault === 'malformed') return write(writes === DAMAGED_WRITE ? damagedEvent(chunk) : chunk)
    if (writes <= WRITES_BEFORE_CUT) return write(chunk)
    hangUp(response)
    return true
  }
  response.end = (chunk?: unknown): ServerResponse => {
    const whole = typeof chunk === 'string' ? Buffer.from(chunk) : null
    if (fault === 'stall') return response
    if (fault === 'cut') {
      if (whole !== null) write(whole.subarray(0, Math.floor(whole.length / 2)))
      hangUp(response)
      return response
    }
    if (fault === 'malformed') return whole === null ? end() : end(whole.fill(' ', Math.floor((whole.length * 2) / 3)))
    if (!response.headersSent) response.setHeader('content-length', 0)
    return end()
  }
}

/** Closes after what was written has left, without the end that the headers promised. */
function hangUp({ socket }: ServerResponse): void {
  socket?.destroySoon()
}

/** The first half of an event, as if the rest had been lost; what follows is in order again. */
function damagedEvent(chunk: unknown): unknown {
  return typeof chunk === 'string' ? `${chunk.trimEnd().slice(0, chunk.length / 2)}\n\n` : chunk
}
