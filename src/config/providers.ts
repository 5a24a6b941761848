import { bareHost } from './base-url.ts'
import { defaultMs } from './compile.ts'
import { DEFAULTS } from './defaults.ts'
import { factsOf, KIND_FACTS, PRESETS, type ProviderFacts, type ProviderKind } from './presets.ts'
import type { GatewayConfig, ProviderConfig } from './schema.ts'
import { referencePresent, type Environment } from './secrets.ts'

/** A provider as declared, presets and defaults filled in. Keys are references; nothing is resolved. */
export interface DeclaredProvider {
  readonly name: string
  readonly kind: ProviderKind
  readonly baseUrl: string
  readonly quirks: string | null
  /** `${NAME}` or `file:path`. */
  readonly keyReferences: readonly string[]
  readonly timeouts: {
    readonly connectMs: number
    readonly firstTokenMs: number
    readonly idleMs: number
    readonly totalMs: number
  }
  readonly maxConcurrency: number
  /** Vendor of its models in the catalogue. */
  readonly vendor: string | null
  /** Hosts that may get its key without a question. */
  readonly ownHosts: readonly string[]
  /** False: its own host answers nobody without a key. */
  readonly keyless: boolean
}

/** The simulated provider that stands in when nothing is configured. */
const SIMULATED_NAME = 'simulated'

/** The providers of a config, in file order. */
export function declareProviders(config: GatewayConfig): readonly DeclaredProvider[] {
  return Object.entries(config.providers ?? {}).map(([name, provider]) => declare(name, provider))
}

/** The stand-in for a project without providers and without keys in the environment. */
export function simulatedProvider(): DeclaredProvider {
  return declare(SIMULATED_NAME, { kind: 'simulated' })
}

function declare(name: string, provider: ProviderConfig): DeclaredProvider {
  const facts = factsOf(provider)
  const baseUrl = (provider.base_url ?? facts.baseUrl ?? '').replace(/\/+$/, '')
  const own = isOwnHost(baseUrl, facts.hosts)
  const defaults = DEFAULTS.provider.timeouts
  return {
    name,
    kind: facts.kind,
    baseUrl,
    quirks: provider.quirks ?? facts.quirks,
    keyReferences: provider.api_keys ?? (own ? usualKey(facts) : []),
    timeouts: {
      connectMs: provider.timeouts?.connect ?? defaultMs(defaults.connect),
      firstTokenMs: provider.timeouts?.first_token ?? defaultMs(defaults.first_token),
      idleMs: provider.timeouts?.idle ?? defaultMs(defaults.idle),
      totalMs: provider.timeouts?.total ?? defaultMs(defaults.total),
    },
    maxConcurrency: provider.max_concurrency ?? DEFAULTS.provider.max_concurrency,
    vendor: facts.vendor,
    ownHosts: facts.hosts,
    keyless: !own || facts.envNames.length === 0,
  }
}

/** A provider on its own host needs no `api_keys` line: the variable that everybody uses is meant. */
function usualKey(facts: ProviderFacts): readonly string[] {
  const [envName] = facts.envNames
  return envName === undefined ? [] : [`\${${envName}}`]
}

/** True when the URL leads to one of the hosts, over https or to this machine. */
export function isOwnHost(baseUrl: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(baseUrl)) return false
  const url = new URL(baseUrl)
  const host = bareHost(url)
  const matches = hosts.some((own) => {
    const bare = own.replace(/^\[|\]$/g, '')
    return bare.startsWith('*.') ? host.endsWith(bare.slice(1)) : host === bare
  })
  return matches && (url.protocol === 'https:' || ['localhost', '127.0.0.1', '::1'].includes(host))
}

/** True when a call could be authenticated. For offline commands a declared reference counts as present. */
export function hasCredentials(
  provider: DeclaredProvider,
  check: { env: Environment; dir: string } | 'declared',
): boolean {
  if (check === 'declared') return provider.keyless || provider.keyReferences.length > 0
  if (provider.keyReferences.length === 0) return provider.keyless
  return provider.keyReferences.some((reference) => referencePresent(reference, check.env, check.dir))
}

/** Which variables add a provider when no config declares any. Order settles who is preferred. */
const FROM_ENVIRONMENT: readonly {
  readonly name: string
  readonly facts: ProviderFacts
  readonly config: ProviderConfig
}[] = [
  { name: 'openai', facts: KIND_FACTS.openai, config: { kind: 'openai' } },
  { name: 'anthropic', facts: KIND_FACTS.anthropic, config: { kind: 'anthropic' } },
  { name: 'google', facts: KIND_FACTS.gemini, config: { kind: 'gemini' } },
  { name: 'mistral', facts: PRESETS.mistral, config: { preset: 'mistral' } },
  { name: 'deepseek', facts: PRESETS.deepseek, config: { preset: 'deepseek' } },
  { name: 'alibaba', facts: PRESETS.qwen, config: { preset: 'qwen' } },
  { name: 'groq', facts: PRESETS.groq, config: { preset: 'groq' } },
  { name: 'xai', facts: PRESETS.xai, config: { preset: 'xai' } },
  { name: 'cohere', facts: PRESETS.cohere, config: { preset: 'cohere' } },
  { name: 'together', facts: PRESETS.together, config: { preset: 'together' } },
  { name: 'openrouter', facts: PRESETS.openrouter, config: { preset: 'openrouter' } },
]

/** Providers whose usual variable is set. Only whether it is set is looked at. */
export function environmentProviders(env: Environment): readonly DeclaredProvider[] {
  return FROM_ENVIRONMENT.flatMap(({ name, facts, config }) => {
    const envName = facts.envNames.find((one) => (env[one] ?? '').trim() !== '')
    return envName === undefined ? [] : [declare(name, { ...config, api_keys: [`\${${envName}}`] })]
  })
}
