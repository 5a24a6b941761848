import { z } from 'zod'
import { DEFAULTS } from './defaults.ts'
import { durationMs, positiveMs, texts } from './scalars.ts'

/** Only signatures whose key can be public: a shared secret would be a secret in the config, and could sign too. */
const algorithms = z.enum([
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
])

const claimName = z.string().min(1)

const claim = z.union(
  [
    claimName,
    z.strictObject({
      claim: z
        .union([claimName, z.array(claimName).min(1)])
        .optional()
        .meta({ description: 'name of the claim, or the names that lead through nested maps; left out: a constant' }),
      default: texts
        .optional()
        .meta({ description: 'used where the token says nothing; left out: such a token is refused' }),
    }),
  ],
  { error: () => 'expected the name of a claim, or a map with "claim" and "default"' },
)

const claims = z
  .strictObject({
    user: claim.optional().meta({ description: 'who is accounted; `sub` when left out' }),
    project: claim.optional(),
    tier: claim.optional().meta({ description: 'highest tier' }),
    policy: claim.optional().meta({ description: 'policy imposed on every request' }),
    models: claim.optional().meta({ description: 'models, aliases or patterns' }),
    groups: claim.optional().meta({ description: 'groups of `gateway keys group`, whose scopes then bind' }),
    budgets: claim.optional().meta({ description: 'names of budgets that bind in addition' }),
    limits: claim.optional().meta({ description: 'names of rate limits that bind in addition' }),
  })
  .meta({ description: 'where a token says what; `a.b` leads through nested maps where no claim has this very name' })

const allow = z
  .strictObject({
    models: texts.optional(),
    max_tier: z.string().optional(),
    policies: texts.optional(),
    endpoints: texts.optional().meta({ description: 'such as `chat.completions`' }),
    hints: z
      .array(z.enum(['tier', 'policy', 'session', 'user', 'project', 'tags']))
      .optional()
      .meta({ description: '`x-gateway-…` headers that may be sent', default: [...DEFAULTS.jwt.allow.hints] }),
    explain: z.boolean().optional().meta({ default: DEFAULTS.jwt.allow.explain }),
    groups: texts.optional().meta({ description: 'groups that count; others that a token names are left out' }),
    budgets: texts.optional(),
    limits: texts.optional(),
  })
  .meta({ description: 'the most that a token can get, whatever it says' })

const issuer = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, { error: () => 'expected up to 64 letters, digits and . _ -' })
    .optional()
    .meta({ description: 'part of the key ids `jwt:<name>:<sub>`, to which spend belongs; the host when left out' }),
  issuer: z.string().min(1).meta({ description: 'the claim `iss`, exactly' }),
  audience: texts
    .refine((list) => list.length > 0 && !list.includes(''), { error: () => 'expected a text or a list of texts' })
    .meta({ description: 'a token must be for one of these' }),
  algorithms: z.array(algorithms).min(1),
  jwks_url: z.string().optional().meta({ description: 'https, or http on this machine; fetched when first needed' }),
  keys_file: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'a JSON Web Key Set or PEM public keys, relative to the config' }),
  private_network: z
    .boolean()
    .optional()
    .meta({ description: 'the host of `jwks_url` may have a private address', default: DEFAULTS.jwt.private_network }),
  allow_missing_kid: z.boolean().optional().meta({
    description: 'use the only key of a set for tokens that name none',
    default: DEFAULTS.jwt.allow_missing_kid,
  }),
  clock_tolerance: durationMs
    .refine((ms) => ms <= 300_000, { error: () => 'expected at most 5m' })
    .optional()
    .meta({ default: DEFAULTS.jwt.clock_tolerance }),
  key_cache: z
    .strictObject({
      max_age: positiveMs.optional().meta({ default: DEFAULTS.jwt.key_cache.max_age }),
      cool_down: positiveMs.optional().meta({ default: DEFAULTS.jwt.key_cache.cool_down }),
      max_stale: durationMs
        .optional()
        .meta({ description: 'beyond max_age, while the host is down', default: DEFAULTS.jwt.key_cache.max_stale }),
    })
    .optional(),
  claims: claims.optional(),
  allow: allow.optional(),
})

export type JwtConfig = z.output<typeof issuer>
export type ClaimConfig = z.output<typeof claim>

export const authSchema = z.strictObject({
  required: z
    .boolean()
    .optional()
    .meta({ description: 'false is allowed on loopback only', default: DEFAULTS.auth.required }),
  jwt: z.array(issuer).optional(),
})
