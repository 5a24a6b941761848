import type { UpstreamFailureClass } from './record.ts'

/**
 * What the parts of a streamed answer throw when the provider fails after the first part. It lives here because both the
 * adapters that throw it and the pipeline that catches it may import this room, but not each other.
 */
export class UpstreamStreamError extends Error {
  override readonly name = 'UpstreamStreamError'
  readonly failure: UpstreamFailureClass

  constructor(failure: UpstreamFailureClass, message: string, details: { cause?: unknown } = {}) {
    super(message, { cause: details.cause })
    this.failure = failure
  }
}
