import { networkInterfaces } from 'node:os'
import { isLoopback } from './options.ts'

/**
 * Addresses of this machine that `Host` may carry when listening on all of them. Addresses only: a rebinding attack comes
 * with the name of the attacker, so names have to be allowed one by one.
 */
export function localHosts(host: string): readonly string[] {
  if (isLoopback(host) || (host !== '0.0.0.0' && host !== '::')) return []
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address))
}
