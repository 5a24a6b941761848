/** Bounds on what one client may send and hold. Times in milliseconds, sizes in bytes. */
export interface ProxyLimits {
  readonly maxBodyBytes: number
  readonly maxHeaderBytes: number
  /** Nesting of arrays and objects in a body. */
  readonly maxJsonDepth: number
  readonly headersTimeoutMs: number
  /** From the first byte of a request to the last byte of its body. */
  readonly requestTimeoutMs: number
  /** How often Node looks for connections that broke one of the two limits above. */
  readonly timeoutCheckMs: number
  readonly keepAliveTimeoutMs: number
  /** A connection on which nothing moves for so long is closed, whatever it is waiting for. */
  readonly socketIdleMs: number
  /** A client that does not read its answer for so long is cut off. */
  readonly writeStallMs: number
  /** Pause after which a comment is sent on an open event stream. */
  readonly heartbeatMs: number
  readonly maxConnections: number
}

export const DEFAULT_LIMITS: ProxyLimits = {
  maxBodyBytes: 32 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxJsonDepth: 200,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  timeoutCheckMs: 1_000,
  keepAliveTimeoutMs: 30_000,
  socketIdleMs: 15 * 60_000,
  writeStallMs: 60_000,
  heartbeatMs: 12_000,
  maxConnections: 4_096,
}
