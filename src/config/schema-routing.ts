import { z } from 'zod'
import { DEFAULTS } from './defaults.ts'
import { comparison, count, fraction, name, nanoUsd, positiveMs, texts, timeOfDay, tokenCount } from './scalars.ts'

const axis = z.enum(['quality', 'latency', 'cost'])

const policy = z
  .strictObject({
    minimize: z.enum(['cost', 'latency']).optional(),
    maximize: z.enum(['quality']).optional(),
    weights: z
      .strictObject({ quality: fraction.optional(), cost: fraction.optional(), latency: fraction.optional() })
      .optional(),
    require: z
      .strictObject({
        quality: fraction.optional(),
        first_token_p95: positiveMs.optional(),
        cost_per_request: nanoUsd.optional(),
      })
      .optional()
      .meta({ description: 'floors and ceilings; they bind measured and user values' }),
    relax: z
      .array(axis)
      .optional()
      .meta({ description: 'limits given up, in this order, when no model keeps them all' }),
    strict: z.boolean().optional().meta({ description: 'refuse instead of relaxing' }),
  })
  .meta({ description: 'one of minimize, maximize or weights, with limits' })

/** What a rule or a gate may ask about a request; all given members must hold. */
export const conditionSchema = z.strictObject({
  intent: texts.optional().meta({ description: 'intent names, or a prefix such as code.*' }),
  complexity: comparison.optional(),
  input_tokens: comparison.optional(),
  language: texts.optional(),
  modality: texts.optional(),
  tools: z.boolean().optional(),
  key: texts.optional(),
  group: texts.optional(),
  user: texts.optional(),
  project: texts.optional(),
  tags: texts.optional(),
  time: timeOfDay.optional(),
})

const rule = z.strictObject({
  name: z.string().min(1),
  when: conditionSchema,
  models: z.array(z.string()).min(1).optional(),
  tier: z.string().optional(),
  policy: z.string().optional(),
  order: z.enum(['policy', 'listed']).optional().meta({
    description: 'listed: the first eligible model of the list wins, the policy is not asked',
    default: 'policy',
  }),
})

export const routingSchema = z.strictObject({
  default_policy: z.string().optional().meta({ default: DEFAULTS.routing.default_policy }),
  policies: z.record(name, policy).optional(),
  rules: z.array(rule).optional().meta({ description: 'first match decides; a rule narrows, the policy picks' }),
  sticky: z.enum(['session', 'off']).optional().meta({ default: DEFAULTS.routing.sticky }),
  strict_params: z
    .boolean()
    .optional()
    .meta({ description: 'a dropped parameter is an error', default: DEFAULTS.routing.strict_params }),
  default_max_output: tokenCount.optional().meta({ default: DEFAULTS.routing.default_max_output }),
})

export const aliasesSchema = z.record(name, z.strictObject({ models: z.array(z.string()).min(1) }))

export const failoverSchema = z.strictObject({
  max_attempts: count.optional().meta({ default: DEFAULTS.failover.max_attempts }),
  deadline: positiveMs.optional().meta({
    description:
      'from arrival to the first content, over all attempts; an attempt at a whole answer may take two thirds of what is left while another target is at hand, and a shorter timeouts.total of its provider bounds it further',
    default: DEFAULTS.failover.deadline,
  }),
  max_cost: nanoUsd.optional().meta({
    description:
      'most that the attempts of one request may cost together by expectation, such as "0.05 USD"; another target is tried only within it, and a model without a price never; without it there is no cap',
    examples: ['0.05 USD'],
  }),
  lower_tiers: z.boolean().optional().meta({ default: DEFAULTS.failover.lower_tiers }),
  higher_tiers: z.boolean().optional().meta({ default: DEFAULTS.failover.higher_tiers }),
  cooldown: z
    .strictObject({
      base: positiveMs.optional().meta({ default: DEFAULTS.failover.cooldown.base }),
      max: positiveMs.optional().meta({ default: DEFAULTS.failover.cooldown.max }),
    })
    .optional(),
})
