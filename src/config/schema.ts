import { z } from 'zod'
import { DEFAULTS } from './defaults.ts'
import { authSchema } from './schema-auth.ts'
import {
  budgetsSchema,
  cacheSchema,
  canariesSchema,
  guardrailsSchema,
  rateLimitsSchema,
  telemetrySchema,
} from './schema-limits.ts'
import { modelsSchema, providersSchema } from './schema-providers.ts'
import { replaySchema } from './schema-replay.ts'
import { aliasesSchema, failoverSchema, routingSchema } from './schema-routing.ts'
import { storeSchema } from './schema-store.ts'
import { name } from './scalars.ts'

// Interpreting is quicker than compiling a validator for one use, and no code is made from text.
z.config({ jitless: true })

/**
 * The whole vocabulary. Strict everywhere: an unknown key is a mistake, never silently ignored. All of it is optional;
 * defaults are applied where values are used, from `defaults.ts`.
 */
export const configSchema = z.strictObject({
  version: z.literal(1).optional(),
  $schema: z.string().optional(),
  providers: providersSchema.optional(),
  models: modelsSchema.optional(),
  aliases: aliasesSchema.optional(),
  tiers: z
    .array(name)
    .min(1)
    .optional()
    .meta({ description: 'low to high', default: [...DEFAULTS.tiers] }),
  routing: routingSchema.optional(),
  failover: failoverSchema.optional(),
  budgets: budgetsSchema.optional(),
  rate_limits: rateLimitsSchema.optional(),
  canaries: canariesSchema.optional(),
  cache: cacheSchema.optional(),
  guardrails: guardrailsSchema.optional(),
  auth: authSchema.optional(),
  store: storeSchema.optional(),
  telemetry: telemetrySchema.optional(),
  replay: replaySchema.optional(),
})

/** A validated config: units converted, references unresolved. */
export type GatewayConfig = z.output<typeof configSchema>
export type ProviderConfig = NonNullable<GatewayConfig['providers']>[string]
export type PolicyConfig = NonNullable<NonNullable<GatewayConfig['routing']>['policies']>[string]
export type ConditionConfig = NonNullable<NonNullable<GatewayConfig['routing']>['rules']>[number]['when']
