import type { Act } from './fault-upstream.ts'
import type { Speech } from './speech.ts'

/** What the client gets: the whole answer, an error of a status, or an error inside the stream. */
export type Expected = 'whole' | 'late_error' | `error ${number}`

export interface Fault {
  readonly name: string
  /** Null: nobody listens. */
  readonly act: Act | null
  /** With the faulty provider alone. */
  readonly alone: Expected | { readonly stream: Expected; readonly whole: Expected }
  /** With a second provider in good health. Default: its whole answer. */
  readonly rescued?: Expected | { readonly stream: Expected; readonly whole: Expected }
  /** Bounds of the wait that the client is told when there is no second provider. */
  readonly told?: readonly [least: number, most: number]
  /** Keys of the faulty provider. Default: one. */
  readonly keys?: readonly string[]
  /** The one format that has this fault. Default: all have it. */
  readonly only?: Speech['kind']
}
