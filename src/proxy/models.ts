import { GatewayError } from '../wire/errors.ts'
import { sendJson } from './error-answer.ts'
import type { Caller, RequestContext } from './exchange-context.ts'
import { asksAsGemini, geminiModel, geminiModelPage } from './gemini-models.ts'
import type { ModelEntry } from './ports.ts'

/** `GET /models`: what the caller may name, in OpenAI's form or, at Google's address, in Google's. */
export function listModels({ request, response, ports }: RequestContext, { principal }: Caller): void {
  const entries = ports.catalog.models(principal.rights)
  if (asksAsGemini(request)) sendJson(response, 200, geminiModelPage(entries, request))
  else sendJson(response, 200, { object: 'list', data: entries.map(modelObject) })
}

/** `GET /models/{id}`. */
export function showModel({ request, response, ports }: RequestContext, { principal }: Caller, id: string): void {
  const entry = ports.catalog.models(principal.rights).find((model) => model.id === id)
  if (entry === undefined) throw new GatewayError('model_not_found', 'no model with this name', { param: 'model' })
  sendJson(response, 200, asksAsGemini(request) ? geminiModel(entry) : modelObject(entry))
}

function modelObject({ id, created, ownedBy }: ModelEntry): Readonly<Record<string, unknown>> {
  return { id, object: 'model', created, owned_by: ownedBy }
}
