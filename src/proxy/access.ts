import { GatewayError } from '../wire/errors.ts'
import { credentialOf } from './credential.ts'
import type { Caller, RequestContext } from './exchange-context.ts'
import type { Authenticated, DenialReason } from './ports.ts'

/** What the log is told of a refused request beside its answer. */
export interface Recognised {
  keyId?: string
  reason?: DenialReason
}

/**
 * Who sent the request. A promise only where somebody has to be waited for; a key is known at once. Throws the same error
 * for every failure: no key, a malformed, unknown, revoked or expired one.
 */
export function authenticate(context: RequestContext, seen: Recognised): Caller | Promise<Caller> {
  const startedAt = performance.now()
  const { request, response, ports } = context
  response.setHeader('vary', 'Authorization, x-api-key, x-goog-api-key')
  const found = ports.auth.authenticate(credentialOf(request), Date.now())
  if (!(found instanceof Promise)) return callerOf(found, seen, startedAt)
  return found.then((late) => {
    const caller = callerOf(late, seen, startedAt)
    stillWelcome(context, caller)
    return caller
  })
}

function callerOf(found: Authenticated, seen: Recognised, startedAt: number): Caller {
  if (found === null) throw notRecognised()
  if (found.kind === 'denied') {
    seen.reason = found.reason
    if (found.keyId !== null) seen.keyId = found.keyId
    throw notRecognised()
  }
  seen.keyId = found.rights.keyId
  return { principal: found, authMs: performance.now() - startedAt }
}

/** To be asked after every wait: a key that was revoked in the middle of a request is worth nothing for the rest of it. */
export function stillWelcome({ ports }: RequestContext, { principal }: Caller): void {
  if (ports.auth.stillHolds?.(principal, Date.now()) === false) throw notRecognised()
}

/** Whether the key may use the route at all. Paths of administrators need a key even where nothing else does. */
export function checkRoute(
  route: { readonly name: string; readonly access: 'key' | 'admin' },
  { principal }: Caller,
): void {
  if (route.access === 'admin') {
    if (principal.anonymous === true) throw notRecognised()
    if (principal.kind !== 'admin')
      throw new GatewayError('admin_required', 'this path is for administrators', {
        hint: 'make a key for it with `gateway keys create --admin`',
      })
  }
  const { endpoints } = principal
  if (endpoints === null || endpoints.includes(route.name)) return
  throw new GatewayError('endpoint_not_allowed', `the key may not use the endpoint "${route.name}"`, {
    data: { allowed: endpoints },
  })
}

function notRecognised(): GatewayError {
  return new GatewayError('invalid_api_key', 'the key is missing or not valid here', {
    hint: 'send a key of this gateway as `Authorization: Bearer <key>`; `gateway keys create` makes one',
  })
}
