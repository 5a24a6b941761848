import { GatewayError } from '../wire/errors.ts'
import { isOwnPrefix } from './key-format.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@:/+-]{0,63}$/
const TEXT = /^[\u0020-\u007e]{1,128}$/

/** Names of keys and groups go into headers, logs and command lines, so they are plain and short. */
export function checkName(what: 'alias' | 'group', name: string): string {
  // A secret where a name belongs would be printed everywhere, so not even the message repeats it.
  if (isOwnPrefix(name)) throw invalid(`a key was given where the ${what} belongs`, 'give it a name of its own')
  if (name.startsWith('key_'))
    throw invalid(`the ${what} "${name}" looks like the id of a key`, 'choose a name that does not begin with `key_`')
  if (isName(name)) return name
  throw invalid(
    `the ${what} ${shown(name)} is not usable as a name`,
    'use up to 64 letters, digits and . _ @ : / + -, the first a letter or digit',
  )
}

/** Owners, users and the like: one line as headers can carry it. */
export function checkText(what: string, text: string): string {
  if (isOwnPrefix(text)) throw invalid(`a key was given where the ${what} belongs`, 'give the name instead')
  if (isText(text)) return text
  throw invalid(`the ${what} ${shown(text)} is not usable`, 'use up to 128 printable ASCII characters')
}

/** Whether the text can be an alias or the name of a group. */
export function isName(text: string): boolean {
  return NAME.test(text) && !isOwnPrefix(text) && !text.startsWith('key_')
}

/** Whether the text can be an owner, a user and the like. */
export function isText(text: string): boolean {
  return TEXT.test(text) && text.trim() === text && !isOwnPrefix(text)
}

function shown(text: string): string {
  return text.length <= 64 ? JSON.stringify(text) : `of ${text.length} characters`
}

/** The error of keys, groups and imports that can not be kept as they are. */
export function invalid(message: string, hint?: string): GatewayError {
  return new GatewayError('key_invalid', message, hint === undefined ? {} : { hint })
}
