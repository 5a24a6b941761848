import type { PlannedAttempt } from '../engine/decision.ts'
import type { CanonicalAnswer, StreamPart } from '../wire/canonical.ts'
import type { GatewayError } from '../wire/errors.ts'
import type { JsonObject } from '../wire/json.ts'
import type { Admission, AttemptWatch } from './ports.ts'

/** An attempt that reached its content: who serves, and whom to tell how it ends. */
interface Serving {
  readonly target: PlannedAttempt
  readonly admission: Extract<Admission, { kind: 'admitted' }>
  /** Null where health is not kept. */
  readonly watch: AttemptWatch | null
}

/** How far the attempts got: an answer, a stream whose first part has arrived, or why neither. */
export type Reached =
  | (Serving & { readonly kind: 'answer'; readonly answer: CanonicalAnswer; readonly raw: JsonObject | null })
  | (Serving & { readonly kind: 'stream'; readonly parts: AsyncIterable<StreamPart> })
  | { readonly kind: 'error'; readonly error: GatewayError; readonly refused: boolean }
  | { readonly kind: 'client_gone' }
