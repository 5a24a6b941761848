import { loadCatalog, type Catalog } from '../../catalog/catalog-file.ts'
import { buildMatrix, factsServedBy } from '../../catalog/matrix.ts'
import type { ServingProvider } from '../../catalog/ports.ts'
import { compileRouting } from '../../config/compile.ts'
import { DEFAULTS } from '../../config/defaults.ts'
import { inactiveSections } from '../../config/inactive.ts'
import type { CatalogueNames } from '../../config/known-names.ts'
import {
  declareProviders,
  environmentProviders,
  hasCredentials,
  simulatedProvider,
  type DeclaredProvider,
} from '../../config/providers.ts'
import type { GatewayConfig } from '../../config/schema.ts'
import type { Environment } from '../../config/secrets.ts'
import type { ValidatedConfig } from '../../config/validate.ts'
import type { Matrix } from '../../engine/matrix.ts'
import type { RoutingConfig } from '../../engine/routing-config.ts'
import type { Project } from '../project.ts'

export type CredentialCheck = 'declared' | 'present'

export interface ProjectSource {
  readonly text: string
  /** Null: no file, the defaults apply. */
  readonly file: string | null
  /** How messages name it. */
  readonly shownAs: string
  readonly dir: string
  readonly env: Environment
  readonly sets: readonly string[]
  readonly credentials: CredentialCheck
}

/** Checks a config text against the vocabulary and the names of the catalogue, without deriving anything. */
export async function validateText(
  source: Pick<ProjectSource, 'text' | 'shownAs' | 'dir' | 'env' | 'sets'>,
): Promise<ValidatedConfig> {
  const { validateConfig } = await import('../../config/validate.ts')
  const names = catalogueNames(loadCatalog(source.dir), source.env)
  return validateConfig({ text: source.text, file: source.shownAs, sets: source.sets }, names)
}

/** Validates a config text and derives everything from it. The schema loads only when there is something to validate. */
export async function buildProject(source: ProjectSource): Promise<Project> {
  const nothingToRead = source.file === null && source.sets.length === 0
  const validated = nothingToRead ? null : await validateText(source)
  const config = validated === null ? {} : await validConfig(validated)
  const declared = declareProviders(config)
  // The environment is looked at only when the config leaves it open who serves.
  const { providers, from } =
    declared.length > 0 ? { providers: declared, from: 'config' as const } : fallbackProviders(source.env)
  const catalog = loadCatalog(source.dir)
  const built = buildMatrix({
    facts: catalog.models,
    providers: providers.map((provider) => serving(provider, source)),
    models: config.models ?? null,
    tiers: config.tiers ?? DEFAULTS.tiers,
  })
  const routing = compileRouting(config, {
    ruleLine: (index) => validated?.source.place(['routing', 'rules', index])?.line,
    ...(source.file === null && config.routing?.rules === undefined
      ? { firstRunTiers: new Set(built.matrix.rows.map((row) => row.tier)) }
      : {}),
  })
  const found = (validated?.problems ?? []).map((problem) => warningText(problem))
  const matrixWarnings = [...built.warnings, ...emptyTierWarnings(routing, built.matrix)]
  return {
    file: source.file,
    dir: source.dir,
    routing,
    matrix: built.matrix,
    warnings: [...found, ...matrixWarnings, ...inactiveNote(config)],
    matrixWarnings,
    text: source.text,
    sets: source.sets,
    config,
    providers,
    providersFrom: from,
    catalog,
    configHash: routing.hash,
    gateLines: (config.replay?.gates ?? []).map(
      (_, index) => validated?.source.place(['replay', 'gates', index])?.line,
    ),
  }
}

async function validConfig(validated: ValidatedConfig): Promise<GatewayConfig> {
  const { configOrThrow } = await import('../../config/validate.ts')
  return configOrThrow(validated)
}

interface Fallback {
  readonly providers: readonly DeclaredProvider[]
  readonly from: 'environment' | 'bundled'
}

/** Who serves when the config declares nobody: providers with a key in the environment, else the simulated one. */
function fallbackProviders(env: Environment): Fallback {
  const providers = environmentProviders(env)
  if (providers.length > 0) return { providers, from: 'environment' }
  return { providers: [simulatedProvider()], from: 'bundled' }
}

/** What the name checks need to know of the catalogue. */
function catalogueNames(catalog: Catalog, env: Environment): CatalogueNames {
  return {
    all: catalog.models.map((model) => model.id),
    served: (declared) => {
      const providers: readonly ServingProvider[] =
        declared === null
          ? fallbackProviders(env).providers.map((provider) => serving(provider, null))
          : [
              ...declared.vendors.map((vendor) => ({ name: vendor, vendor, simulated: false, hasCredentials: true })),
              ...(declared.simulated ? [{ name: '', vendor: null, simulated: true, hasCredentials: true }] : []),
            ]
      return providers.flatMap((provider) => factsServedBy(provider, catalog.models).map((model) => model.id))
    },
  }
}

function serving(provider: DeclaredProvider, source: ProjectSource | null): ServingProvider {
  const check = source?.credentials === 'present' ? { env: source.env, dir: source.dir } : 'declared'
  return {
    name: provider.name,
    vendor: provider.vendor,
    simulated: provider.kind === 'simulated',
    hasCredentials: hasCredentials(provider, check),
  }
}

function warningText(problem: ValidatedConfig['problems'][number]): string {
  const where = problem.place === undefined ? problem.file : `${problem.file}:${problem.place.line}`
  const note = problem.note === undefined ? '' : ` (${problem.note})`
  return `${where}: ${problem.message}${note}`
}

/** Rules that narrow to a tier without a single model. */
function emptyTierWarnings(routing: RoutingConfig, matrix: Matrix): readonly string[] {
  const tiers = new Set(matrix.rows.map((row) => row.tier))
  return routing.rules.flatMap((rule) =>
    rule.tier === undefined || tiers.has(rule.tier) ? [] : [`rule "${rule.name}": no model is of tier ${rule.tier}`],
  )
}

function inactiveNote(config: GatewayConfig): readonly string[] {
  const inactive = inactiveSections(config)
  return inactive.length === 0 ? [] : [`not active yet, so without effect: ${inactive.join(', ')}`]
}
