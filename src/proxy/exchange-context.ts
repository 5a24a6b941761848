import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Pipeline } from '../pipeline/ports.ts'
import type { ItemMemory } from './item-memory.ts'
import type { ProxyLimits } from './limits.ts'
import type { AdminPort, AuthPort, CatalogPort, Principal, ReadinessPort, Refusal } from './ports.ts'

export interface ProxyPorts {
  readonly pipeline: Pipeline
  readonly auth: AuthPort
  readonly catalog: CatalogPort
  readonly readiness: ReadinessPort
  /** Absent: there is nothing to administer. */
  readonly admin?: AdminPort
  /** The name under which one that a client gives is kept: it must hold no secret. Absent: itself. */
  readonly keptName?: (given: string) => string
  /** Told of every request that ended without a record. Must not throw. */
  readonly onRefusal: (refusal: Refusal) => void
  /** Told of what was thrown though nothing should throw it. Its message may hold texts of the client. */
  readonly onBug?: (bug: unknown, requestId: string) => void
}

/** Why the work on a request was stopped from outside. */
export type StopReason = 'client_gone' | 'shutdown'

/** One request on its way through the server. */
export interface RequestContext {
  readonly requestId: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly ports: ProxyPorts
  readonly limits: ProxyLimits
  /** What answers of this server held, for clients that refer to it. */
  readonly items: ItemMemory
  /** Aborts as soon as the client is gone or the server stops waiting for it; the reason is a `StopReason`. */
  readonly signal: AbortSignal
  readonly startedAt: number
  /** The server takes no new work any more. */
  readonly stopping: boolean
}

/** A handler that runs after the key was checked. */
export type AuthedHandler = (context: RequestContext, caller: Caller) => Promise<void> | void

export interface Caller {
  readonly principal: Principal
  readonly authMs: number
}
