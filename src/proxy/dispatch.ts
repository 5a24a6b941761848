import { GatewayError } from '../wire/errors.ts'
import { checkDeclaredLength, ClientGone } from './body.ts'
import { credentialOf } from './credential.ts'
import { asGatewayError, sendError } from './error-answer.ts'
import type { Caller, RequestContext } from './exchange-context.ts'
import { checkDoor, type DoorList } from './front-door.ts'
import { normalPath } from './request-target.ts'
import type { ErrorVoice } from './speaker.ts'
import { routeOf, voiceOf, type Route } from './routes.ts'

/** Takes one request from the front door to its handler. Never rejects: what is thrown becomes an error answer. */
export async function dispatch(context: RequestContext, door: DoorList): Promise<void> {
  let endpoint = '-'
  const voice = voiceOf(context.request)
  try {
    plainHeaders(context, voice)
    checkDoor(context.request, door)
    checkDeclaredLength(context.request, context.limits)
    const route = routeOf(context.request.method ?? '', normalPath(context.request.url ?? ''))
    endpoint = route.name
    if (context.stopping && route.access === 'key')
      throw new GatewayError('shutting_down', 'the proxy is stopping and takes no new requests')
    await enter(route, context)
  } catch (thrown) {
    refuse(context, { endpoint, voice }, thrown)
  }
}

async function enter(route: Route, context: RequestContext): Promise<void> {
  if (route.access === 'open') return route.handle(context)
  await route.handle(context, authenticate(context))
}

function authenticate({ request, response, ports }: RequestContext): Caller {
  const startedAt = performance.now()
  response.setHeader('vary', 'Authorization, x-api-key, x-goog-api-key')
  const principal = ports.auth.authenticate(credentialOf(request))
  if (principal === null)
    throw new GatewayError('invalid_api_key', 'the key is missing or not valid here', {
      hint: 'send the key that `gateway dev` printed as `Authorization: Bearer <key>`',
    })
  return { principal, authMs: performance.now() - startedAt }
}

/** On every answer. The answers differ by key and must never sit in a cache on the way. */
function plainHeaders({ response, requestId }: RequestContext, voice: ErrorVoice): void {
  response.setHeader('cache-control', 'private, no-store')
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-request-id', requestId)
  response.setHeader('x-gateway-request-id', requestId)
  for (const [name, value] of Object.entries(voice.headers(requestId))) response.setHeader(name, value)
}

function refuse(
  context: RequestContext,
  { endpoint, voice }: { endpoint: string; voice: ErrorVoice },
  thrown: unknown,
): void {
  if (thrown instanceof ClientGone) return
  const { response, requestId, ports, startedAt } = context
  const error = asGatewayError(thrown)
  if (error.code === 'internal_error') ports.onBug?.(thrown, requestId)
  // In the middle of an answer there is no place for an error any more.
  if (response.headersSent) response.destroy()
  sendError(context, { error, voice })
  ports.onRefusal({
    requestId,
    at: Date.now(),
    endpoint,
    status: voice.status(error),
    code: error.code,
    ms: performance.now() - startedAt,
  })
}
