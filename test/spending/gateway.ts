import { devProject, runGateway, startDev, type DevProject, type RunningDev } from '../e2e/dev-process.ts'
import { isJsonObject, type JsonObject } from '../../src/wire/json.ts'
import { billingProvider, PRICE, type BillingOptions, type BillingProvider } from './billing-provider.ts'

/** A project whose models are served by billing providers, with the gateway in front. */
export interface Setting {
  readonly project: DevProject
  readonly provider: BillingProvider
  readonly start: (args?: readonly string[]) => Promise<RunningDev>
  /** Runs a command of the gateway to its end; fails when it does. Gives what it prints as data. */
  readonly command: (...args: readonly string[]) => Promise<JsonObject>
  /** Makes a key and gives its secret. */
  readonly newKey: (alias: string, ...more: readonly string[]) => Promise<string>
  readonly close: () => Promise<void>
}

/** The models of a provider, one for each format that it speaks, and one for vectors. */
export const MODELS = ['m-chat', 'm-messages', 'm-gemini'] as const

export interface SettingOptions extends BillingOptions {
  /** How long the gateway waits for the first content of a stream. */
  readonly firstTokenMs?: number
}

export async function setting(config: string, options: SettingOptions = {}): Promise<Setting> {
  const provider = await billingProvider(options)
  const project = await devProject(`${providersOf(provider, options.firstTokenMs ?? 30_000)}${config}`)
  const command: Setting['command'] = async (...args) => {
    const { code, stdout, stderr } = await runGateway(project, [...args, '--json'])
    if (code !== 0) throw new Error(`gateway ${args.join(' ')} ended with ${code}:\n${stderr}`)
    const data: unknown = JSON.parse(stdout)
    if (!isJsonObject(data)) throw new Error(`gateway ${args.join(' ')} printed no object`)
    return data
  }
  return {
    project,
    provider,
    start: (args = []) => startDev(project, args, { env: { LOCAL_KEY: 'sk-of-the-provider' } }),
    command,
    newKey: async (alias, ...more) => {
      const { secret } = await command('keys', 'create', '--alias', alias, ...more)
      if (typeof secret !== 'string') throw new Error(`no secret of the key "${alias}"`)
      return secret
    },
    close: async () => {
      await provider.close()
      await project.remove()
    },
  }
}

function providersOf({ url }: BillingProvider, firstTokenMs: number): string {
  const provider = (kind: string, path: string): string =>
    `{ kind: ${kind}, base_url: ${url}${path}, api_keys: ["\${LOCAL_KEY}"], max_concurrency: 256, timeouts: { first_token: ${firstTokenMs}ms, total: ${2 * firstTokenMs}ms } }`
  const model = (name: string): string =>
    `  m-${name}: { provider: up-${name}, tier: standard, context_window: 64k, max_output: 8k, price: ${PRICE} }`
  return `version: 1
providers:
  up-chat: ${provider('openai-compatible', '/v1')}
  up-messages: ${provider('anthropic', '/v1')}
  up-gemini: ${provider('gemini', '/v1beta')}
models:
${['chat', 'messages', 'gemini'].map(model).join('\n')}
  m-vectors: { provider: up-chat, kind: embedding, tier: standard, context_window: 64k, price: { input: 1, output: 0 } }
`
}
