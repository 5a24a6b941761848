import { bareHost, isLoopbackHost } from './base-url.ts'
import { hash12 } from './hash.ts'
import { issuerName } from './issuer-name.ts'
import { ownersOfEnv } from './presets.ts'
import { isOwnHost, type DeclaredProvider } from './providers.ts'
import type { GatewayConfig } from './schema.ts'
import { readReference } from './secret-reference.ts'

/** Something a config would send to a host that is not obviously the right one. */
export interface TrustProblem {
  /** Of the provider, or of the issuer whose keys are asked for. */
  readonly provider: string
  readonly host: string
  /** `credential`: a key goes there. `prompts`: no key, but the texts do. `key_set`: it is asked whose tokens count. */
  readonly what: 'credential' | 'prompts' | 'key_set'
  /** References as written, never secrets. */
  readonly references: readonly string[]
  readonly why: string
}

/**
 * What a config from a repository could leak if it were hostile: keys, or texts, sent to a host that is not the
 * provider's own. Reads declarations only; no variable and no file is opened.
 */
export function trustProblemsOf(providers: readonly DeclaredProvider[]): readonly TrustProblem[] {
  return providers.flatMap((provider) => {
    if (provider.kind === 'simulated' || !URL.canParse(provider.baseUrl)) return []
    const url = new URL(provider.baseUrl)
    const host = bareHost(url)
    const references = provider.keyReferences.filter((text) => !mayGoTo(text, provider))
    const foreign = !isOwnHost(provider.baseUrl, provider.ownHosts) && !isLoopbackHost(host)
    if (references.length === 0 && !(foreign && provider.keyReferences.length === 0)) return []
    const what = references.length > 0 ? 'credential' : 'prompts'
    return [
      { provider: provider.name, host: url.host, what, references, why: reason(provider, url, references) } as const,
    ]
  })
}

/** True when sending this key to this provider surprises nobody. */
function mayGoTo(text: string, provider: DeclaredProvider): boolean {
  const reference = readReference(text)
  const owners = reference?.kind === 'env' ? ownersOfEnv(reference.name) : []
  // A variable that is known to hold some provider's key goes to that provider only, wherever the config points.
  if (owners.length > 0) return owners.some((facts) => isOwnHost(provider.baseUrl, facts.hosts))
  if (isOwnHost(provider.baseUrl, provider.ownHosts)) return true
  // Any other variable may go to a server on this machine; a file could be anybody's private key.
  return (
    reference?.kind === 'env' && URL.canParse(provider.baseUrl) && isLoopbackHost(bareHost(new URL(provider.baseUrl)))
  )
}

function reason(provider: DeclaredProvider, url: URL, references: readonly string[]): string {
  if (references.length === 0) return `your prompts would go to ${url.host}, which is not a known provider`
  const [first] = references
  const reference = first === undefined ? undefined : readReference(first)
  const owner = reference?.kind === 'env' ? ownersOfEnv(reference.name)[0]?.hosts[0] : provider.ownHosts[0]
  const belongs = owner === undefined ? 'is not a known provider' : `is not ${owner}`
  const plain = url.protocol === 'http:' && !isLoopbackHost(bareHost(url)) ? ', unencrypted' : ''
  return `${references.join(', ')} would be sent to ${url.host}${plain}, which ${belongs}`
}

/** A host that is asked for the public keys of an issuer. */
export interface DeclaredKeySet {
  readonly issuer: string
  readonly url: string
}

/** Key sets that a config names, by issuer. */
export function declaredKeySets(config: GatewayConfig): readonly DeclaredKeySet[] {
  return (config.auth?.jwt ?? []).flatMap(({ name, issuer, jwks_url: url }) =>
    url === undefined ? [] : [{ issuer: name ?? issuerName(issuer), url }],
  )
}

/** No secret is sent for a key set, but whoever serves it says who may use the proxy, and learns where it runs. */
export function keySetProblemsOf(keySets: readonly DeclaredKeySet[]): readonly TrustProblem[] {
  return keySets.flatMap(({ issuer, url }) => {
    if (!URL.canParse(url) || isLoopbackHost(bareHost(new URL(url)))) return []
    const { host } = new URL(url)
    const why = `keys from ${host} would decide whose tokens are accepted`
    return [{ provider: issuer, host, what: 'key_set', references: [], why } as const]
  })
}

/** Names what is confirmed: everything that leaves the machine and where it goes, nothing else of the config. */
export function trustHash(
  providers: readonly DeclaredProvider[],
  dir: string,
  keySets: readonly DeclaredKeySet[] = [],
): string {
  const outbound = providers.map(({ name, kind, baseUrl, keyReferences }) => ({ name, kind, baseUrl, keyReferences }))
  return hash12({ dir, outbound, ...(keySets.length === 0 ? {} : { keySets }) })
}
