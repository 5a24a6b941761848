import { BlockList, isIP } from 'node:net'

// Link-local ranges hold cloud metadata services, which hand out credentials to whoever asks.
const forbidden = new BlockList()
forbidden.addSubnet('169.254.0.0', 16, 'ipv4')
forbidden.addSubnet('0.0.0.0', 8, 'ipv4')
forbidden.addAddress('100.100.100.200', 'ipv4')
forbidden.addSubnet('fe80::', 10, 'ipv6')
forbidden.addAddress('fd00:ec2::254', 'ipv6')
forbidden.addAddress('::', 'ipv6')
const METADATA_NAMES = new Set(['metadata.google.internal', 'metadata', 'instance-data'])

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Why a base URL can not be used; undefined when it can. */
export function baseUrlFault(text: string): string | undefined {
  if (text.includes('${')) return 'environment references work in api_keys only, so that a target can be checked'
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    return 'expected a URL starting with https:// or http://'
  if (url.username !== '' || url.password !== '') return 'no user or password in a URL; use api_keys'
  if (url.search !== '' || url.hash !== '') return 'no query and no fragment in a base URL'
  const host = bareHost(url)
  if (METADATA_NAMES.has(host) || within(forbidden, host)) return 'link-local and metadata addresses are never called'
  return undefined
}

/** The host of a URL that passed `baseUrlFault`, as the network sees it: lower case, brackets removed. */
export function bareHost(url: URL): string {
  return url.hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

/** True for names and addresses of this machine. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || within(loopback, host)
}

function within(list: BlockList, host: string): boolean {
  const version = isIP(host)
  return version !== 0 && list.check(host, version === 4 ? 'ipv4' : 'ipv6')
}
