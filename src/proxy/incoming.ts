import type { Rights } from '../engine/decision.ts'
import type { Incoming } from '../pipeline/ports.ts'
import { sessionIdOf } from '../pipeline/session-id.ts'
import type { CanonicalRequest } from '../wire/canonical.ts'
import { GatewayError } from '../wire/errors.ts'
import type { JsonObject } from '../wire/json.ts'
import type { Caller, RequestContext } from './exchange-context.ts'
import { mayHint, type Hints } from './hints.ts'
import { userNameOf } from './user-name.ts'

const MAX_USER_CHARS = 512

export interface ReadRequest {
  readonly canonical: CanonicalRequest
  readonly body: JsonObject | null
  readonly droppedParams: readonly string[]
  readonly hints: Hints
  readonly parseMs: number
  readonly endpoint: Incoming['asked']['endpoint']
}

/** What the pipeline gets to know of a request. */
export function incomingOf(context: RequestContext, caller: Caller, read: ReadRequest): Incoming {
  const { canonical, hints } = read
  const { keptName = itself } = context.ports
  const rights = rightsFor(caller, read, keptName)
  return {
    requestId: context.requestId,
    exchangeId: context.requestId,
    request: canonical,
    asked: {
      model: keptName(canonical.model),
      endpoint: read.endpoint,
      stream: canonical.stream,
      hints: {
        ...(hints.tier === null ? {} : { tier: keptName(hints.tier) }),
        ...(hints.policy === null ? {} : { policy: keptName(hints.policy) }),
        tags: hints.tags.map((tag) => keptName(tag)),
      },
    },
    rights,
    sessionId: sessionIdOf(canonical, rights.keyId, hints.session ?? undefined),
    body: read.body,
    ...(read.droppedParams.length === 0 ? {} : { droppedParams: read.droppedParams }),
    clientRetry: retryCount(context.request.headers['x-stainless-retry-count']),
    parseMs: read.parseMs,
    authMs: caller.authMs,
  }
}

const itself = (given: string): string => given

/**
 * A key that is bound to no user or project says in a header for whom it acts, or in the user field of its format; where it
 * may not, that field is for the provider alone.
 */
function rightsFor(
  { principal }: Caller,
  { canonical, hints }: ReadRequest,
  keptName: (given: string) => string,
): Rights {
  const { rights } = principal
  const endUser = rights.user === null && mayHint(principal, 'user') ? endUserOf(canonical) : null
  const [user, project] = [hints.user ?? endUser, hints.project]
  return {
    ...rights,
    alias: hints.alias ?? rights.alias,
    user: rights.user ?? (user === null ? null : keptName(user)),
    project: rights.project ?? (project === null ? null : keptName(project)),
  }
}

/** Too long is refused, not cut: two users must not become one. */
function endUserOf({ endUser }: CanonicalRequest): string | null {
  if (endUser === undefined || endUser === '') return null
  if (endUser.length > MAX_USER_CHARS)
    throw new GatewayError('invalid_request_error', `"user" must be at most ${MAX_USER_CHARS} characters`, {
      param: 'user',
    })
  return userNameOf(endUser)
}

/** The official clients count their own retries in a header. */
function retryCount(value: string | string[] | undefined): number {
  const count = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : 0
  return Math.min(count, 100)
}
