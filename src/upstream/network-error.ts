/** Codes of a connection that was there and went away. */
const RESET_CODES: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ENOTFOUND', 'the host name is not known'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['ETIMEDOUT', 'the connection timed out'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection within the time limit'],
  ['EHOSTUNREACH', 'the host can not be reached'],
  ['ENETUNREACH', 'the network can not be reached'],
  ['ADDRESS_BLOCKED', 'the host has an address that may not be called'],
  ...[...RESET_CODES].map((code): [string, string] => [code, 'the connection was closed before the answer']),
])

/** What a thrown network error is, in words without addresses or internals. */
export function describeNetworkError(error: unknown): string {
  const code = networkCode(error)
  if (code === null) return 'the connection failed'
  return SENTENCES.get(code) ?? `the connection failed (${code})`
}

/** The peer broke HTTP itself, so its answer can not be read. */
export function isProtocolError(error: unknown): boolean {
  return member(error, 'name') === 'HTTPParserError' || networkCode(error) === 'UND_ERR_HEADERS_OVERFLOW'
}

/** The connection was there and went away before an answer, as pooled ones do when the peer closes them. */
export function isReset(error: unknown): boolean {
  const code = networkCode(error)
  return code !== null && RESET_CODES.has(code)
}

function networkCode(error: unknown): string | null {
  const direct = member(error, 'code')
  if (typeof direct === 'string') return direct
  const errors = member(error, 'errors')
  if (Array.isArray(errors) && errors.length > 0) return networkCode(errors[0])
  const cause = member(error, 'cause')
  return cause === undefined ? null : networkCode(cause)
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
