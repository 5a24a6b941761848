import { appendFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'

/** A report that was asked for with `--report <format>=<path>`. */
export interface ReportWish {
  readonly format: string
  /** Null for standard output. */
  readonly path: string | null
}

/** Reads `--report` values; checks them before anything runs. */
export function parseReports(values: readonly string[], formats: readonly string[], cwd: string): ReportWish[] {
  const wishes = values.map((value) => {
    const at = value.indexOf('=')
    const format = at === -1 ? value : value.slice(0, at)
    const path = at === -1 ? '-' : value.slice(at + 1)
    if (!formats.includes(format) || path === '') {
      throw new GatewayError(
        'usage_error',
        `--report "${value}" is not <format>=<path> with one of ${formats.join(', ')}`,
        {
          hint: 'write for example --report md=replay.md',
        },
      )
    }
    return { format, path: path === '-' ? null : resolve(cwd, path) }
  })
  const toOutput = wishes.filter(({ path }) => path === null)
  if (toOutput.length > 1) {
    throw new GatewayError('usage_error', 'only one report can go to standard output', {
      hint: 'give the others a path',
    })
  }
  return wishes
}

export async function writeReport(wish: ReportWish, pieces: Iterable<string>, context: CliContext): Promise<void> {
  if (wish.path === null) {
    for (const piece of pieces) process.stdout.write(piece)
    return
  }
  await writeText(wish.path, pieces)
  context.note(`wrote ${wish.path}`)
}

/** Adds to a file that GitHub Actions named, such as the step summary. */
export async function appendText(path: string, text: string): Promise<void> {
  await appendFile(path, text.endsWith('\n') ? text : `${text}\n`)
}

async function writeText(path: string, pieces: Iterable<string>): Promise<void> {
  try {
    await writeFile(path, pieces)
  } catch (cause) {
    throw new GatewayError('usage_error', `can not write the report to "${path}"`, {
      hint: 'check the directory',
      cause,
    })
  }
}
