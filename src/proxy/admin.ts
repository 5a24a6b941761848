import { GatewayError } from '../wire/errors.ts'
import { sendJson } from './error-answer.ts'
import type { AuthedHandler, RequestContext } from './exchange-context.ts'
import type { AdminPort } from './ports.ts'

/** `GET /gateway/keys`. */
export const listKeys: AuthedHandler = (context) => sendList(context, adminOf(context).keys(Date.now()))

/** `GET /gateway/keys/{id or alias}`. */
export function showKey(name: string): AuthedHandler {
  return (context) => {
    const key = adminOf(context).key(name, Date.now())
    if (key === null) throw nothingThere()
    sendJson(context.response, 200, key)
  }
}

/** `GET /gateway/groups`. */
export const listGroups: AuthedHandler = (context) => sendList(context, adminOf(context).groups())

/** `GET /gateway/audit/head`. */
export const showAuditHead: AuthedHandler = (context) => {
  sendJson(context.response, 200, { head: adminOf(context).auditHead() })
}

/** Any other path below `/gateway`: only administrators learn that it does not exist. */
export const noSuchAdminPath: AuthedHandler = () => {
  throw nothingThere()
}

function adminOf({ ports }: RequestContext): AdminPort {
  if (ports.admin === undefined) throw nothingThere()
  return ports.admin
}

function sendList({ response }: RequestContext, data: readonly unknown[]): void {
  sendJson(response, 200, { object: 'list', data })
}

function nothingThere(): GatewayError {
  return new GatewayError('not_found', 'no such path')
}
