/** Outcomes of several models on one fixture. Scores are 0..1; costs integer nano-dollars. */
export interface OutcomeRow {
  readonly fixture: string
  readonly outcomes: Readonly<Record<string, { readonly score: number; readonly costNanoUsd: number }>>
  /** Input tokens, for the length-only router; null when unknown. */
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

/** A config is one point: it has no threshold to sweep, so curve figures (APGR, CPT, AIQ of its own) do not exist for it. */
export interface ConfigPoint extends RouterPoint {
  /** Fixtures where the chosen model's outcome is on record, of all that were used. Means are over those. */
  readonly covered: number
  readonly of: number
  /** The figures below need full coverage, else they are null. */
  /** Performance gap recovered: (quality − weak) / (strong − weak), weak = cheapest model, strong = best. Null without a gap. */
  readonly gapRecovered: number | null
  /** Its quality minus that of the random mix of single models at the same cost; null when cheaper than any mix. */
  readonly aboveZeroRouter: number | null
  /** Cost of the random mix with the same quality, minus its own cost; null when no mix is that good. */
  readonly savedNanoUsd: number | null
  /** Cost relative to the best single model, if the quality is at least as good; null for "none". */
  readonly qnc: number | null
  /** Area under the hull of the single models and this point, divided by the cost range; null without a range. */
  readonly aiqWithModels: number | null
}

/** A router with a swept threshold: here the share of requests, longest first, that goes to the strong model. */
export interface CurveFigures {
  readonly name: string
  /** At 0, 10, … 100 % calls to the strong model. */
  readonly points: readonly { readonly strongShare: number; readonly quality: number; readonly costNanoUsd: number }[]
  /** Average performance gap recovered: trapezoid over these 11 points. A coin toss has 0.5. Null without a gap. */
  readonly apgr: number | null
  /** Least share of strong calls that recovers half, and four fifths, of the gap. A coin toss needs 0.5 and 0.8. */
  readonly cpt50: number | null
  readonly cpt80: number | null
  /** As for a config, over every threshold. */
  readonly qnc: number | null
}

export interface RouterFigures {
  /** Fixtures with an outcome for every model below, of all fixtures. */
  readonly fixtures: number
  readonly of: number
  readonly configs: readonly ConfigPoint[]
  /** Every single model, cheapest first. */
  readonly models: readonly RouterPoint[]
  readonly alwaysCheapest: RouterPoint
  /** Best mean quality; the cheaper one when equal. */
  readonly alwaysBest: RouterPoint
  /** Per fixture the best score at the least cost. */
  readonly oracle: RouterPoint
  /** Corners of the non-decreasing convex hull of the single models: what random mixing (the Zero router) reaches. */
  readonly zeroRouter: readonly RouterPoint[]
  /** Average improvement in quality of the Zero router: area under that hull between the cheapest and the dearest model, divided by the cost range. Null when all cost the same. */
  readonly aiq: number | null
  /** Null when input lengths are unknown. */
  readonly lengthOnly: CurveFigures | null
}
