import { z } from 'zod'
import { DEFAULTS } from './defaults.ts'
import { durationMs, fraction, texts } from './scalars.ts'

/** Slices a gate may look at. */
const where = z.strictObject({
  intent: texts.optional(),
  tag: texts.optional(),
  tier: texts.optional(),
  model: texts.optional(),
})

/** Read by the gates themselves, because its unit depends on the metric. */
const amount = z
  .union([z.number(), z.string().regex(/^\$?\d+(\.\d+)?\s*(%|pp|ms|s)?$/)], {
    error: () => 'expected an amount such as "5%", "3pp", "$0.50" or "900ms"',
  })
  .meta({ examples: ['5%', 0.05, '$0.50', '900ms'] })

const gateSchema = z
  .strictObject({
    metric: z
      .string()
      .min(1)
      .meta({ examples: ['cost.total', 'quality.score', 'errors.rate', 'routes.changed'] }),
    where: where.optional(),
    max_increase: amount.optional().meta({ description: 'of the candidate over the baseline' }),
    max: amount.optional().meta({ description: "ceiling for the candidate's own value" }),
    min: amount.optional().meta({ description: "floor for the candidate's own value" }),
    non_inferior: amount.optional().meta({ description: 'margin in score points' }),
    scope: z.enum(['traffic', 'fixtures']).optional().meta({
      description:
        'fixtures: judge the plain numbers of exactly these fixtures; traffic: traffic like this, by the interval',
      default: 'traffic',
    }),
    level: z.enum(['error', 'warn']).optional().meta({ default: DEFAULTS.replay.level }),
    on_inconclusive: z.enum(['pass', 'warn', 'fail']).optional().meta({ default: DEFAULTS.replay.on_inconclusive }),
  })
  .meta({ description: 'at least one of max_increase, max, min, non_inferior' })

export const replaySchema = z.strictObject({
  fixtures: z
    .array(z.string())
    .optional()
    .meta({ default: [...DEFAULTS.replay.fixtures] }),
  gates: z.array(gateSchema).optional(),
  coverage: z
    .record(z.string(), fraction)
    .optional()
    .meta({ description: 'measured share below which a metric is "not measured"', examples: [{ quality: 0.9 }] }),
  max_age: durationMs.optional().meta({ default: DEFAULTS.replay.max_age }),
  on_stale: z.enum(['warn', 'error', 'refresh']).optional().meta({ default: DEFAULTS.replay.on_stale }),
  max_errors: z.number().int().min(0).optional(),
})
