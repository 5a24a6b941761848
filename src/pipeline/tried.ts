import type { GatewayError } from '../wire/errors.ts'
import type { UpstreamFailure } from './ports.ts'
import type { Reached } from './reached.ts'

/** What one attempt came to: the end of the exchange, or a failure that the table is asked about. */
export type Tried =
  | { readonly kind: 'end'; readonly reached: Reached }
  | { readonly kind: 'failed'; readonly result: UpstreamFailure }
  /** Another request shut the target a moment before; it was not called. */
  | { readonly kind: 'shut' }
  /** A budget keeps this target out; it was not called. */
  | { readonly kind: 'unaffordable'; readonly error: GatewayError }

/** The exchange has come to its end. */
export function end(reached: Reached): Tried {
  return { kind: 'end', reached }
}

/** The end of an exchange that nobody answered. */
export function failed(error: Extract<Reached, { kind: 'error' }>['error']): Reached {
  return { kind: 'error', error, refused: false }
}
