import type { RoutingConfig } from '../engine/routing-config.ts'
import type { Matrix } from '../engine/matrix.ts'

/** A loaded project: the validated config with all that is derived from it. No secret is resolved in here. */
export interface Project {
  /** Null when no config file was found and the bundled defaults apply. */
  readonly file: string | null
  /** Directory that holds `.gateway/`. */
  readonly dir: string
  readonly routing: RoutingConfig
  readonly matrix: Matrix
  /** Things to tell the user once. */
  readonly warnings: readonly string[]
}
