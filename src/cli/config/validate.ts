import { relative, resolve } from 'node:path'
import { inactiveProtections, inactiveSections } from '../../config/inactive.ts'
import { renderProblems, type ConfigProblem } from '../../config/problem.ts'
import type { ValidatedConfig } from '../../config/validate.ts'
import { configOrThrow } from '../../config/validate.ts'
import { ERROR_FACES, GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { loadProjectFromText, type Project } from '../project.ts'
import { validateText } from '../project/build.ts'
import { readConfigFile, wantedConfigFile } from '../project/config-file.ts'
import { trustProblems } from '../project/trust.ts'
import { gateProblems } from './gate-problems.ts'

/** `gateway config validate`: all mistakes, or what the config amounts to. Returns the exit code. */
export async function runValidate(
  context: CliContext,
  options: { readonly file: string | undefined; readonly sets: readonly string[] },
): Promise<number> {
  const wanted = options.file === undefined ? wantedConfigFile(context) : resolve(context.cwd, options.file)
  if (wanted === null) throw noConfig(context)
  const { file, dir, text } = readConfigFile(wanted)
  const shownAs = relative(context.cwd, file) || file
  const checked = await validateText({ text, shownAs, dir, env: context.env, sets: options.sets })
  const validated = withProblems(checked, await gateProblems(checked))
  if (validated.config === undefined && !context.json) configOrThrow(validated)
  const project =
    validated.config === undefined
      ? null
      : await loadProjectFromText({ text, file: shownAs, dir, env: context.env, sets: options.sets })
  if (context.json) context.out(JSON.stringify(jsonReport(shownAs, validated, project), null, 2))
  else if (project !== null) printReport(context, validated, project)
  return project === null ? ERROR_FACES.config_invalid.exitCode : 0
}

/** A config with errors found later is as invalid as one with errors found at once. */
function withProblems(validated: ValidatedConfig, more: readonly ConfigProblem[]): ValidatedConfig {
  if (more.length === 0) return validated
  return { ...validated, config: undefined, problems: [...validated.problems, ...more] }
}

function noConfig(context: CliContext): GatewayError {
  return new GatewayError('config_not_found', `no config file in "${context.cwd}" or above it up to the git root`, {
    hint: 'make one with `gateway config init`, or name one with `--config`',
  })
}

function printReport(context: CliContext, validated: ValidatedConfig, project: Project): void {
  if (validated.problems.length > 0) {
    context.note(`${renderProblems(validated.problems, validated.source.shownText())}\n`)
  }
  const { config, routing, matrix } = project
  const counts = [
    counted(Object.keys(config.providers ?? {}).length, 'provider'),
    counted(matrix.rows.length, 'model'),
    counted(Object.keys(routing.aliases).length, 'alias', 'aliases'),
    counted(routing.rules.length, 'rule'),
    counted(config.replay?.gates?.length ?? 0, 'gate'),
  ]
  context.out(`${validated.source.file} is valid   config ${routing.hash}   catalogue ${matrix.hash}`)
  context.out(`  ${counts.join(', ')}`)
  const inactive = inactiveSections(config)
  if (inactive.length > 0) context.out(`  not active yet: ${inactive.join(', ')}`)
  const protections = inactiveProtections(config)
  if (protections.length > 0) {
    context.out(`  \`gateway dev\` will not start: ${protections.join(', ')} would not protect anything yet`)
  }
  for (const warning of project.matrixWarnings) context.out(`  warning: ${warning}`)
  for (const problem of trustProblems(project)) {
    context.out(`  needs \`gateway trust\` before \`gateway dev\`: ${problem.why}`)
  }
  context.note('next: gateway route --explain "your prompt"')
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

function jsonReport(file: string, validated: ValidatedConfig, project: Project | null): unknown {
  const of = (severity: ConfigProblem['severity']): readonly ConfigProblem[] =>
    validated.problems.filter((problem) => problem.severity === severity)
  return {
    valid: project !== null,
    file,
    config: project?.routing.hash ?? null,
    catalogue: project?.matrix.hash ?? null,
    errors: of('error'),
    warnings: of('warning'),
    matrixWarnings: project?.matrixWarnings ?? [],
    inactive: project === null ? [] : inactiveSections(project.config),
    inactiveProtections: project === null ? [] : inactiveProtections(project.config),
    trust: project === null ? [] : trustProblems(project),
  }
}
