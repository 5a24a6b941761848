/** What a Gemini model accepts, as far as its name tells. */
export interface GeminiTraits {
  /** How thinking is set: a level, a budget with its bounds, or not at all. */
  readonly thinking: 'level' | 'budget' | null
  /** Least and most thinking tokens; thinking can be switched off where the least is 0. */
  readonly budget: readonly [least: number, most: number]
  /** Levels that the model knows, weakest first. */
  readonly levels: readonly string[]
  /** Takes a schema for the answer together with tools. */
  readonly schemaWithTools: boolean
  /** Checks the seals of calls in the talk. */
  readonly checksSeals: boolean
  /** Fetches files from any https address. */
  readonly fetchesUrls: boolean
}

const VERSION = /gemini-(\d+)(?:\.(\d+))?/
/** A name without a version, such as `gemini-flash-latest`, is taken for a new model. */
const NEWEST = 9_900

/** Traits by generation and size. */
export function geminiTraits(model: string): GeminiTraits {
  const match = VERSION.exec(model)
  const isGemini = model.includes('gemini')
  const version = match === null ? (isGemini ? NEWEST : 0) : Number(match[1]) * 100 + Number(match[2] ?? 0)
  const pro = model.includes('pro')
  return {
    thinking: version >= 300 ? 'level' : version >= 205 ? 'budget' : null,
    budget: pro ? [128, 32_768] : [0, 24_576],
    levels: pro ? (version >= 301 ? ['low', 'medium', 'high'] : ['low', 'high']) : ['minimal', 'low', 'medium', 'high'],
    schemaWithTools: version >= 300,
    checksSeals: version >= 300,
    fetchesUrls: version >= 205,
  }
}
