/** What-if options of `gateway route` and `gateway route test`. */
export interface SituationOptions {
  readonly model?: string
  readonly as: readonly string[]
  readonly tier?: string
  readonly tag: readonly string[]
  /** In USD. */
  readonly budgetLeft?: number
  readonly health?: string
  readonly assume: readonly string[]
  readonly seed?: number
  readonly at?: string
}

export interface RouteTestOptions extends SituationOptions {
  readonly report: readonly string[]
}

export interface RouteOptions extends SituationOptions {
  readonly file?: string
  readonly fixture?: string
  readonly explain?: boolean
  readonly depth?: number
  readonly whyNot?: string
  readonly flip?: boolean
  readonly compare?: string
  readonly expect?: string
}
