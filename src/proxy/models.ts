import { GatewayError } from '../wire/errors.ts'
import { sendJson } from './error-answer.ts'
import type { Caller, RequestContext } from './exchange-context.ts'
import type { ModelEntry } from './ports.ts'

/** `GET /models`: what the caller may name, in OpenAI's form. */
export function listModels({ response, ports }: RequestContext, { principal }: Caller): void {
  sendJson(response, 200, { object: 'list', data: ports.catalog.models(principal.rights).map(modelObject) })
}

/** `GET /models/{id}`. */
export function showModel({ response, ports }: RequestContext, { principal }: Caller, id: string): void {
  const entry = ports.catalog.models(principal.rights).find((model) => model.id === id)
  if (entry === undefined) throw new GatewayError('model_not_found', 'no model with this name', { param: 'model' })
  sendJson(response, 200, modelObject(entry))
}

function modelObject({ id, created, ownedBy }: ModelEntry): Readonly<Record<string, unknown>> {
  return { id, object: 'model', created, owned_by: ownedBy }
}
