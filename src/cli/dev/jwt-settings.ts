import { resolve } from 'node:path'
import type { ClaimRule, ClaimRules, JwtCeiling, JwtIssuer, JwtSettings, KeyAges } from '../../auth/jwt-types.ts'
import { DEFAULTS } from '../../config/defaults.ts'
import { defaultMs } from '../../config/compile.ts'
import { issuerName } from '../../config/issuer-name.ts'
import type { ClaimConfig, JwtConfig } from '../../config/schema-auth.ts'
import { ENDPOINT_NAMES } from '../../proxy/routes.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { Project } from '../project.ts'

/** A changed file is noticed that soon; reading it costs next to nothing. */
const FILE_AGES = { maxAgeMs: 5_000, coolDownMs: 1_000 }

/** The issuers of tokens that the config names, with defaults filled in and paths resolved. */
export function jwtSettings({ config, dir, routing }: Project): JwtSettings {
  return {
    issuers: (config.auth?.jwt ?? []).map((issuer) => issuerOf(issuer, dir)),
    known: {
      tiers: routing.tiers,
      policies: Object.keys(routing.policies),
      budgets: routing.budgets.map(({ name }) => name),
      limits: (routing.rateLimits ?? []).map(({ name }) => name),
    },
  }
}

function issuerOf(config: JwtConfig, dir: string): JwtIssuer {
  const { jwks_url: url, keys_file: file = '' } = config
  return {
    name: config.name ?? issuerName(config.issuer),
    issuer: config.issuer,
    audiences: config.audience,
    algorithms: config.algorithms,
    keys:
      url === undefined
        ? { kind: 'file', path: resolve(dir, file) }
        : { kind: 'url', url, privateNetwork: config.private_network ?? DEFAULTS.jwt.private_network },
    ages: agesOf(config),
    clockToleranceMs: config.clock_tolerance ?? defaultMs(DEFAULTS.jwt.clock_tolerance),
    allowMissingKid: config.allow_missing_kid ?? DEFAULTS.jwt.allow_missing_kid,
    claims: claimsOf(config.claims ?? {}),
    allow: ceilingOf(config),
  }
}

function agesOf({ jwks_url: url, key_cache: given = {} }: JwtConfig): KeyAges {
  const { max_age, cool_down, max_stale } = DEFAULTS.jwt.key_cache
  const usual = url === undefined ? FILE_AGES : { maxAgeMs: defaultMs(max_age), coolDownMs: defaultMs(cool_down) }
  return {
    maxAgeMs: given.max_age ?? usual.maxAgeMs,
    coolDownMs: given.cool_down ?? usual.coolDownMs,
    maxStaleMs: given.max_stale ?? defaultMs(max_stale),
  }
}

function claimsOf(claims: NonNullable<JwtConfig['claims']>): ClaimRules {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([target, claim]) => (claim === undefined ? [] : [[target, ruleOf(claim)]])),
  )
}

function ruleOf(config: ClaimConfig): ClaimRule {
  if (typeof config === 'string') return { claim: { path: config } }
  const { claim, default: fallback } = config
  return {
    ...(claim === undefined ? {} : { claim: typeof claim === 'string' ? { path: claim } : { steps: claim } }),
    ...(fallback === undefined ? {} : { fallback }),
  }
}

function ceilingOf({ allow = {} }: JwtConfig): JwtCeiling {
  const unknown = allow.endpoints?.find((name) => !ENDPOINT_NAMES.includes(name))
  if (unknown !== undefined)
    throw new GatewayError('config_unknown_name', `unknown endpoint "${unknown}" in "auth.jwt"`, {
      hint: `known: ${ENDPOINT_NAMES.join(', ')}`,
    })
  return {
    models: allow.models ?? null,
    maxTier: allow.max_tier ?? null,
    policies: allow.policies ?? null,
    endpoints: allow.endpoints ?? null,
    hints: allow.hints ?? DEFAULTS.jwt.allow.hints,
    explain: allow.explain ?? DEFAULTS.jwt.allow.explain,
    groups: allow.groups ?? null,
    budgets: allow.budgets ?? null,
    limits: allow.limits ?? null,
  }
}
