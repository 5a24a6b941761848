import { z } from 'zod'
import { DEFAULTS } from './defaults.ts'
import { PRESETS, PROVIDER_KINDS, QUIRKS } from './presets.ts'
import { count, fraction, isoDate, name, picoPerToken, positiveMs, texts, tokenCount } from './scalars.ts'

const timeouts = z.strictObject({
  connect: positiveMs.optional().meta({ default: DEFAULTS.provider.timeouts.connect }),
  first_token: positiveMs.optional().meta({ default: DEFAULTS.provider.timeouts.first_token }),
  idle: positiveMs.optional().meta({ default: DEFAULTS.provider.timeouts.idle }),
  total: positiveMs.optional().meta({ default: DEFAULTS.provider.timeouts.total }),
})

const providerSchema = z
  .strictObject({
    kind: z.enum(PROVIDER_KINDS).optional(),
    preset: z.enum(Object.keys(PRESETS)).optional().meta({ description: 'fills kind, base_url and quirks' }),
    base_url: z.string().optional().meta({ description: 'http or https, usually ending in /v1' }),
    quirks: z.enum(QUIRKS).optional(),
    api_keys: z
      .array(z.string().meta({ pattern: '^(\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}|file:.+)$' }))
      .optional()
      .meta({
        description: 'references only: "${ENV_NAME}" or "file:path"; several take turns on 429',
        examples: [['${OPENAI_API_KEY}']],
      }),
    timeouts: timeouts.optional(),
    max_concurrency: count.optional().meta({ default: DEFAULTS.provider.max_concurrency }),
  })
  .meta({ description: 'one place that serves models' })

const priceStep = {
  input: picoPerToken.optional(),
  output: picoPerToken.optional(),
  cache_read: picoPerToken.optional(),
  cache_write: picoPerToken.optional(),
  cache_write_1h: picoPerToken.optional(),
  reasoning: picoPerToken.optional(),
}

const CAPABILITIES = [
  'tools',
  'parallel_tools',
  'json_mode',
  'json_schema',
  'streaming',
  'reasoning',
  'system_prompt',
  'prompt_caching',
  'temperature',
] as const

const MODALITIES = ['text', 'image', 'audio', 'video', 'pdf'] as const

const capabilityName = z.enum(CAPABILITIES)

const modelSchema = z
  .strictObject({
    provider: texts.optional().meta({ description: 'who serves it; several in order of preference' }),
    upstream_model: z.string().min(1).optional().meta({ description: "the provider's name for it, when it differs" }),
    kind: z.enum(['chat', 'embedding']).optional(),
    family: z.string().optional(),
    tier: z.string().optional(),
    context_window: tokenCount.optional(),
    max_input: tokenCount.optional(),
    max_output: tokenCount.optional(),
    price: z
      .strictObject({
        ...priceStep,
        above: z.array(z.strictObject({ input_tokens: tokenCount, ...priceStep })).optional(),
      })
      .optional()
      .meta({ description: 'USD per million tokens; what is left out is unknown, not zero' }),
    capabilities: z
      .union([z.array(capabilityName), z.partialRecord(capabilityName, z.boolean())])
      .optional()
      .meta({ description: 'a list of what it can do, or a map of name to true or false' }),
    modalities: z.array(z.enum(MODALITIES)).min(1).optional(),
    quality: z
      .union([fraction, z.record(z.string(), fraction)])
      .optional()
      .meta({ description: '0..1; a number, or a map of `overall`, an intent or `code.*` to numbers' }),
    latency: z
      .strictObject({
        first_token_p50: positiveMs,
        first_token_p95: positiveMs,
        per_token_p50: positiveMs,
        per_token_p95: positiveMs,
      })
      .optional(),
    released: isoDate.optional(),
    deprecated: isoDate.optional(),
    retires: isoDate.optional(),
    region: z.string().optional(),
  })
  .meta({ description: 'a row of the capability matrix: catalogue facts and your overrides' })

export const providersSchema = z.record(name, providerSchema)
export const modelsSchema = z.record(name, modelSchema)
