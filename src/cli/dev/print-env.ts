import type { CliContext } from '../context.ts'
import { clientEnv } from './child.ts'

/** The settings of a client as lines for `eval` in a shell, or as one JSON document. */
export function printEnv(context: CliContext, url: string, key: string): void {
  const variables = clientEnv(url, key)
  if (context.json) context.out(JSON.stringify(variables))
  else context.out(Object.entries(variables).map(exportLine).join('\n'))
}

/** Values are URLs and keys of ours, which need no quotes; quoting keeps that from being a condition. */
function exportLine([name, value]: readonly [string, string]): string {
  return `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'`
}
