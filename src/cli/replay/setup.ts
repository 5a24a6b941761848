import { basename, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { loadProject, loadProjectFromText, type Project } from '../project.ts'
import { configAtRef } from './git.ts'
import type { ReplayOptions } from './options.ts'

/** One arm as asked for on the command line. */
export interface ArmSpec {
  readonly name: string
  readonly label: string
  /** Null for `recorded`, which decides nothing. */
  readonly project: Project | null
}

export interface ReplaySetup {
  /** The bundled example runs because no config and no fixtures were given. */
  readonly bundled: boolean
  readonly patterns: readonly string[]
  readonly baseline: ArmSpec
  readonly candidates: readonly (ArmSpec & { readonly project: Project })[]
  /** The project whose `replay` section holds gates and limits. */
  readonly owner: Project
  /** Directory that holds `.gateway/`. */
  readonly dir: string
}

/** The fixtures and configs that come with the package. */
const BUNDLED = fileURLToPath(new URL('../../../fixtures/', import.meta.url))

type Where = Pick<CliContext, 'cwd' | 'config' | 'env'>

/** Resolves fixtures, baseline and candidates. Nothing has run when it throws. */
export async function prepareReplay(
  context: CliContext,
  patterns: readonly string[],
  options: ReplayOptions,
): Promise<ReplaySetup> {
  const found = await loadProject(context)
  const bundled =
    found.file === null && patterns.length === 0 && options.candidate.length === 0 && options.baseline === undefined
  if (bundled) return { ...(await bundledSetup(context, options)), dir: found.dir }
  const candidates = await candidatesOf(context, found, options)
  const [first] = candidates
  if (first === undefined) {
    throw new GatewayError('usage_error', 'there is no config to judge: none is in sight and no --candidate is given', {
      hint: 'make one with `gateway config init`, or name one with -k',
    })
  }
  const owner = found.file === null ? first.project : found
  return {
    bundled,
    patterns: patternsOf(patterns, owner),
    baseline: await baselineOf(context, found, options.baseline ?? 'recorded'),
    candidates,
    owner,
    dir: found.dir,
  }
}

async function bundledSetup(context: Where, options: ReplayOptions): Promise<Omit<ReplaySetup, 'dir'>> {
  const load = (name: string): Promise<Project> =>
    loadProject({ ...context, config: join(BUNDLED, 'configs', `${name}.yaml`) })
  const base = await load('all-to-one')
  const owner = await load('by-intent')
  const changed = await Promise.all(options.set.map((set) => variant(owner, set, context)))
  return {
    bundled: true,
    patterns: [BUNDLED],
    baseline: { name: 'all-to-one', label: 'all-to-one', project: base },
    candidates: changed.length > 0 ? changed : [{ name: 'by-intent', label: 'by-intent', project: owner }],
    owner,
  }
}

async function candidatesOf(
  context: CliContext,
  found: Project,
  options: ReplayOptions,
): Promise<ReplaySetup['candidates']> {
  const named = await Promise.all(options.candidate.map((text) => namedCandidate(context, text)))
  const changed = await Promise.all(options.set.map((set) => variant(found, set, context)))
  const candidates = [...named, ...changed]
  if (candidates.length === 0 && found.file !== null) {
    candidates.push({ name: basename(found.file, extname(found.file)), label: basename(found.file), project: found })
  }
  const seen = new Set<string>()
  for (const { name } of candidates) {
    if (seen.has(name))
      throw new GatewayError('usage_error', `two candidates are called "${name}"`, {
        hint: 'name them: -k first=a.yaml -k second=b.yaml',
      })
    seen.add(name)
  }
  return candidates
}

async function namedCandidate(context: CliContext, text: string): Promise<ReplaySetup['candidates'][number]> {
  const at = text.indexOf('=')
  const path = at === -1 ? text : text.slice(at + 1)
  const name = at === -1 ? basename(path, extname(path)) : text.slice(0, at)
  return { name, label: path, project: await loadProject({ ...context, config: resolve(context.cwd, path) }) }
}

async function variant(base: Project, set: string, { env }: Where): Promise<ReplaySetup['candidates'][number]> {
  if (base.file === null) {
    throw new GatewayError('usage_error', '--set needs a config to change, and none is in sight', {
      hint: 'name one with --config',
    })
  }
  const { file, dir, text } = base
  return { name: set, label: set, project: await loadProjectFromText({ text, file, dir, env, sets: [set] }) }
}

async function baselineOf(context: CliContext, found: Project, what: string): Promise<ArmSpec> {
  if (what === 'recorded') return { name: 'recorded', label: 'recorded', project: null }
  if (!what.startsWith('git:')) {
    return {
      name: basename(what, extname(what)),
      label: what,
      project: await loadProject({ ...context, config: resolve(context.cwd, what) }),
    }
  }
  if (found.file === null) {
    throw new GatewayError('usage_error', 'a git baseline needs a config in sight', {
      hint: 'name its path with --config',
    })
  }
  const { text, label } = await configAtRef(what.slice('git:'.length), found.file, context.cwd)
  const project = await loadProjectFromText({ text, file: found.file, dir: found.dir, env: context.env })
  return { name: label, label, project }
}

function patternsOf(patterns: readonly string[], owner: Project): readonly string[] {
  if (patterns.length > 0) return patterns
  const configured = owner.config.replay?.fixtures ?? ['fixtures/*.jsonl']
  return configured.map((pattern) => resolve(owner.dir, pattern))
}
