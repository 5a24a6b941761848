import { z } from 'zod'
import { DEFAULTS } from './defaults.ts'
import { conditionSchema } from './schema-routing.ts'
import { byteCount, count, delta, durationMs, fraction, nanoUsd, positiveMs, rate, share } from './scalars.ts'

const scope = z.enum(['global', 'user', 'project', 'key', 'group'])

const modelClass = z
  .string()
  .optional()
  .meta({ description: '`tier:premium`, `alias:chat` or a model pattern such as `gpt-*`; left out: every model' })

const apply = z.enum(['all', 'referenced']).optional().meta({
  description: '`referenced`: binds only keys, groups and tokens that name it',
  default: DEFAULTS.budgets.apply,
})

export const budgetsSchema = z.array(
  z.strictObject({
    name: z.string().min(1),
    scope,
    model_class: modelClass,
    limit: nanoUsd.meta({ description: 'an amount such as "5 USD"; 0 lets only free models through' }),
    window: z.enum(['hour', 'day', 'week', 'month', 'total']),
    rolling: z
      .boolean()
      .optional()
      .meta({ description: 'the last hour, 24 hours, 7 or 30 days instead of the calendar', default: false }),
    time_zone: z.string().optional().meta({ description: 'IANA name; UTC when left out' }),
    mode: z.enum(['hard', 'soft']).optional().meta({
      description:
        '`hard` reserves an upper bound and is never overshot, `soft` the 99th percentile; `hard` with `on_exceed: block`, else `soft`',
    }),
    unknown_price: nanoUsd
      .optional()
      .meta({ description: 'charged for an attempt on a model without a price; left out: such models are refused' }),
    warn_at: share.optional().meta({ default: DEFAULTS.budgets.warn_at }),
    on_exceed: z.enum(['downgrade', 'block', 'warn']).optional().meta({ default: DEFAULTS.budgets.on_exceed }),
    apply,
  }),
)

export const rateLimitsSchema = z.array(
  z.strictObject({
    name: z.string().min(1).optional().meta({ description: 'for references; made of scope and place when left out' }),
    scope,
    model_class: modelClass,
    requests: rate.optional(),
    tokens: rate.optional(),
    concurrent: count.optional(),
    apply,
  }),
)

const deltas = z.strictObject({
  error_rate: delta.optional(),
  quality: delta.optional(),
  latency_p95: delta.optional(),
  cost: delta.optional(),
})

const stepFactor = z
  .string()
  .regex(/^\d+(\.\d+)?x$/, { error: () => 'expected a factor such as "2x"' })
  .transform((text) => Number(text.slice(0, -1)))

export const canariesSchema = z.array(
  z.strictObject({
    name: z.string().min(1),
    when: conditionSchema.optional(),
    baseline: z.string(),
    candidate: z.string(),
    weight: z.strictObject({ start: share, step: stepFactor.optional(), max: share.optional() }),
    window: positiveMs.optional(),
    min_samples: count.optional(),
    promote_if: deltas.optional(),
    rollback_if: deltas.optional(),
  }),
)

const cacheScope = z.enum(['session', 'user', 'key', 'project', 'global'])

export const cacheSchema = z.strictObject({
  exact: z
    .strictObject({ ttl: positiveMs.optional(), scope: cacheScope.optional(), max_entries: count.optional() })
    .optional(),
  semantic: z
    .strictObject({
      ttl: positiveMs.optional(),
      threshold: fraction.optional(),
      scope: cacheScope.optional(),
      embedder: z.string().optional().meta({ description: '`builtin`, or an embedding model of the matrix' }),
      max_entries: count.optional(),
    })
    .optional(),
})

const action = z.enum(['off', 'flag', 'mask', 'block'])
const thresholds = z.strictObject({ flag: fraction.optional(), mask: fraction.optional(), block: fraction.optional() })

const stages = {
  patterns: z
    .strictObject({ secrets: action.optional(), pii: action.optional(), injection: action.optional() })
    .optional(),
  classifier: z.strictObject({ injection: thresholds.optional(), disallowed: thresholds.optional() }).optional(),
  blocklist: z.strictObject({ files: z.array(z.string()).min(1), action: action.optional() }).optional(),
  on_error: z.enum(['open', 'closed']).optional(),
}

export const guardrailsSchema = z.strictObject({
  input: z.strictObject(stages).optional(),
  output: z
    .strictObject({
      ...stages,
      grounding: z
        .strictObject({
          when: conditionSchema.optional(),
          min_support: fraction.optional(),
          action: z.enum(['off', 'flag']).optional(),
        })
        .optional(),
    })
    .optional(),
})

export const telemetrySchema = z.strictObject({
  log: z
    .strictObject({
      file: z.string().optional(),
      content: z.enum(['none', 'hash', 'redacted', 'full']).optional(),
      retention: durationMs.optional(),
      max_size: byteCount.optional(),
    })
    .optional(),
  otlp: z.strictObject({ endpoint: z.string() }).optional(),
  prometheus: z.boolean().optional(),
})
