import { GatewayError } from '../wire/errors.ts'
import { fingerprint, nameOf, scopesText, type Act } from './key-events.ts'
import type { AuditEvent } from './audit-types.ts'
import type { GroupRecord } from './key-types.ts'
import { checkName, invalid } from './names.ts'
import type { KeyChange, KeyState } from './ports.ts'

/** What a group says of its keys. */
export type GroupEdit = Partial<Omit<GroupRecord, 'name' | 'createdAt'>>

/** A new group, which no key is in yet. */
export function createGroup(state: KeyState, spec: Omit<GroupRecord, 'createdAt'>, act: Act): KeyChange {
  checkName('group', spec.name)
  if (state.groups.some(({ name }) => name === spec.name))
    throw invalid(`there is a group "${spec.name}" already`, 'change it with `gateway keys group set`')
  const after = { ...spec, createdAt: act.at }
  return { groups: [after], audit: [eventOf('group.create', { before: null, after }, act)] }
}

/** Replaces what the edit names; all keys of the group feel it at once. */
export function editGroup(state: KeyState, name: string, edit: GroupEdit, act: Act): KeyChange {
  const before = findGroup(state, name)
  const after = { ...before, ...edit }
  return { groups: [after], audit: [eventOf('group.set', { before, after }, act)] }
}

/** Refused while a key is in it: what the group forbids would be allowed at once, or the key would be of no use. */
export function removeGroup(state: KeyState, name: string, act: Act): KeyChange {
  const before = findGroup(state, name)
  const members = state.keys.filter(({ groups, revokedAt }) => revokedAt === null && groups.includes(name))
  if (members.length > 0) {
    const names = members.slice(0, 5).map((key) => nameOf(key))
    throw invalid(
      `the group "${name}" has ${members.length === 1 ? '1 key' : `${members.length} keys`}: ${names.join(', ')}`,
      'take them out first with `gateway keys set <key> --group …`',
    )
  }
  const gone = { at: act.at, actor: act.actor, action: 'group.remove', target: name }
  return { removedGroups: [name], audit: [{ ...gone, facts: { ...byOf(act), before: fingerprint(before) } }] }
}

/** The group of that name; throws `key_not_found`. */
export function findGroup({ groups }: KeyState, name: string): GroupRecord {
  const group = groups.find((one) => one.name === name)
  if (group !== undefined) return group
  throw new GatewayError('key_not_found', `there is no group "${name}"`, {
    hint: '`gateway keys group list` shows them',
  })
}

function eventOf(
  action: string,
  { before, after }: { readonly before: GroupRecord | null; readonly after: GroupRecord },
  act: Act,
): AuditEvent {
  const { scopes, budgets, limits, name } = after
  return {
    at: act.at,
    actor: act.actor,
    action,
    target: name,
    facts: {
      scopes: scopesText(scopes),
      budgets: budgets.join(', '),
      limits: limits.join(', '),
      ...byOf(act),
      ...(before === null ? {} : { before: fingerprint(before) }),
      after: fingerprint(after),
    },
  }
}

function byOf({ by }: Act): AuditEvent['facts'] {
  return by === undefined ? {} : { by }
}
