import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** In this order; the first that exists in a directory wins. */
export const CONFIG_NAMES = ['gateway.yaml', 'gateway.yml', 'gateway.json', 'gateway.config.json'] as const

/**
 * Looks for a config file in `cwd` and upwards, up to and including the root of the git repository. Outside a repository
 * only `cwd` itself is searched: a config from an unrelated parent directory would be a surprise.
 */
export function findConfigFile(cwd: string): string | null {
  const root = gitRoot(cwd)
  for (let dir = cwd; ; dir = dirname(dir)) {
    for (const name of CONFIG_NAMES) {
      const file = join(dir, name)
      if (isFile(file)) return file
    }
    if (root === null || dir === root || dir === dirname(dir)) return null
  }
}

/** The nearest directory with a `.git`, which is a file in worktrees and submodules. */
function gitRoot(cwd: string): string | null {
  for (let dir = cwd; ; dir = dirname(dir)) {
    if (existsSync(join(dir, '.git'))) return dir
    if (dir === dirname(dir)) return null
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
