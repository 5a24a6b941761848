import type { IncomingMessage } from 'node:http'

/** All values of a header as they were sent. Node's `headers` keeps only the first of many, which hides a second `Host`. */
export function headerValues(request: IncomingMessage, name: string): string[] {
  const values: string[] = []
  const raw = request.rawHeaders
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const sent = raw[at] ?? ''
    // By length first: this runs for every header of a request many times over.
    if (sent.length === name.length && sent.toLowerCase() === name) values.push(raw[at + 1] ?? '')
  }
  return values
}
