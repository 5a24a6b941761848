import { sendJson } from './error-answer.ts'
import type { RequestContext } from './exchange-context.ts'

/** Liveness: the process answers. */
export function health({ response }: RequestContext): void {
  sendJson(response, 200, { status: 'ok' })
}

/** Readiness: everything a request needs is usable. */
export function readiness({ response, ports, stopping }: RequestContext): void {
  const missing = [...ports.readiness.missing(), ...(stopping ? ['stopping'] : [])]
  sendJson(response, missing.length === 0 ? 200 : 503, {
    status: missing.length === 0 ? 'ready' : 'not_ready',
    missing,
  })
}
