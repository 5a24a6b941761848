import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../wire/errors.ts'
import type { AuthedHandler, RequestContext } from './exchange-context.ts'
import { chatSpeaker } from './chat-speaker.ts'
import { exchangeOf } from './exchange.ts'
import { health, readiness } from './health.ts'
import { listModels, showModel } from './models.ts'
import { OPENAI_VOICE } from './openai-voice.ts'
import { responsesSpeaker } from './responses-speaker.ts'
import type { ErrorVoice } from './speaker.ts'

/** One entry of the only route table. `open` routes need no key, but pass the front door like all others. */
export type Route =
  | { readonly name: string; readonly access: 'open'; readonly handle: (context: RequestContext) => void }
  | { readonly name: string; readonly access: 'key'; readonly handle: AuthedHandler }

const TABLE: ReadonlyMap<string, Readonly<Record<string, Route>>> = new Map([
  ['/chat/completions', { POST: { name: 'chat.completions', access: 'key', handle: exchangeOf(chatSpeaker) } }],
  ['/responses', { POST: { name: 'responses', access: 'key', handle: exchangeOf(responsesSpeaker) } }],
  ['/models', { GET: { name: 'models.list', access: 'key', handle: listModels } }],
  ['/healthz', { GET: { name: 'healthz', access: 'open', handle: health } }],
  ['/readyz', { GET: { name: 'readyz', access: 'open', handle: readiness } }],
])

const MODEL_PREFIX = '/models/'

/** Finds the route of a normalised path, with and without `/v1` in front. Throws 404 or 405. */
export function routeOf(method: string, path: string): Route {
  const bare = path.startsWith('/v1/') ? path.slice(3) : path
  const methods = TABLE.get(bare) ?? modelRoute(bare)
  if (methods === undefined) throw new GatewayError('not_found', 'no such path')
  const route = methods[method === 'HEAD' ? 'GET' : method]
  if (route !== undefined) return route
  const allow = Object.keys(methods).join(', ')
  throw new GatewayError('method_not_allowed', `this path takes ${allow} only`, { data: { allow } })
}

function modelRoute(path: string): Readonly<Record<string, Route>> | undefined {
  if (!path.startsWith(MODEL_PREFIX)) return undefined
  // Model names may hold slashes, so the rest of the path is the name.
  const id = path.slice(MODEL_PREFIX.length)
  const handle: AuthedHandler = (context, caller) => showModel(context, caller, id)
  return { GET: { name: 'models.show', access: 'key', handle } }
}

/** The format in which a request hears of errors, known by its address alone, so that even a refusal at the door fits. */
export function voiceOf(_request: IncomingMessage): ErrorVoice {
  return OPENAI_VOICE
}
