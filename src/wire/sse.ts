/** One event of a server-sent event stream. */
export interface SseEvent {
  /** Value of the `event:` line; null without one. */
  readonly event: string | null
  readonly data: string
}

/** Characters of one event. Images travel as base64 in a single event, so the limit has to be generous. */
const MAX_SSE_EVENT_CHARS = 16 * 1024 * 1024

/** Thrown when one event, finished or not, is larger than the parser may hold. */
export class SseOverflowError extends Error {
  override readonly name = 'SseOverflowError'
}

/** An event as its own block, in one write. A payload with line breaks becomes several data lines. */
export function sseData(payload: string): string {
  if (!payload.includes('\n') && !payload.includes('\r')) return `data: ${payload}\n\n`
  return `${payload
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}`)
    .join('\n')}\n\n`
}

/** A named event; the payload is one line, as JSON always is. */
export function sseEvent(event: string, payload: string): string {
  return `event: ${event}\n${sseData(payload)}`
}

/** A comment in a block of its own: some clients lose an event that a comment is glued to. */
export const SSE_KEEP_ALIVE = ': keep-alive\n\n'

export const SSE_DONE = sseData('[DONE]')

/**
 * Incremental parser: text in pieces of any size, events out. Time is linear in the text however it is cut, because every
 * character is scanned once and pieces of an unfinished line are joined once.
 */
export class SseParser {
  readonly #maxEventChars: number
  /** Pieces of the line that has no end yet. */
  #pieces: string[] = []
  #pieceChars = 0
  #data: string[] = []
  #event: string | null = null
  /** Characters held for the event that is not finished yet. */
  #held = 0
  #atStart = true
  /** The last piece ended in CR: an LF at the start of the next one belongs to the same line end. */
  #afterCr = false

  constructor(maxEventChars: number = MAX_SSE_EVENT_CHARS) {
    this.#maxEventChars = maxEventChars
  }

  /** Events that became complete. Throws `SseOverflowError`; the parser is of no use after that. */
  push(text: string): SseEvent[] {
    const events: SseEvent[] = []
    if (text === '') return events
    let position = this.#start(text)
    // A terminator that was looked for and not found yet is kept: looking again from each line would be quadratic.
    let lf = text.indexOf('\n', position)
    let cr = text.indexOf('\r', position)
    while (lf !== -1 || cr !== -1) {
      const atCr = cr !== -1 && (lf === -1 || cr < lf)
      const end = atCr ? cr : lf
      this.#line(this.#takeLine(text.slice(position, end)), events)
      position = end + 1
      if (atCr && position === text.length) this.#afterCr = true
      else if (atCr && lf === position) position += 1
      if (lf !== -1 && lf < position) lf = text.indexOf('\n', position)
      if (cr !== -1 && cr < position) cr = text.indexOf('\r', position)
    }
    if (position < text.length) this.#hold(text.slice(position))
    return events
  }

  /** The event still open when the stream ended, if it has data; the caller decides whether the data is whole. */
  end(): SseEvent | null {
    const events: SseEvent[] = []
    if (this.#pieces.length > 0) this.#line(this.#takeLine(''), events)
    this.#line('', events)
    return events[0] ?? null
  }

  #start(text: string): number {
    let position = 0
    if (this.#atStart) {
      this.#atStart = false
      if (text.startsWith('\uFEFF')) position = 1
    }
    if (this.#afterCr) {
      this.#afterCr = false
      if (text.startsWith('\n')) position = 1
    }
    return position
  }

  #takeLine(tail: string): string {
    if (this.#pieces.length === 0) return tail
    this.#pieces.push(tail)
    const line = this.#pieces.join('')
    this.#pieces = []
    this.#held -= this.#pieceChars
    this.#pieceChars = 0
    return line
  }

  #hold(piece: string): void {
    this.#pieces.push(piece)
    this.#pieceChars += piece.length
    this.#count(piece.length)
  }

  #count(chars: number): void {
    this.#held += chars
    if (this.#held > this.#maxEventChars) {
      throw new SseOverflowError(`an event of the stream is larger than ${this.#maxEventChars} characters`)
    }
  }

  #line(line: string, events: SseEvent[]): void {
    if (line === '') {
      if (this.#data.length > 0) events.push({ event: this.#event, data: this.#data.join('\n') })
      this.#data = []
      this.#event = null
      this.#held = 0
      return
    }
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon === -1 ? line : line.slice(0, colon)
    const skip = line.startsWith(' ', colon + 1) ? 2 : 1
    const value = colon === -1 ? '' : line.slice(colon + skip)
    if (field === 'data') {
      // One more for the line end, so that endless empty data lines reach the limit as well.
      this.#count(value.length + 1)
      this.#data.push(value)
    } else if (field === 'event') this.#event = value === '' ? null : value
  }
}
