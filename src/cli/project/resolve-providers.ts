import type { DeclaredProvider } from '../../config/providers.ts'
import { readReference } from '../../config/secret-reference.ts'
import { resolveReference, type Environment } from '../../config/secrets.ts'
import type { ProviderSettings } from '../../upstream/ports.ts'

/**
 * Reads the secrets behind the references. Only live commands call this, after the config is trusted. A provider whose
 * secret is missing stays, without a key, which is told through `warn`.
 */
export function resolveProviders(
  project: { readonly providers: readonly DeclaredProvider[]; readonly dir: string },
  env: Environment,
  warn: (text: string) => void = () => undefined,
): ProviderSettings[] {
  return project.providers.map((provider) => settingsOf(provider, { env, dir: project.dir }, warn))
}

function settingsOf(
  provider: DeclaredProvider,
  from: { readonly env: Environment; readonly dir: string },
  warn: (text: string) => void,
): ProviderSettings {
  const apiKeys: string[] = []
  for (const text of provider.keyReferences) {
    const secret = resolveReference(text, from.env, from.dir)
    if (secret === undefined) warn(missing(provider.name, text))
    else if (!apiKeys.includes(secret)) apiKeys.push(secret)
  }
  const { name, kind, baseUrl, quirks, timeouts, maxConcurrency } = provider
  return { name, kind, baseUrl, quirks, apiKeys, timeouts, maxConcurrency }
}

function missing(provider: string, text: string): string {
  const reference = readReference(text)
  const what = reference?.kind === 'env' ? `${reference.name} is not set` : `${text} is missing or empty`
  return `provider "${provider}" has no key: ${what}`
}
