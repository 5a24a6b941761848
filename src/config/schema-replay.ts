import { z } from 'zod'
import { DEFAULTS } from './defaults.ts'
import { durationMs, fraction, points, share, texts } from './scalars.ts'

/** Slices a gate may look at. */
const where = z.strictObject({
  intent: texts.optional(),
  tag: texts.optional(),
  tier: texts.optional(),
  model: texts.optional(),
  language: texts.optional(),
  session: texts.optional(),
})

export const gateSchema = z
  .strictObject({
    metric: z
      .string()
      .min(1)
      .meta({ examples: ['cost.total', 'quality.score', 'errors.rate', 'routes.changed'] }),
    where: where.optional(),
    max_increase: share.optional().meta({ description: 'of the candidate over the baseline' }),
    max_decrease: share.optional(),
    max: share.optional().meta({ description: "ceiling for the candidate's own value" }),
    min: share.optional(),
    non_inferior: points.optional().meta({ description: 'margin in score points' }),
    scope: z.enum(['interval', 'fixtures']).optional().meta({
      description: 'fixtures: judge the plain numbers of exactly these fixtures; interval: traffic like this',
      default: 'interval',
    }),
    level: z.enum(['error', 'warn']).optional().meta({ default: DEFAULTS.replay.level }),
    on_inconclusive: z.enum(['pass', 'warn', 'fail']).optional().meta({ default: DEFAULTS.replay.on_inconclusive }),
  })
  .meta({ description: 'exactly one of max_increase, max_decrease, max, min, non_inferior' })

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
