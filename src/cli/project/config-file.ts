import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { findConfigFile } from '../../config/discovery.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'

const MAX_BYTES = 1_048_576

/** Path of `--config` or `GATEWAY_CONFIG`, else the discovered file, else null. */
export function wantedConfigFile(context: Pick<CliContext, 'cwd' | 'config'>): string | null {
  if (context.config === undefined || context.config === '') return findConfigFile(context.cwd)
  return resolve(context.cwd, context.config)
}

export interface ConfigFile {
  readonly file: string
  readonly dir: string
  readonly text: string
}

/** Reads a config file; never more than 1 MiB, so that a wrong path can not fill the memory. */
export function readConfigFile(file: string): ConfigFile {
  try {
    const { size } = statSync(file)
    if (size > MAX_BYTES) throw new Error('too large')
    return { file, dir: dirname(file), text: readFileSync(file, 'utf8').replace(/^\ufeff/, '') }
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new GatewayError('config_not_found', `"${file}" ${missing ? 'does not exist' : 'can not be read'}`, {
      hint: missing
        ? 'correct the path, or make one with `gateway config init`'
        : 'a config is a text file up to 1 MiB',
      cause,
    })
  }
}
