import { isJsonObject } from '../wire/json.ts'
import type { JwtFault } from './jwt-fault.ts'
import type { Holder } from './key-types.ts'
import {
  CLAIM_TARGETS,
  type ClaimRule,
  type ClaimTarget,
  type JwtCeiling,
  type JwtIssuer,
  type KnownToTokens,
} from './jwt-types.ts'

/** What a token stands for: a holder, and a list of models that narrows the holder's own. */
export interface TokenGrant {
  readonly holder: Holder
  readonly modelsAlso: readonly string[] | null
}

type MappingFault = Extract<JwtFault, { code: 'mapping' | 'claim' }>
export type Claims = Readonly<Record<string, unknown>>
type Read = { readonly [Target in ClaimTarget]?: readonly string[] }

/** UTF-8 bytes of a subject (OpenID Connect allows 255 ASCII characters). */
const MAX_SUBJECT_BYTES = 255
const MAX_VALUE = 255
const MAX_VALUES = 200
/** Who somebody is, where the config does not say by which claim. */
const SUBJECT: ClaimRule = { claim: { path: 'sub' } }
const SINGLE: readonly ClaimTarget[] = ['user', 'project', 'tier', 'policy']

/**
 * Who the claims speak of and what they may do, by the issuer's rules alone. Every value can only narrow what the issuer's
 * ceiling allows; one that is missing, unknown or not allowed refuses the token instead of being ignored.
 */
export function grantOf(claims: Claims, issuer: JwtIssuer, known: KnownToTokens): TokenGrant | MappingFault {
  const { sub } = claims
  if (!isName(sub) || Buffer.byteLength(sub) > MAX_SUBJECT_BYTES) return { code: 'claim', name: 'sub' }
  const read: { [Target in ClaimTarget]?: readonly string[] } = {}
  for (const [target, rule] of rulesOf(issuer)) {
    const values = valuesOf(claims, rule)
    if (values === null) return { code: 'mapping', target, why: 'malformed' }
    if (values.length === 0) return { code: 'mapping', target, why: 'missing' }
    if (values.length > 1 && SINGLE.includes(target)) return { code: 'mapping', target, why: 'malformed' }
    const allowed = allowedValues(target, values, { allow: issuer.allow, known })
    if (allowed === null) return { code: 'mapping', target, why: 'not_allowed' }
    read[target] = allowed
  }
  return grant(subjectId(issuer.name, sub), read, { issuer, tiers: known.tiers })
}

/** The stable key id of a subject. Different subjects of different issuers never share one. */
export function subjectId(issuerName: string, subject: string): string {
  return `jwt:${issuerName}:${subject.replaceAll(/[^\u0021-\u0024\u0026-\u007e]/gu, (char) => encodeURIComponent(char))}`
}

function rulesOf({ claims }: JwtIssuer): (readonly [ClaimTarget, ClaimRule])[] {
  return CLAIM_TARGETS.flatMap((target) => {
    const rule = claims[target] ?? (target === 'user' ? SUBJECT : undefined)
    return rule === undefined ? [] : [[target, rule] as const]
  })
}

function grant(id: string, read: Read, { issuer, tiers }: { issuer: JwtIssuer; tiers: readonly string[] }): TokenGrant {
  const { allow } = issuer
  return {
    holder: {
      id,
      kind: 'user',
      aliases: [`jwt:${issuer.name}`],
      user: read.user?.[0] ?? null,
      project: read.project?.[0] ?? null,
      groups: read.groups ?? [],
      budgets: read.budgets ?? [],
      limits: read.limits ?? [],
      policy: read.policy?.[0] ?? null,
      scopes: {
        models: read.models ?? allow.models,
        maxTier: lower(read.tier?.[0] ?? null, allow.maxTier, tiers),
        policies: allow.policies,
        endpoints: allow.endpoints,
        hints: allow.hints,
        explain: allow.explain,
      },
    },
    modelsAlso: read.models === undefined ? null : allow.models,
  }
}

function lower(a: string | null, b: string | null, tiers: readonly string[]): string | null {
  if (a === null || b === null) return a ?? b
  return tiers.indexOf(a) <= tiers.indexOf(b) ? a : b
}

/** What remains of the values under the ceiling; null when the token must not be accepted with them. */
function allowedValues(
  target: ClaimTarget,
  values: readonly string[],
  { allow, known }: { readonly allow: JwtCeiling; readonly known: KnownToTokens },
): readonly string[] | null {
  const within = (...lists: readonly (readonly string[] | null)[]): readonly string[] | null =>
    values.every((value) => lists.every((list) => list === null || list.includes(value))) ? values : null
  switch (target) {
    case 'user':
    case 'project':
    case 'models':
      return values
    case 'tier':
      return within(known.tiers)
    case 'policy':
      return within(known.policies, allow.policies)
    case 'budgets':
      return within(known.budgets, allow.budgets)
    case 'limits':
      return within(known.limits, allow.limits)
    case 'groups': {
      // Providers list many groups that mean nothing here; with none left, nothing would narrow the token.
      const left = values.filter((value) => allow.groups === null || allow.groups.includes(value))
      return left.length === 0 ? null : left
    }
  }
}

/** The texts of a claim; empty when it is not there, null when it has another form. */
function valuesOf(claims: Claims, { claim, fallback = [] }: ClaimRule): readonly string[] | null {
  const value =
    claim === undefined ? undefined : 'path' in claim ? byPath(claims, claim.path) : bySteps(claims, claim.steps)
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return fallback
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.length > MAX_VALUES || !list.every(isName)) return null
  return [...new Set(list)]
}

/** A claim of this very name, such as a URL, comes first; else the parts between dots lead through nested maps. */
function byPath(claims: Claims, path: string): unknown {
  return Object.hasOwn(claims, path) ? claims[path] : bySteps(claims, path.split('.'))
}

function bySteps(claims: Claims, steps: readonly string[]): unknown {
  let value: unknown = claims
  for (const step of steps) value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
  return value
}

/** A text that can stand for somebody: not empty, without blanks around it, control or invisible characters. */
function isName(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_VALUE) return false
  return value.trim() === value && !/\p{C}/u.test(value)
}
