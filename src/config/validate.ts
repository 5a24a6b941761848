import { GatewayError } from '../wire/errors.ts'
import { checkSections } from './checks-later.ts'
import { checkProviders } from './checks-providers.ts'
import { checkRouting } from './checks-routing.ts'
import { Cursor } from './cursor.ts'
import { knownNames, type CatalogueNames } from './known-names.ts'
import { applySets, type SetOverride } from './overrides.ts'
import { renderProblems, type ConfigProblem } from './problem.ts'
import { Report } from './report.ts'
import { findingsOf } from './schema-problems.ts'
import { keysAt } from './schema-walk.ts'
import { configSchema, type GatewayConfig } from './schema.ts'
import { parseSource, toData, type ConfigSource } from './source.ts'

export interface ConfigText {
  readonly text: string
  /** As shown in messages. */
  readonly file: string
  /** `path=value`, applied in order after parsing. */
  readonly sets?: readonly string[]
}

export interface ValidatedConfig {
  /** Undefined when there are errors. */
  readonly config: GatewayConfig | undefined
  /** Errors and warnings, in file order where they have a place. */
  readonly problems: readonly ConfigProblem[]
  readonly source: ConfigSource
  /** What the file says, with overrides, before units are converted. */
  readonly value: unknown
  readonly sets: readonly SetOverride[]
}

/** Checks a config text completely: syntax, schema, names, contradictions. Reports everything it finds, throws nothing. */
export function validateConfig(input: ConfigText, catalogue: CatalogueNames): ValidatedConfig {
  const source = parseSource(input.text, input.file)
  const sets = applySets(source.document, input.sets ?? [])
  const value = sets.length === 0 ? source.value : toData(source.document)
  const report = new Report(source)
  const parsed = configSchema.safeParse(value)
  for (const issue of parsed.error?.issues ?? []) {
    for (const finding of findingsOf(issue, value, (path) => keysAt(configSchema, path))) report.add(finding)
  }
  const root = new Cursor(value)
  const names = knownNames(root, catalogue)
  checkProviders(root, report)
  checkRouting(root, names, report)
  checkSections(root, names, report)
  const valid = parsed.success && !report.problems.some((problem) => problem.severity === 'error')
  return { config: valid ? parsed.data : undefined, problems: report.problems, source, value, sets }
}

/** The validated config, or one error that carries every problem as a printed report. */
export function configOrThrow(validated: ValidatedConfig): GatewayConfig {
  if (validated.config !== undefined) return validated.config
  const errors = validated.problems.filter((problem) => problem.severity === 'error')
  const count = errors.length === 1 ? 'a mistake' : `${errors.length} mistakes`
  throw new GatewayError('config_invalid', `${validated.source.file} has ${count}`, {
    hint: 'correct the file, then run `gateway config validate`',
    data: {
      report: renderProblems(errors, validated.source.shownText()),
      problems: errors.map(({ code, message, file, place, note, fix }) => ({ code, message, file, place, note, fix })),
    },
  })
}
