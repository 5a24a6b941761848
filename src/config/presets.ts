export type ProviderKind = 'openai' | 'anthropic' | 'gemini' | 'openai-compatible' | 'simulated'

/** What is known of a provider: enough to reach it, and to notice when a config sends its key elsewhere. */
export interface ProviderFacts {
  readonly kind: ProviderKind
  /** Without a trailing slash. Null: the config must say it. */
  readonly baseUrl: string | null
  /** Deviations from the OpenAI API that the adapter handles. */
  readonly quirks: string | null
  /** Environment variables that usually hold its key; the first is the one to recommend. Empty: it needs none. */
  readonly envNames: readonly string[]
  /** Hosts that may get its key without a question. `*.` in front covers subdomains. */
  readonly hosts: readonly string[]
  /** Provider name in models.dev, by which catalogue rows are found; null when models are the user's own. */
  readonly vendor: string | null
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'] as const

const compatible = (
  quirks: string,
  baseUrl: string,
  rest: Pick<ProviderFacts, 'envNames' | 'hosts' | 'vendor'>,
): ProviderFacts => ({ kind: 'openai-compatible', baseUrl, quirks, ...rest })

const local = (quirks: string, port: number): ProviderFacts =>
  compatible(quirks, `http://127.0.0.1:${port}/v1`, { envNames: [], hosts: LOOPBACK, vendor: null })

/** Facts of the kinds that name a provider by themselves. */
export const KIND_FACTS = {
  openai: {
    kind: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    quirks: null,
    envNames: ['OPENAI_API_KEY'],
    hosts: ['api.openai.com', '*.api.openai.com'],
    vendor: 'openai',
  },
  anthropic: {
    kind: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    quirks: null,
    envNames: ['ANTHROPIC_API_KEY'],
    hosts: ['api.anthropic.com'],
    vendor: 'anthropic',
  },
  gemini: {
    kind: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    quirks: null,
    envNames: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    hosts: ['generativelanguage.googleapis.com'],
    vendor: 'google',
  },
  'openai-compatible': {
    kind: 'openai-compatible',
    baseUrl: null,
    quirks: null,
    envNames: [],
    hosts: [],
    vendor: null,
  },
  simulated: { kind: 'simulated', baseUrl: '', quirks: null, envNames: [], hosts: [], vendor: null },
} as const satisfies Record<ProviderKind, ProviderFacts>

/** A preset fills kind, base_url and quirks of a provider with an OpenAI-compatible API. */
export const PRESETS = {
  deepseek: compatible('deepseek', 'https://api.deepseek.com/v1', {
    envNames: ['DEEPSEEK_API_KEY'],
    hosts: ['api.deepseek.com'],
    vendor: 'deepseek',
  }),
  qwen: compatible('qwen', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', {
    envNames: ['DASHSCOPE_API_KEY'],
    hosts: ['dashscope-intl.aliyuncs.com', 'dashscope.aliyuncs.com'],
    vendor: 'alibaba',
  }),
  mistral: compatible('mistral', 'https://api.mistral.ai/v1', {
    envNames: ['MISTRAL_API_KEY'],
    hosts: ['api.mistral.ai', 'codestral.mistral.ai'],
    vendor: 'mistral',
  }),
  openrouter: compatible('openrouter', 'https://openrouter.ai/api/v1', {
    envNames: ['OPENROUTER_API_KEY'],
    hosts: ['openrouter.ai'],
    vendor: 'openrouter',
  }),
  groq: compatible('groq', 'https://api.groq.com/openai/v1', {
    envNames: ['GROQ_API_KEY'],
    hosts: ['api.groq.com'],
    vendor: 'groq',
  }),
  xai: compatible('xai', 'https://api.x.ai/v1', { envNames: ['XAI_API_KEY'], hosts: ['api.x.ai'], vendor: 'xai' }),
  together: compatible('together', 'https://api.together.xyz/v1', {
    envNames: ['TOGETHER_API_KEY'],
    hosts: ['api.together.xyz'],
    vendor: 'togetherai',
  }),
  cohere: compatible('cohere', 'https://api.cohere.ai/compatibility/v1', {
    envNames: ['COHERE_API_KEY', 'CO_API_KEY'],
    hosts: ['api.cohere.ai', 'api.cohere.com'],
    vendor: 'cohere',
  }),
  'gemini-openai': compatible('gemini', 'https://generativelanguage.googleapis.com/v1beta/openai', {
    envNames: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    hosts: ['generativelanguage.googleapis.com'],
    vendor: 'google',
  }),
  ollama: local('ollama', 11_434),
  vllm: local('vllm', 8_000),
  lmstudio: local('lmstudio', 1_234),
} as const satisfies Record<string, ProviderFacts>

type PresetName = keyof typeof PRESETS

export const PROVIDER_KINDS: readonly ProviderKind[] = [
  'openai',
  'anthropic',
  'gemini',
  'openai-compatible',
  'simulated',
]

/** Names of the quirk sets that a config may ask for. */
export const QUIRKS: readonly string[] = [
  ...new Set(Object.values(PRESETS).map((preset) => preset.quirks ?? '')),
].filter((quirks) => quirks !== '')

function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name)
}

/** Facts for a declaration: its preset, else the facts that belong to its quirks, else those of its kind. */
export function factsOf(declared: {
  kind?: string | undefined
  preset?: string | undefined
  quirks?: string | undefined
}): ProviderFacts {
  if (declared.preset !== undefined && isPresetName(declared.preset)) return PRESETS[declared.preset]
  const kind = PROVIDER_KINDS.find((known) => known === declared.kind) ?? 'openai-compatible'
  if (kind !== 'openai-compatible') return KIND_FACTS[kind]
  const byQuirks = Object.values(PRESETS).find((preset) => preset.quirks === declared.quirks)
  return byQuirks === undefined ? KIND_FACTS[kind] : { ...byQuirks, baseUrl: null }
}

/** Every environment variable that is known to hold some provider's key, with the hosts that may get it. */
export function ownersOfEnv(envName: string): readonly ProviderFacts[] {
  const all: readonly ProviderFacts[] = [...Object.values(KIND_FACTS), ...Object.values(PRESETS)]
  return all.filter((facts) => facts.envNames.includes(envName))
}
