/** What a Claude model accepts, as far as its name tells. */
export interface ClaudeTraits {
  /** Takes `temperature`, `top_p` and `top_k`: the models up to Opus 4.6. */
  readonly sampling: boolean
  /** Refuses `temperature` together with `top_p`. */
  readonly oneOfSampling: boolean
  /** How thinking is switched on; null for models that can not. */
  readonly thinking: 'adaptive' | 'budget' | null
  /** Knows the effort word `xhigh`. */
  readonly extraHigh: boolean
  /** Takes a JSON schema for the answer and strict tools. */
  readonly structured: boolean
  /** A limit that the model accepts, for requests that name none. */
  readonly defaultMaxTokens: number
}

/** Name before version (`claude-opus-4-6`), as all models since Claude 4; a date is not a minor version. */
const FAMILY_FIRST = /claude-([a-z]+)-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/
/** Version before name (`claude-3-5-haiku`). */
const VERSION_FIRST = /claude-(\d)(?:[-.](\d))?-[a-z]/
/** A name without a version that we know is taken for a new model. */
const NEWEST = 9_900

/** Traits by generation; dates of release stand in for what the provider does not publish in one place. */
export function claudeTraits(model: string): ClaudeTraits {
  const { version, family } = versionOf(model)
  return {
    sampling: version <= 406,
    oneOfSampling: version >= 401,
    thinking: version >= 406 ? 'adaptive' : version >= 307 ? 'budget' : null,
    extraHigh: version >= 407,
    structured: version >= 405 || (family === 'opus' && version >= 401),
    defaultMaxTokens: version >= 307 ? 32_000 : version === 305 ? 8_192 : 4_096,
  }
}

/** The version as one number: 4.6 is 406. */
function versionOf(model: string): { version: number; family: string } {
  const old = VERSION_FIRST.exec(model)
  if (old !== null) return { version: Number(old[1]) * 100 + Number(old[2] ?? 0), family: '' }
  const match = FAMILY_FIRST.exec(model)
  if (match === null) return { version: NEWEST, family: '' }
  return { version: Number(match[2]) * 100 + Number(match[3] ?? 0), family: match[1] ?? '' }
}
