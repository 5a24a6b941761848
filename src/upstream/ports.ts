/** One provider as the adapters need it, with secrets resolved. Made by the composition root from the config. */
export interface ProviderSettings {
  readonly name: string
  readonly kind: 'openai' | 'anthropic' | 'gemini' | 'openai-compatible' | 'simulated'
  /** Without a trailing slash; for OpenAI kinds it ends before `/chat/completions`. Empty for `simulated`. */
  readonly baseUrl: string
  readonly quirks: string | null
  readonly apiKeys: readonly string[]
  readonly timeouts: {
    readonly connectMs: number
    readonly firstTokenMs: number
    readonly idleMs: number
    readonly totalMs: number
  }
  readonly maxConcurrency: number
}
