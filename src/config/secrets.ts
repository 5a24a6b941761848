import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { readReference, type SecretReference } from './secret-reference.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const MAX_SECRET_BYTES = 65_536

/** True when the secret is there, without reading a file's content. */
export function referencePresent(text: string, env: Environment, dir: string): boolean {
  const reference = readReference(text)
  if (reference === undefined) return false
  if (reference.kind === 'env') return (env[reference.name] ?? '').trim() !== ''
  return (statSync(secretPath(reference, dir), { throwIfNoEntry: false })?.size ?? 0) > 0
}

/** The secret behind a reference; undefined when it is missing or empty. Only live commands call this. */
export function resolveReference(text: string, env: Environment, dir: string): string | undefined {
  const reference = readReference(text)
  if (reference === undefined) return undefined
  const secret = reference.kind === 'env' ? env[reference.name] : readSecretFile(secretPath(reference, dir))
  const trimmed = secret?.trim()
  // A line break inside would end the header that carries the secret.
  return trimmed === undefined || trimmed === '' || /[\r\n\0]/.test(trimmed) ? undefined : trimmed
}

/** Absolute path of a `file:` reference: relative to the config file, `~` is the home directory. */
function secretPath(reference: Extract<SecretReference, { kind: 'file' }>, dir: string): string {
  const { path } = reference
  if (path.startsWith('~/')) return join(homedir(), path.slice(2))
  return isAbsolute(path) ? path : resolve(dir, path)
}

function readSecretFile(path: string): string | undefined {
  try {
    return statSync(path).size > MAX_SECRET_BYTES ? undefined : readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
