import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { chmod, link, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { GatewayError } from '../wire/errors.ts'
import { isKeyShaped, makeKey } from './key-format.ts'

export interface DevKey {
  readonly key: string
  readonly file: string
  /**
   * `made`: there was none; `replaced`: the file could not be trusted; the others: what it held was revoked, has expired or is
   * not what the store knows.
   */
  readonly origin: 'found' | 'made' | 'replaced' | 'revoked' | 'expired' | 'unknown'
}

const FILE_NAME = 'dev-key'

/**
 * The development key of a project, made on first use and kept in `<stateDir>/dev-key`. A file that others may read,
 * that is a link, or that holds no valid key is replaced: a key that came with a checkout is known to its author.
 */
export async function loadDevKey(stateDir: string): Promise<DevKey> {
  try {
    return await findOrMake(stateDir)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new GatewayError('store_failed', `can not keep the development key in "${stateDir}" (${code})`, {
      hint: 'make the directory writable for you alone, or run in another one with `--cwd`',
      cause,
    })
  }
}

/** Puts a new key in the place of the file's, for its owner alone; whoever reads gets the old one or the new one whole. */
export function writeDevKey(stateDir: string, key: string): string {
  const file = join(stateDir, FILE_NAME)
  const aside = asideOf(stateDir)
  try {
    writeFileSync(aside, `${key}\n`, { flag: 'wx', mode: 0o600 })
    renameSync(aside, file)
    return file
  } finally {
    rmSync(aside, { force: true })
  }
}

/** The key in the file as it is now. */
export function readDevKey(stateDir: string): string {
  return readFileSync(join(stateDir, FILE_NAME), 'utf8').trim()
}

function asideOf(stateDir: string): string {
  return join(stateDir, `${FILE_NAME}.${randomBytes(6).toString('hex')}`)
}

async function findOrMake(stateDir: string): Promise<DevKey> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  await chmod(stateDir, 0o700)
  await keepOutOfGit(stateDir)
  const file = join(stateDir, FILE_NAME)
  const present = await presentKey(file)
  if (present.kind === 'key') return { key: present.key, file, origin: 'found' }
  if (present.kind === 'untrusted') await rm(file, { force: true })
  const key = await createKeyFile(stateDir, file)
  return { key, file, origin: present.kind === 'untrusted' ? 'replaced' : 'made' }
}

type Present = { readonly kind: 'key'; readonly key: string } | { readonly kind: 'absent' | 'untrusted' }

async function presentKey(file: string): Promise<Present> {
  const status = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (status === null) return { kind: 'absent' }
  const own = process.getuid === undefined || status.uid === process.getuid()
  if (!status.isFile() || (status.mode & 0o077) !== 0 || !own) return { kind: 'untrusted' }
  const key = (await readFile(file, 'utf8')).trim()
  return isKeyShaped(key) ? { kind: 'key', key } : { kind: 'untrusted' }
}

/** Written aside and linked into place: of several processes starting now, the first wins and none reads half a key. */
async function createKeyFile(stateDir: string, file: string): Promise<string> {
  const aside = asideOf(stateDir)
  await writeFile(aside, `${makeKey('dev')}\n`, { flag: 'wx', mode: 0o600 })
  try {
    await link(aside, file)
  } catch (error) {
    if (!isExisting(error)) throw error
  } finally {
    await rm(aside, { force: true })
  }
  return (await readFile(file, 'utf8')).trim()
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}

async function keepOutOfGit(stateDir: string): Promise<void> {
  await writeFile(join(stateDir, '.gitignore'), '*\n', { flag: 'wx' }).catch((error: unknown) => {
    if (!isExisting(error)) throw error
  })
}
