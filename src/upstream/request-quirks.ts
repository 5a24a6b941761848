/** How a provider's chat requests differ from OpenAI's own. */
export interface RequestQuirks {
  /** The name under which the output limit is understood. */
  readonly outputLimitName: 'max_completion_tokens' | 'max_tokens'
  /** False where only the older `system` role is known. */
  readonly developerRole: boolean
  /** False where usage comes without asking and the member is refused. */
  readonly streamOptions: boolean
  readonly renamed: Readonly<Record<string, string>>
  /** Word for "some tool has to be called". */
  readonly toolChoiceRequired: 'required' | 'any'
  /** Takes the extensions that carry seals of providers; others are sent the talk without them. */
  readonly seals: boolean
  /** Has the newer `/responses` as well, with the tools that the provider runs itself. */
  readonly responses: boolean
  /** Members that the provider has no place for; they are left out and reported. */
  readonly dropped: readonly string[]
}

const OPENAI: RequestQuirks = {
  outputLimitName: 'max_completion_tokens',
  developerRole: true,
  streamOptions: true,
  renamed: {},
  toolChoiceRequired: 'required',
  seals: false,
  responses: true,
  dropped: [],
}

const COMPATIBLE: RequestQuirks = {
  ...OPENAI,
  outputLimitName: 'max_tokens',
  developerRole: false,
  seals: true,
  responses: false,
}

const BY_NAME: ReadonlyMap<string, RequestQuirks> = new Map([
  [
    'mistral',
    {
      ...COMPATIBLE,
      streamOptions: false,
      renamed: { seed: 'random_seed' },
      toolChoiceRequired: 'any' as const,
      dropped: ['logprobs', 'top_logprobs', 'logit_bias'],
    },
  ],
  ['groq', { ...COMPATIBLE, dropped: ['n', 'logprobs', 'top_logprobs', 'logit_bias'] }],
  ['ollama', { ...COMPATIBLE, dropped: ['tool_choice', 'logprobs', 'top_logprobs', 'logit_bias', 'n', 'user'] }],
])

/** The quirks of a provider; a compatible host without a name of its own gets the common denominator. */
export function requestQuirks(kind: string, quirks: string | null): RequestQuirks {
  if (kind === 'openai') return OPENAI
  return (quirks === null ? undefined : BY_NAME.get(quirks)) ?? COMPATIBLE
}
