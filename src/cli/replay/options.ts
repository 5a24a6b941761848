/** What the command line of `gateway replay` gave, as commander hands it over. */
export interface ReplayOptions {
  readonly baseline?: string
  readonly candidate: readonly string[]
  readonly set: readonly string[]
  readonly plan?: boolean
  readonly where: readonly string[]
  readonly sample?: number
  readonly shard?: string
  readonly seed: number
  readonly scorer: readonly string[]
  readonly gate: readonly string[]
  readonly strict?: boolean
  readonly maxErrors?: number
  readonly report: readonly string[]
  readonly github?: boolean
  readonly junitAll?: boolean
  readonly resume?: boolean | string
  readonly exitZero?: boolean
  readonly store: boolean
  readonly suite: string
}
