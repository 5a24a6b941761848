import { GatewayError } from '../wire/errors.ts'
import { authenticate, checkRoute, type Recognised } from './access.ts'
import { checkDeclaredLength, ClientGone } from './body.ts'
import { asGatewayError, sendError } from './error-answer.ts'
import type { RequestContext } from './exchange-context.ts'
import { checkDoor, type DoorList } from './front-door.ts'
import { normalPath } from './request-target.ts'
import type { ErrorVoice } from './speaker.ts'
import { routeOf, voiceOf, type Route } from './routes.ts'

/** Takes one request from the front door to its handler. Never rejects: what is thrown becomes an error answer. */
export async function dispatch(context: RequestContext, door: DoorList): Promise<void> {
  let endpoint = '-'
  const seen: Recognised = {}
  const voice = voiceOf(context.request)
  try {
    plainHeaders(context, voice)
    checkDoor(context.request, door)
    checkDeclaredLength(context.request, context.limits)
    const route = routeOf(context.request.method ?? '', normalPath(context.request.url ?? ''))
    endpoint = route.name
    if (context.stopping && route.access !== 'open')
      throw new GatewayError('shutting_down', 'the proxy is stopping and takes no new requests')
    await enter(route, context, seen)
  } catch (thrown) {
    refuse(context, { endpoint, voice, seen }, thrown)
  }
}

async function enter(route: Route, context: RequestContext, seen: Recognised): Promise<void> {
  if (route.access === 'open') return route.handle(context)
  const found = authenticate(context, seen)
  const caller = found instanceof Promise ? await found : found
  checkRoute(route, caller)
  await route.handle(context, caller)
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
  { endpoint, voice, seen }: { endpoint: string; voice: ErrorVoice; seen: Recognised },
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
    ...seen,
  })
}
