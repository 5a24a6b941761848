import { existsSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { CONFIG_NAMES } from '../../config/discovery.ts'
import { STARTER_CONFIG } from '../../config/starter.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'

/** `gateway config init`: never replaces a file unless told to. */
export function runInit(context: CliContext, force: boolean): void {
  const file = context.config === undefined ? join(context.cwd, 'gateway.yaml') : resolve(context.cwd, context.config)
  const inTheWay =
    context.config === undefined
      ? CONFIG_NAMES.map((name) => join(context.cwd, name)).find((path) => existsSync(path))
      : [file].find((path) => existsSync(path))
  if (inTheWay !== undefined && !(force && inTheWay === file)) {
    throw new GatewayError('usage_error', `"${relative(context.cwd, inTheWay)}" exists already`, {
      hint: inTheWay === file ? 'replace it with `--force`' : 'a second config beside it would never be read',
    })
  }
  writeFileSync(file, STARTER_CONFIG, { flag: force ? 'w' : 'wx' })
  context.out(`wrote ${relative(context.cwd, file)}`)
  context.note('next: gateway config validate')
}
