import { relative } from 'node:path'
import type { Catalog } from '../catalog/catalog-file.ts'
import type { DeclaredProvider } from '../config/providers.ts'
import type { GatewayConfig } from '../config/schema.ts'
import type { Matrix } from '../engine/matrix.ts'
import type { RoutingConfig } from '../engine/routing-config.ts'
import type { CliContext } from './context.ts'
import { buildProject, type CredentialCheck } from './project/build.ts'
import { readConfigFile, wantedConfigFile } from './project/config-file.ts'

export { resolveProviders } from './project/resolve-providers.ts'

/** A loaded project: the validated config with all that is derived from it. No secret is resolved in here. */
export interface Project {
  /** Null when no config file was found and the bundled defaults apply. */
  readonly file: string | null
  /** Directory that holds `.gateway/`. */
  readonly dir: string
  readonly routing: RoutingConfig
  readonly matrix: Matrix
  /** Things to tell the user once. */
  readonly warnings: readonly string[]
  /** Those of them that are about models without a provider, a tier without a model and the like. */
  readonly matrixWarnings: readonly string[]
  /** The config text as read, before overrides; empty without a file. */
  readonly text: string
  /** Overrides that were applied, as typed. */
  readonly sets: readonly string[]
  /** Validated, units converted; empty without a file. */
  readonly config: GatewayConfig
  readonly providers: readonly DeclaredProvider[]
  readonly providersFrom: 'config' | 'environment' | 'bundled'
  readonly catalog: Catalog
  /** Same as `routing.hash`. */
  readonly configHash: string
  /** Lines of `replay.gates` in the config file, for annotations. */
  readonly gateLines: readonly (number | undefined)[]
}

export interface LoadOptions {
  /** `path=value` overrides, after those of `GATEWAY_SET`. */
  readonly sets?: readonly string[]
  /**
   * `declared` (default, for offline commands): a reference counts as a credential and nothing of it is read.
   * `present`: the variable is set or the file exists, and the provider's kind can be called.
   */
  readonly credentials?: CredentialCheck
}

/** Finds, reads and validates the config of a project; without one, the bundled defaults. Throws one error with all mistakes. */
export async function loadProject(
  context: Pick<CliContext, 'cwd' | 'config' | 'env'>,
  options: LoadOptions = {},
): Promise<Project> {
  const file = wantedConfigFile(context)
  const sets = [...setsFromEnvironment(context.env), ...(options.sets ?? [])]
  const read = file === null ? null : readConfigFile(file)
  return buildProject({
    text: read?.text ?? '',
    file: read?.file ?? null,
    shownAs: read === null ? 'defaults' : relative(context.cwd, read.file) || read.file,
    dir: read?.dir ?? context.cwd,
    env: context.env,
    sets,
    credentials: options.credentials ?? 'declared',
  })
}

export interface ProjectText {
  readonly text: string
  /** How messages name it, for example `git:main:gateway.yaml`. */
  readonly file: string
  /** Directory of the project: holds `.gateway/`, and `file:` references are relative to it. */
  readonly dir: string
  readonly env: CliContext['env']
  readonly sets?: readonly string[]
  readonly credentials?: CredentialCheck
}

/** A project from a config text that is not (or no longer) a file: `git:<ref>` baselines, candidates with `--set`. */
export async function loadProjectFromText(input: ProjectText): Promise<Project> {
  const { text, file, dir, env, sets = [], credentials = 'declared' } = input
  return buildProject({ text, file, shownAs: file, dir, env, sets, credentials })
}

/** `GATEWAY_SET` mirrors `--set`: one override a line. */
export function setsFromEnvironment(env: CliContext['env']): readonly string[] {
  return (env['GATEWAY_SET'] ?? '').split('\n').filter((line) => line.trim() !== '')
}
