import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../wire/errors.ts'
import type { Principal } from './ports.ts'
import { headerValues } from './raw-headers.ts'

/** Hint headers, without `x-gateway-`, that a key can be kept from. `explain` has a scope of its own. */
export const HINT_NAMES = ['tier', 'policy', 'session', 'user', 'project', 'tags', 'alias'] as const
export type HintName = (typeof HINT_NAMES)[number]

/** What a client may ask in `x-gateway-*` headers. Hints narrow what the key allows and never widen it. */
export interface Hints {
  readonly tier: string | null
  readonly policy: string | null
  readonly session: string | null
  readonly user: string | null
  readonly project: string | null
  /** The name by which the key goes for this request. */
  readonly alias: string | null
  readonly tags: readonly string[]
  readonly explain: boolean
}

const MAX_VALUE = 128
const MAX_TAGS = 16

/**
 * Reads the hint headers. A value that is too long is refused, not cut: two users must not become one. A hint that the key
 * may not give is refused, not ignored: the client would believe that it holds.
 */
export function hintsOf(request: IncomingMessage, principal: Principal): Hints {
  const of = (name: HintName): string | null => {
    const longest = name === 'tags' ? MAX_VALUE * MAX_TAGS : MAX_VALUE
    const value = hint(request, `x-gateway-${name}`, longest)
    if (value !== null && !mayHint(principal, name)) throw notAllowed(name)
    return value
  }
  const explain = hint(request, 'x-gateway-explain') === '1'
  if (explain && !principal.mayExplain) throw notAllowed('explain')
  return {
    tier: of('tier'),
    policy: of('policy'),
    session: of('session'),
    user: fixed('user', of('user'), principal.rights.user),
    project: fixed('project', of('project'), principal.rights.project),
    alias: ownAlias(of('alias'), principal),
    tags: tagsOf(of('tags')),
    explain,
  }
}

/** Whether the key may give the hint, which is another matter than whether it may give this value. */
export function mayHint({ hints }: Principal, name: HintName): boolean {
  return hints === null || hints.includes(name)
}

function tagsOf(value: string | null): readonly string[] {
  if (value === null) return []
  const tags = value
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
  if (tags.length > MAX_TAGS || tags.some((tag) => tag.length > MAX_VALUE))
    throw refused('x-gateway-tags', `at most ${MAX_TAGS} tags of at most ${MAX_VALUE} characters`)
  return [...new Set(tags)]
}

/** What the key is bound to may be repeated and not replaced. */
function fixed(name: 'user' | 'project', asked: string | null, own: string | null): string | null {
  if (asked !== null && own !== null && asked !== own)
    throw notAllowed(name, `the key is bound to its own ${name}, so \`x-gateway-${name}\` can not name another`)
  return asked
}

/** One answer for names that nobody has and names of other keys. */
function ownAlias(asked: string | null, { aliases }: Principal): string | null {
  if (asked !== null && !aliases.includes(asked)) throw notAllowed('alias', 'the key has no such alias')
  return asked
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

function notAllowed(name: HintName | 'explain', why?: string): GatewayError {
  const header = `x-gateway-${name}`
  return new GatewayError('hint_not_allowed', why ?? `the key may not send the header \`${header}\``, { param: header })
}
