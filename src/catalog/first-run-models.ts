/**
 * Models that the bundled simulated provider stands in for when nothing is configured: three well-known current models
 * for each tier, from several vendors, so that a first run shows real names, windows and prices, and an embedding model of
 * each vendor that has one. The answers are simulated and say so.
 */
export const FIRST_RUN_MODELS: readonly { readonly vendor: string; readonly id: string }[] = [
  { vendor: 'openai', id: 'gpt-5-nano' },
  { vendor: 'google', id: 'gemini-2.5-flash-lite' },
  { vendor: 'mistral', id: 'mistral-small-2603' },
  { vendor: 'openai', id: 'gpt-5.4-mini' },
  { vendor: 'anthropic', id: 'claude-haiku-4-5' },
  { vendor: 'alibaba', id: 'qwen3-coder-plus' },
  { vendor: 'openai', id: 'gpt-5.5' },
  { vendor: 'anthropic', id: 'claude-opus-4-8' },
  { vendor: 'google', id: 'gemini-3.1-pro-preview' },
  { vendor: 'openai', id: 'text-embedding-3-small' },
  { vendor: 'google', id: 'gemini-embedding-001' },
  { vendor: 'mistral', id: 'mistral-embed' },
]
