/** A gate as written in `replay.gates` of a config. Amounts are numbers or texts such as `5%`, `3pp`, `$0.50`, `900ms`. */
export interface GateObject {
  readonly metric: string
  readonly where?: WhereObject | undefined
  /** Largest allowed increase: relative for money, time and tokens, in points for shares. */
  readonly max_increase?: number | string | undefined
  /** Largest allowed value of the candidate. */
  readonly max?: number | string | undefined
  /** Smallest allowed value of the candidate. */
  readonly min?: number | string | undefined
  /** Margin in score points for a metric where more is better. */
  readonly non_inferior?: number | string | undefined
  readonly level?: 'error' | 'warn' | undefined
  readonly on_inconclusive?: 'pass' | 'warn' | 'fail' | undefined
  /** `traffic` (default) judges by the interval, `fixtures` by the plain numbers of exactly these fixtures. */
  readonly scope?: 'traffic' | 'fixtures' | undefined
}

export type WhereKey = 'intent' | 'tag' | 'tier' | 'model'

export type WhereObject = Readonly<Partial<Record<WhereKey, string | readonly string[] | undefined>>>

/** A filter over pairs; all present members must hold, a list holds when any entry matches. Tier and model are the baseline's. */
export type Where = Readonly<Partial<Record<WhereKey, readonly string[]>>>

/** One bound of a gate. `limit` is in the metric's unit: nano-dollars, milliseconds, shares or scores 0..1, factors for relative increases. */
export type GateBound =
  | { readonly kind: 'max_increase'; readonly limit: number; readonly relative: boolean }
  | { readonly kind: 'max'; readonly limit: number }
  | { readonly kind: 'min'; readonly limit: number }
  | { readonly kind: 'non_inferior'; readonly margin: number }

/** A checked gate. */
export interface Gate {
  readonly metric: string
  readonly where: Where
  /** At least one; all must hold. */
  readonly bounds: readonly GateBound[]
  readonly level: 'error' | 'warn'
  readonly onInconclusive: 'pass' | 'warn' | 'fail'
  readonly scope: 'traffic' | 'fixtures'
  /** Where it was written, for annotations. */
  readonly origin?: { readonly file: string; readonly line: number }
}

/** Why a gate came out as it did, with the numbers that decided. Changes are in the metric's unit, see `GateBound`. */
export type GateReason =
  | {
      readonly code: 'bound_kept' | 'bound_broken'
      readonly bound: GateBound
      readonly value: number
      readonly low: number | null
      readonly high: number | null
    }
  | {
      readonly code: 'interval_straddles'
      readonly bound: GateBound
      readonly value: number
      readonly low: number
      readonly high: number
      /** Pairs needed at this variance: for non-inferiority if the arms are alike, else if the value stays; null when more pairs would not help. */
      readonly neededPairs: number | null
      readonly pairs: number
    }
  | {
      /** Worse on its own, but not after the correction for looking at several candidates. */
      readonly code: 'not_after_holm'
      readonly bound: GateBound
      readonly value: number
      readonly adjustedP: number
      readonly candidates: number
    }
  | { readonly code: 'not_measured'; readonly metric: string; readonly measured: number; readonly of: number }
  /** No fixture has a value: nothing recorded, or a misspelt score. */
  | { readonly code: 'nothing_recorded'; readonly metric: string }
  | { readonly code: 'not_compared'; readonly metric: string }
  | { readonly code: 'estimates_refused'; readonly estimated: number; readonly of: number }
  | { readonly code: 'no_fixtures' }

export type GateStatus = 'pass' | 'warn' | 'fail' | 'undecided'

export interface GateResult {
  /** Stable text of the gate, such as `quality.score{intent=code} non-inferior 0.05`. */
  readonly label: string
  readonly gate: Gate
  /** Unit of the metric, for amounts in `reason`. */
  readonly unit: 'nano_usd' | 'ms' | 'score' | 'share' | 'tokens'
  readonly status: GateStatus
  /** What this result alone does to the exit code. */
  readonly exit: 0 | 1 | 4
  /** The reason of the bound that decided. */
  readonly reason: GateReason
}
