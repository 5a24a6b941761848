import { closest } from '../../config/closest.ts'
import { globMatches } from '../../engine/budgets/concerns.ts'
import { HINT_NAMES } from '../../proxy/hints.ts'
import { ENDPOINT_NAMES } from '../../proxy/routes.ts'
import { GatewayError, type ErrorCode } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { loadProject, type Project } from '../project.ts'
import { wantedConfigFile } from '../project/config-file.ts'
import type { ScopeEdit } from './options.ts'

interface Known {
  readonly what: string
  readonly names: readonly string[]
  readonly code: ErrorCode
}

/**
 * Refuses names that nothing bears: a scope with a typo lets nothing through, and a budget with one binds nothing. Names of
 * the config are only checked where there is one.
 */
export async function checkNames(context: CliContext, { scopes, budgets = [], limits = [] }: ScopeEdit): Promise<void> {
  each(scopes.endpoints, { what: 'endpoint', names: ENDPOINT_NAMES, code: 'usage_error' })
  each(scopes.hints, { what: 'hint', names: HINT_NAMES, code: 'usage_error' })
  const named = [scopes.models, scopes.policies, scopes.maxTier, budgets.length, limits.length]
  if (named.every((item) => item === undefined || item === null || item === 0)) return
  if (wantedConfigFile(context) === null) return
  const { routing, matrix } = await loadProject(context)
  checkModels(scopes.models ?? [], { routing, matrix })
  const name = { code: 'config_unknown_name' } as const
  each(scopes.policies, { ...name, what: 'policy', names: Object.keys(routing.policies) })
  each(scopes.maxTier === undefined || scopes.maxTier === null ? [] : [scopes.maxTier], {
    ...name,
    what: 'tier',
    names: routing.tiers,
  })
  each(budgets, { ...name, what: 'budget', names: routing.budgets.map((budget) => budget.name) })
  each(limits, { ...name, what: 'rate limit', names: (routing.rateLimits ?? []).map((limit) => limit.name) })
}

function checkModels(names: readonly string[], { routing, matrix }: Pick<Project, 'routing' | 'matrix'>): void {
  const models: readonly string[] = matrix.rows.map(({ id }) => id)
  const known = [...Object.keys(routing.aliases), ...models]
  for (const name of names) {
    if (!name.includes('*')) each([name], { what: 'model or alias', names: known, code: 'config_unknown_model' })
    else if (!models.some((model) => globMatches(name, model)))
      throw new GatewayError('config_unknown_model', `no model fits the pattern "${name}"`, {
        hint: '`gateway models list` shows the names',
      })
  }
}

function each(names: readonly string[] | null | undefined, { what, names: known, code }: Known): void {
  for (const name of names ?? []) {
    if (known.includes(name)) continue
    const suggestion = closest(name, known)
    const list = known.length === 0 ? `the config has none` : `known: ${known.slice(0, 12).join(', ')}`
    throw new GatewayError(code, `no ${what} is called "${name}"`, {
      hint: suggestion === undefined ? list : `did you mean "${suggestion}"?`,
    })
  }
}
