/** Outcomes of several models on one fixture. Scores are 0..1; costs integer nano-dollars. */
export interface OutcomeRow {
  readonly fixture: string
  readonly outcomes: Readonly<Record<string, { readonly score: number; readonly costNanoUsd: number }>>
  /** Estimated input tokens, for the length-only router; null when unknown. */
  readonly inputTokens: number | null
  /** Model that each config under test chose; null when it refused. Keys are config names. */
  readonly choices: Readonly<Record<string, string | null>>
}

/** Mean quality and cost per request over the fixtures used. */
export interface RouterPoint {
  readonly name: string
  /** Mean score, 0..1. */
  readonly quality: number
  /** Mean cost per request in nano-dollars. */
  readonly costNanoUsd: number
}

/** Where a single-point config stands relative to the alternatives that need no intelligence. */
export interface ConfigPoint extends RouterPoint {
  /** Fixtures where the chosen model's outcome is on record, of all that were used. */
  readonly covered: number
  readonly of: number
  /** Its quality minus that of a random mix of single models at the same cost; null below the cheapest model's cost. */
  readonly aboveZeroRouter: number | null
  /** Cost of the random mix that reaches its quality, minus its own; null when no mix reaches it. */
  readonly savedOverZeroRouterNanoUsd: number | null
  /** Performance gap recovered between the weak and the strong model, 1 = the strong model's quality. Null without a gap. */
  readonly gapRecovered: number | null
  /** Cost relative to always using the best single model, when its quality is at least as good; null otherwise. */
  readonly relativeCostAtBestQuality: number | null
}

/** The curve of a router that sends the longest prompts to the strong model, threshold swept. */
export interface CurveFigures {
  readonly name: string
  /** From all calls to the weak model to all to the strong one. */
  readonly points: readonly { readonly strongShare: number; readonly quality: number; readonly costNanoUsd: number }[]
  /** Average performance gap recovered, trapezoid over 11 shares of strong calls. Null without a gap. */
  readonly apgr: number | null
  /** Least share of strong calls that recovers half (four fifths) of the gap; null when never. */
  readonly cpt50: number | null
  readonly cpt80: number | null
}

export interface RouterFigures {
  /** Fixtures with an outcome for every model in `models`. */
  readonly fixtures: number
  readonly of: number
  readonly configs: readonly ConfigPoint[]
  /** Every single model, cheapest first. */
  readonly models: readonly RouterPoint[]
  readonly alwaysCheapest: RouterPoint
  readonly alwaysBest: RouterPoint
  /** Per fixture the best score at the least cost. */
  readonly oracle: RouterPoint
  /** Corners of the non-decreasing convex hull of single models: what random mixing reaches. */
  readonly zeroRouter: readonly RouterPoint[]
  /** Area under that hull over cost, divided by the cost range: mean quality of the mix; null when all models cost the same. */
  readonly aiq: number | null
  /** Area for hull plus the config's own point (a config mixed with single models). Keys are config names. */
  readonly aiqWithConfig: Readonly<Record<string, number>>
  readonly lengthOnly: CurveFigures | null
  /** A coin toss between weak and strong: the diagonal to beat. */
  readonly random: CurveFigures | null
  /** Least cost relative to always-best that reaches its quality, over single models and configs; null for none. */
  readonly qnc: { readonly name: string; readonly relativeCost: number } | null
}
