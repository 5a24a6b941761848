import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../wire/errors.ts'
import { headerValues } from './raw-headers.ts'

/** What a client may ask in `x-gateway-*` headers. Hints narrow what the key allows and never widen it. */
export interface Hints {
  readonly tier: string | null
  readonly policy: string | null
  readonly session: string | null
  readonly user: string | null
  readonly project: string | null
  readonly tags: readonly string[]
  readonly explain: boolean
}

const MAX_VALUE = 128
const MAX_TAGS = 16

/** Reads the hint headers. A value that is too long is refused, not cut: two users must not become one. */
export function hintsOf(request: IncomingMessage): Hints {
  const tags = (hint(request, 'x-gateway-tags', MAX_VALUE * MAX_TAGS) ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
  if (tags.length > MAX_TAGS || tags.some((tag) => tag.length > MAX_VALUE))
    throw refused('x-gateway-tags', `at most ${MAX_TAGS} tags of at most ${MAX_VALUE} characters`)
  return {
    tier: hint(request, 'x-gateway-tier'),
    policy: hint(request, 'x-gateway-policy'),
    session: hint(request, 'x-gateway-session'),
    user: hint(request, 'x-gateway-user'),
    project: hint(request, 'x-gateway-project'),
    tags: [...new Set(tags)],
    explain: hint(request, 'x-gateway-explain') === '1',
  }
}

function hint(request: IncomingMessage, name: string, longest = MAX_VALUE): string | null {
  const values = headerValues(request, name)
  const value = values[0]?.trim()
  if (value === undefined || value === '') return null
  if (values.length > 1) throw refused(name, 'one value')
  if (value.length > longest) throw refused(name, `at most ${longest} characters`)
  if (/[^\u0020-\u007e]/.test(value)) throw refused(name, 'printable ASCII')
  return value
}

function refused(name: string, wanted: string): GatewayError {
  return new GatewayError('invalid_request_error', `the header \`${name}\` must be ${wanted}`, { param: name })
}
