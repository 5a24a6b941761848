import { execFile } from 'node:child_process'
import { relative } from 'node:path'
import { promisify } from 'node:util'
import { GatewayError } from '../../wire/errors.ts'

const run = promisify(execFile)

export interface ConfigAtRef {
  readonly text: string
  /** `git:<ref> <short commit>`, as reports show it. */
  readonly label: string
}

/** The text of a config file as it stood at a git ref. Only data is read; nothing of the ref is run or checked out. */
export async function configAtRef(ref: string, file: string, cwd: string): Promise<ConfigAtRef> {
  // A ref that begins with a dash would be taken for an option of git.
  if (ref === '' || ref.startsWith('-')) throw new GatewayError('usage_error', `"${ref}" is no git ref`)
  const root = (await git(['rev-parse', '--show-toplevel'], cwd, `"${cwd}" is in no git repository`)).trim()
  const commit = (
    await git(['rev-parse', '--short', '--verify', '--quiet', `${ref}^{commit}`], cwd, `git knows no ref "${ref}"`)
  ).trim()
  const path = relative(root, file).replaceAll('\\', '/')
  const text = await git(['show', `${commit}:${path}`], root, `"${path}" does not exist at ${ref}`)
  return { text, label: `git:${ref} ${commit}` }
}

async function git(parameters: readonly string[], cwd: string, problem: string): Promise<string> {
  try {
    const { stdout } = await run('git', [...parameters], { cwd, maxBuffer: 16 * 1024 * 1024 })
    return stdout
  } catch (cause) {
    throw new GatewayError('config_not_found', problem, {
      hint: 'name a ref that holds the config, such as git:main',
      cause,
    })
  }
}
