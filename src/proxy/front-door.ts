import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../wire/errors.ts'
import { headerValues } from './raw-headers.ts'

/** Who may talk to this port at all, whatever the path: exact `host:port` values and exact origins, lower case. */
export interface DoorList {
  readonly hosts: ReadonlySet<string>
  readonly origins: ReadonlySet<string>
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]']

/** Loopback names with our own port, then the names given. A name without a port gets ours; port 80 may be left out. */
export function doorList(port: number, hosts: readonly string[], origins: readonly string[]): DoorList {
  const allowed = new Set<string>()
  for (const name of [...LOOPBACK_NAMES, ...hosts].map((host) => host.toLowerCase())) {
    const hasPort = /:\d+$/.test(name)
    allowed.add(hasPort ? name : `${name}:${port}`)
    if (!hasPort && port === 80) allowed.add(name)
  }
  return { hosts: allowed, origins: new Set(origins.map((origin) => origin.toLowerCase())) }
}

/**
 * Checks that hold on every path, health included. An exact `Host` stops DNS rebinding; a listed `Origin` stops web
 * pages, and `null` (sandboxed frames, local files) is an origin like any other.
 */
export function checkDoor(request: IncomingMessage, door: DoorList): void {
  const hosts = headerValues(request, 'host')
  const [host] = hosts
  if (host === undefined || host === '' || hosts.length > 1)
    throw new GatewayError('invalid_request_error', 'a request must have exactly one `Host` header')
  if (!door.hosts.has(host.toLowerCase()))
    throw new GatewayError('forbidden_origin', 'this `Host` is not on the list of this proxy', {
      hint: 'use the address that `gateway dev` printed, or allow the name with `--allow-host`',
    })
  for (const origin of headerValues(request, 'origin')) {
    if (!door.origins.has(origin.toLowerCase()))
      throw new GatewayError('forbidden_origin', 'requests from web pages are refused', {
        hint: 'if the page is yours, allow its origin with `--allow-origin`',
      })
  }
  checkFraming(request)
}

/** Node accepts `identity, chunked`, which other readers of the same bytes may frame in another way. */
function checkFraming(request: IncomingMessage): void {
  const codings = headerValues(request, 'transfer-encoding')
  if (codings.length > 1 || codings.some((coding) => coding.trim().toLowerCase() !== 'chunked'))
    throw new GatewayError('invalid_request_error', 'the only `Transfer-Encoding` accepted is `chunked`')
  const upgrades = headerValues(request, 'upgrade')
  if (upgrades.some((value) => value.toLowerCase().includes('websocket')))
    throw new GatewayError('invalid_request_error', 'this proxy has no WebSocket endpoint')
}
