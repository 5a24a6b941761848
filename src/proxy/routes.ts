import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../wire/errors.ts'
import { listGroups, listKeys, noSuchAdminPath, showAuditHead, showKey } from './admin.ts'
import { listBudgets, showSpend } from './admin-spend.ts'
import { chatSpeaker } from './chat-speaker.ts'
import { completionsSpeaker } from './completions-speaker.ts'
import { countingOf } from './count-tokens.ts'
import { embeddingsSpeaker } from './embeddings-speaker.ts'
import { exchangeOf } from './exchange.ts'
import type { AuthedHandler, RequestContext } from './exchange-context.ts'
import { geminiEmbedSpeaker } from './gemini-embed-speaker.ts'
import { GEMINI_VOICE, geminiCounter, geminiSpeaker } from './gemini-speaker.ts'
import { health, readiness } from './health.ts'
import { messagesCounter, messagesSpeaker, MESSAGES_VOICE } from './messages-speaker.ts'
import { listModels, showModel } from './models.ts'
import { OPENAI_VOICE } from './openai-voice.ts'
import { responsesSpeaker } from './responses-speaker.ts'
import type { ErrorVoice } from './speaker.ts'

/** One entry of the only route table. `open` routes need no key, but pass the front door like all others. */
export type Route =
  | { readonly name: string; readonly access: 'open'; readonly handle: (context: RequestContext) => void }
  | { readonly name: string; readonly access: 'key' | 'admin'; readonly handle: AuthedHandler }

type Methods = Readonly<Record<string, Route>>

const post = (name: string, handle: AuthedHandler): Methods => ({ POST: { name, access: 'key', handle } })
const admin = (name: string, handle: AuthedHandler): Methods => ({ GET: { name, access: 'admin', handle } })

const TABLE: ReadonlyMap<string, Methods> = new Map([
  ['/chat/completions', post('chat.completions', exchangeOf(chatSpeaker))],
  ['/responses', post('responses', exchangeOf(responsesSpeaker))],
  ['/completions', post('completions', exchangeOf(completionsSpeaker))],
  ['/embeddings', post('embeddings', exchangeOf(embeddingsSpeaker))],
  ['/messages', post('messages', exchangeOf(messagesSpeaker))],
  ['/messages/count_tokens', post('messages.count_tokens', countingOf(messagesCounter))],
  ['/models', { GET: { name: 'models.list', access: 'key', handle: listModels } }],
  ['/gateway/keys', admin('gateway.keys', listKeys)],
  ['/gateway/groups', admin('gateway.groups', listGroups)],
  ['/gateway/spend', admin('gateway.spend', showSpend)],
  ['/gateway/budgets', admin('gateway.budgets', listBudgets)],
  ['/gateway/audit/head', admin('gateway.audit', showAuditHead)],
  ['/healthz', { GET: { name: 'healthz', access: 'open', handle: health } }],
  ['/readyz', { GET: { name: 'readyz', access: 'open', handle: readiness } }],
])

const MODEL_PREFIX = '/models/'
const ADMIN_PREFIX = '/gateway/'
const ADMIN_KEY_PREFIX = '/gateway/keys/'

/** What Gemini's clients want of a model, by the word after the colon. */
const MODEL_ACTIONS: ReadonlyMap<string, (model: string) => AuthedHandler> = new Map([
  ['generateContent', (model) => exchangeOf(geminiSpeaker(model, false))],
  ['streamGenerateContent', (model) => exchangeOf(geminiSpeaker(model, true))],
  ['embedContent', (model) => exchangeOf(geminiEmbedSpeaker(model, false))],
  ['batchEmbedContents', (model) => exchangeOf(geminiEmbedSpeaker(model, true))],
  ['countTokens', (model) => countingOf(geminiCounter(model))],
])

/** Where a route is; `{model}` and `{key}` stand for a name. */
export interface RoutePlace {
  readonly method: string
  readonly path: string
  readonly name: string
  readonly access: Route['access']
}

/** Every route that there is, without the version in front. */
export const ROUTES: readonly RoutePlace[] = [
  ...[...TABLE].flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { name, access }]) => ({ method, path, name, access })),
  ),
  { method: 'GET', path: '/models/{model}', name: 'models.show', access: 'key' },
  ...[...MODEL_ACTIONS.keys()].map((name): RoutePlace => ({
    method: 'POST',
    path: `/models/{model}:${name}`,
    name,
    access: 'key',
  })),
  { method: 'GET', path: '/gateway/keys/{key}', name: 'gateway.keys', access: 'admin' },
]

/** Every endpoint that a key can be kept from, by the name that scopes and logs use. */
export const ENDPOINT_NAMES: readonly string[] = [
  ...new Set(ROUTES.flatMap(({ name, access }) => (access === 'open' ? [] : [name]))),
]

/** Versions that a path may begin with; each path is also there without. */
const VERSION = /^\/v1(?:beta)?(?=\/)/

/** Finds the route of a normalised path, with and without a version in front. Throws 404 or 405. */
export function routeOf(method: string, path: string): Route {
  const bare = path.replace(VERSION, '')
  const methods = TABLE.get(bare) ?? modelRoute(bare) ?? adminRoute(path)
  if (methods === undefined) throw new GatewayError('not_found', 'no such path')
  const route = methods[method === 'HEAD' ? 'GET' : method]
  if (route !== undefined) return route
  const allow = Object.keys(methods).join(', ')
  throw new GatewayError('method_not_allowed', `this path takes ${allow} only`, { data: { allow } })
}

function modelRoute(path: string): Methods | undefined {
  if (!path.startsWith(MODEL_PREFIX)) return undefined
  // Model names may hold slashes, so the rest of the path is the name; what Gemini's clients do with it comes last.
  const id = path.slice(MODEL_PREFIX.length)
  const colon = id.lastIndexOf(':')
  const action = colon === -1 ? '' : id.slice(colon + 1)
  const handlerFor = MODEL_ACTIONS.get(action)
  if (handlerFor !== undefined) return post(action, handlerFor(id.slice(0, colon)))
  const handle: AuthedHandler = (context, caller) => showModel(context, caller, id)
  return { GET: { name: 'models.show', access: 'key', handle } }
}

/** Without a version in front. Only administrators are told which of these paths there are. */
function adminRoute(path: string): Methods | undefined {
  if (path.startsWith(ADMIN_KEY_PREFIX)) return admin('gateway.keys', showKey(path.slice(ADMIN_KEY_PREFIX.length)))
  return path.startsWith(ADMIN_PREFIX) ? admin('gateway', noSuchAdminPath) : undefined
}

/** The format in which a request hears of errors, known by its address alone, so that even a refusal at the door fits. */
export function voiceOf({ url = '' }: IncomingMessage): ErrorVoice {
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  if (path.startsWith('/v1beta/') || /(?::|%3A)(?:\w*[gG]enerateContent|[eE]mbedContents?|countTokens)\/?$/.test(path))
    return GEMINI_VOICE
  return /^(?:\/v1)?\/messages(?:\/|$)/.test(path) ? MESSAGES_VOICE : OPENAI_VOICE
}
