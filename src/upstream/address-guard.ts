import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP } from 'node:net'

/**
 * Which addresses may be called. `configured`: all but link-local and metadata addresses, as local models are a main use
 * of a host that the operator wrote down. `public`: no private address either, unless the host is written as loopback.
 */
export type AddressPolicy = 'configured' | 'public'

type Subnet = readonly [address: string, prefix: number, family: 'ipv4' | 'ipv6']

/** Never called: link-local, the metadata services that live there, and unspecified or multicast addresses. */
const NEVER: readonly Subnet[] = [
  ['169.254.0.0', 16, 'ipv4'],
  ['0.0.0.0', 32, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['100.100.100.200', 32, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  ['fd00:ec2::254', 128, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  ['::', 128, 'ipv6'],
  // NAT64 and 6to4 forms of the link-local range.
  ['64:ff9b::a9fe:0', 112, 'ipv6'],
  ['2002:a9fe::', 32, 'ipv6'],
]

const PRIVATE: readonly Subnet[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['2002::', 16, 'ipv6'],
]

const LISTS: Readonly<Record<AddressPolicy, BlockList>> = {
  configured: blockList(NEVER),
  public: blockList([...NEVER, ...PRIVATE]),
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError'
  readonly code = 'ADDRESS_BLOCKED'
}

/** The policy for a host: one that is written as loopback was meant to be local. */
export function policyFor(hostname: string, policy: AddressPolicy): AddressPolicy {
  return LOOPBACK_HOSTS.has(hostname) ? 'configured' : policy
}

/** Throws for a host written as an address that may not be called: no name lookup happens for these. */
export function checkLiteralHost(hostname: string, policy: AddressPolicy): void {
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  if (isIP(address) !== 0) checkAddress(address, policy)
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

/** A `lookup` for sockets that refuses names which resolve to forbidden addresses, checked at every connect. */
export function guardedLookup(policy: AddressPolicy) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      try {
        for (const { address } of addresses) checkAddress(address, policy)
      } catch (blocked) {
        return callback(blocked instanceof Error ? blocked : new BlockedAddressError('blocked'), [])
      }
      const [first] = addresses
      if (options.all === true || first === undefined) return callback(null, addresses)
      return callback(null, first.address, first.family)
    })
  }
}

function checkAddress(address: string, policy: AddressPolicy): void {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (LISTS[policy].check(address, family)) {
    throw new BlockedAddressError('the host has an address that may not be called (link-local, metadata or private)')
  }
}

function blockList(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList()
  for (const [address, prefix, family] of subnets) list.addSubnet(address, prefix, family)
  return list
}
