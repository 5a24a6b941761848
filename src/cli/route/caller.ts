import type { KeyState } from '../../auth/ports.ts'
import { findKey } from '../../auth/key-views.ts'
import type { GroupRecord, KeyRecord } from '../../auth/key-types.ts'
import { principalOf } from '../../auth/rights.ts'
import type { Rights } from '../../engine/decision.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'

/** Makes the rights of a request those of the callers that `--as` names. */
export type As = (rights: Rights, names: readonly string[]) => Rights

interface Named {
  readonly kind: 'key' | 'group' | 'user' | 'project'
  readonly name: string
}

/**
 * What `--as` means in a project. A key that its store knows comes with all that it may do; any other name is taken as it
 * is. The store is opened only when a key is named and there is one.
 */
export async function callersOf(
  context: CliContext,
  { names, tiers }: { readonly names: readonly string[]; readonly tiers: readonly string[] },
): Promise<As> {
  const keys = names.some((text) => parse(text).kind === 'key')
  const state: KeyState = keys ? await readKeys(context) : { keys: [], groups: [] }
  const groups = new Map(state.groups.map((group) => [group.name, group]))
  const told = new Set<string>()
  const tell = (text: string): void => {
    if (!told.has(text)) context.note(text)
    told.add(text)
  }
  return (rights, own) => rightsAs(rights, own, { tell, keys: state.keys, groups, tiers })
}

async function readKeys(context: CliContext): Promise<KeyState> {
  const { readState } = await import('../keys/stores.ts')
  return readState(context)
}

function parse(text: string): Named {
  const colon = text.indexOf(':')
  const [kind, name] = [text.slice(0, colon), text.slice(colon + 1)]
  if (name !== '' && (kind === 'key' || kind === 'group' || kind === 'user' || kind === 'project'))
    return { kind, name }
  throw new GatewayError('usage_error', `--as does not know "${text}"`, {
    hint: 'write key:<alias>, group:<name>, user:<name> or project:<name>',
  })
}

interface Known {
  readonly keys: readonly KeyRecord[]
  readonly groups: ReadonlyMap<string, GroupRecord>
  readonly tiers: readonly string[]
  readonly tell: (text: string) => void
}

/** Puts other names into the rights: `key:ci`, `group:research`, `user:anna`, `project:docs`; the last of a kind counts. */
function rightsAs(rights: Rights, names: readonly string[], known: Known): Rights {
  const others = names.map((text) => parse(text))
  const last = (kind: Named['kind']): string | undefined => others.findLast((other) => other.kind === kind)?.name
  const joined = others.filter(({ kind }) => kind === 'group').map(({ name }) => name)
  const key = last('key')
  const base = key === undefined ? rights : rightsOfKey(rights, key, known)
  return {
    ...base,
    groups: [...new Set([...base.groups, ...joined])],
    user: last('user') ?? base.user,
    project: last('project') ?? base.project,
  }
}

function rightsOfKey(rights: Rights, name: string, { keys, groups, tiers, tell }: Known): Rights {
  const key = findKey(keys, name)
  if (key === null) {
    if (keys.length > 0) tell(`the store knows no key "${name}"; it is taken as one that may use everything`)
    return { ...rights, keyId: name, alias: name }
  }
  if (key.revokedAt !== null) tell(`the key "${name}" is revoked; this is what it could do`)
  const principal = principalOf(key, { groups, tiers })
  if (principal === null)
    throw new GatewayError(
      'usage_error',
      `the key "${name}" is in a group that does not exist, so it may use nothing`,
      {
        hint: '`gateway keys show` names its groups',
      },
    )
  return { ...principal.rights, alias: key.aliases.includes(name) ? name : principal.rights.alias }
}
