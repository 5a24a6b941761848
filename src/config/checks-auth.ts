import { BlockList, isIP } from 'node:net'
import { baseUrlFault, bareHost, isLoopbackHost } from './base-url.ts'
import type { Cursor } from './cursor.ts'
import { issuerName } from './issuer-name.ts'
import { checkModelName, checkName, type KnownNames } from './known-names.ts'
import { pathText, type Report } from './report.ts'

const privateNetworks = new BlockList()
for (const [address, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  privateNetworks.addSubnet(address, prefix, 'ipv4')
privateNetworks.addSubnet('fc00::', 7, 'ipv6')

/** Claims that hold one value, and the names that it may be. */
const SINGLE = ['user', 'project', 'tier', 'policy']

/** Key places, names and the mapping of claims in `auth.jwt`. */
export function checkAuth(root: Cursor, names: KnownNames, report: Report): void {
  const issuers = root.at('auth', 'jwt').items()
  const seen = new Map<string, string>()
  const bindings = {
    budgets: namesOf(root.at('budgets')),
    limits: namesOf(root.at('rate_limits')),
  }
  for (const issuer of issuers) {
    checkKeyPlace(issuer, report)
    checkIdentity(issuer, seen, report)
    checkMapping(issuer, { ...bindings, names }, report)
  }
}

function namesOf(list: Cursor): readonly string[] {
  return list.items().flatMap((item) => item.at('name').text() ?? [])
}

function checkKeyPlace(issuer: Cursor, report: Report): void {
  const [url, file] = [issuer.at('jwks_url'), issuer.at('keys_file')]
  if (url.exists === file.exists) {
    report.add({
      code: 'config_conflict',
      path: url.exists ? file.path : issuer.path,
      message: `"${pathText(issuer.path)}" has ${url.exists ? 'both' : 'neither'} "jwks_url" ${url.exists ? 'and' : 'nor'} "keys_file"`,
      fix: url.exists
        ? 'keep one of them'
        : 'say where its public keys are: `jwks_url: https://…` or `keys_file: path`',
    })
  }
  const text = url.text()
  const fault = text === undefined ? undefined : keySetFault(text, issuer.at('private_network').value === true)
  if (fault !== undefined)
    report.add({
      code: 'config_bad_value',
      path: url.path,
      message: `"${pathText(url.path)}" ${fault[0]}`,
      fix: fault[1],
    })
}

/** Why a key set is not fetched from there, and what to do. */
function keySetFault(text: string, privateAllowed: boolean): readonly [string, string] | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const host = url === undefined ? '' : bareHost(url)
  const local = ['localhost', '127.0.0.1', '::1'].includes(host)
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && local))
    return ['must be an https URL', 'key sets are fetched over https only (http is allowed on loopback)']
  const other = baseUrlFault(text.replace(url.search, ''))
  if (other !== undefined) return [`can not be used: ${other}`, 'write the plain address of the key set']
  const version = isIP(host)
  const inside = version !== 0 && privateNetworks.check(host, version === 4 ? 'ipv4' : 'ipv6')
  if (privateAllowed || !(inside || (isLoopbackHost(host) && !local))) return undefined
  return ['is a private address', 'add `private_network: true` if it is meant']
}

/** Two issuers with one name would share their callers' spend; two with one `iss` could not be told apart. */
function checkIdentity(issuer: Cursor, seen: Map<string, string>, report: Report): void {
  const text = issuer.at('issuer').text()
  if (text === undefined) return
  const name = issuer.at('name').text() ?? issuerName(text)
  for (const [key, what, place] of [
    [`iss ${text}`, `issuer "${text}"`, 'issuer'],
    [`name ${name}`, `issuer name "${name}"`, issuer.at('name').exists ? 'name' : 'issuer'],
  ] as const) {
    const first = seen.get(key)
    if (first === undefined) {
      seen.set(key, pathText(issuer.path))
      continue
    }
    report.add({
      code: 'config_duplicate',
      path: issuer.at(place).path,
      message: `${what} is there twice: "${first}" and "${pathText(issuer.path)}"`,
      fix: place === 'name' ? 'give each its own name' : 'merge the two, or give each a "name" of its own',
    })
    return
  }
}

interface MappedNames {
  readonly names: KnownNames
  readonly budgets: readonly string[]
  readonly limits: readonly string[]
}

function checkMapping(issuer: Cursor, { names, ...known }: MappedNames, report: Report): void {
  const where = `in "${pathText(issuer.path)}"`
  const allow = issuer.at('allow')
  const check = (places: readonly Cursor[], what: string, list: readonly string[]): void => {
    for (const place of places) checkName(place, list, { what, where }, report)
  }
  const defaultOf = (target: string): readonly Cursor[] => issuer.at('claims', target, 'default').items()
  check([allow.at('max_tier'), ...defaultOf('tier')], 'tier', names.tiers)
  check([...allow.at('policies').items(), ...defaultOf('policy')], 'policy', names.policies)
  check([...allow.at('budgets').items(), ...defaultOf('budgets')], 'budget', known.budgets)
  check([...allow.at('limits').items(), ...defaultOf('limits')], 'rate limit', known.limits)
  for (const model of [...allow.at('models').items(), ...defaultOf('models')]) {
    const text = model.text() ?? ''
    if (!text.includes('*') && !names.aliases.includes(text)) checkModelName(model, where, names, report)
  }
  for (const [target, claim] of issuer.at('claims').entries()) checkClaim(target, claim, report)
}

function checkClaim(target: string, claim: Cursor, report: Report): void {
  const constant = claim.at('default')
  const text = claim.text() ?? claim.at('claim').text()
  if (text !== undefined && text.split('.').includes('') && !text.includes('://')) {
    report.add({
      code: 'config_bad_value',
      path: claim.path,
      message: `"${pathText(claim.path)}": "${text}" is no way to a claim`,
      fix: 'write names with single dots between them, such as realm_access.groups',
    })
  }
  if (text === undefined && !claim.at('claim').exists && !constant.exists) {
    report.add({
      code: 'config_conflict',
      path: claim.path,
      message: `"${pathText(claim.path)}" has neither "claim" nor "default"`,
      fix: 'name the claim, or give a constant as "default"',
    })
  }
  if (!SINGLE.includes(target) || constant.items().length <= 1) return
  report.add({
    code: 'config_bad_value',
    path: constant.path,
    message: `"${pathText(constant.path)}" must be one text`,
    fix: `a token has one ${target}`,
  })
}
