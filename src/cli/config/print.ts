import { relative } from 'node:path'
import { effectiveConfig, effectiveValues, type EffectiveValue } from '../../config/origins.ts'
import { configOrThrow } from '../../config/validate.ts'
import { canonicalJson } from '../../wire/json.ts'
import type { CliContext } from '../context.ts'
import { setsFromEnvironment } from '../project.ts'
import { validateText } from '../project/build.ts'
import { readConfigFile, wantedConfigFile } from '../project/config-file.ts'
import { preferenceRows } from '../project/preferences.ts'

/** `gateway config print`: what applies, as YAML, JSON or one line a value. Keys stand there as references only. */
export async function runPrint(
  context: CliContext,
  options: { readonly origins: boolean; readonly sets: readonly string[] },
): Promise<void> {
  const wanted = wantedConfigFile(context)
  const read = wanted === null ? null : readConfigFile(wanted)
  const fromEnvironment = setsFromEnvironment(context.env)
  const validated = await validateText({
    text: read?.text ?? '',
    shownAs: read === null ? 'defaults' : relative(context.cwd, read.file) || read.file,
    dir: read?.dir ?? context.cwd,
    env: context.env,
    sets: [...fromEnvironment, ...options.sets],
  })
  configOrThrow(validated)
  if (options.origins) {
    const values = effectiveValues(validated, fromEnvironment.length)
    const rows = [...values, ...(await preferenceRows(context))]
    context.out(context.json ? JSON.stringify(rows, null, 2) : originLines(rows).join('\n'))
    return
  }
  const effective = effectiveConfig(validated.value)
  if (context.json) context.out(JSON.stringify(effective, null, 2))
  else {
    const { stringify } = await import('yaml')
    context.out(stringify(effective, { lineWidth: 110, aliasDuplicateObjects: false }))
  }
}

function originLines(rows: readonly EffectiveValue[]): string[] {
  const cells = rows.map((row) => [`${row.path} = ${canonicalJson(row.value)}`, row.origin] as const)
  const width = Math.min(84, Math.max(...cells.map(([text]) => text.length)))
  return cells.map(([text, origin]) => `${text.padEnd(width)}  ${origin}`)
}
