import { createGroup, editGroup, findGroup, removeGroup } from '../../auth/key-groups.ts'
import { groupView, type GroupView } from '../../auth/key-views.ts'
import type { CliContext } from '../context.ts'
import { cliAct } from '../open-store.ts'
import { checkNames } from './check-names.ts'
import { newScopes, scopeEdit, type RawScopeOptions } from './options.ts'
import { factLines, scopeFacts } from './show.ts'
import { readState, withStores } from './stores.ts'

interface GroupChangeRequest {
  readonly name: string
  readonly action: 'create' | 'set'
  readonly options: RawScopeOptions
  readonly now: number
}

/** `gateway keys group create | set`. */
export async function runGroupChange(context: CliContext, request: GroupChangeRequest): Promise<void> {
  const { name, action, options, now } = request
  const { scopes, ...bindings } = scopeEdit(options)
  await checkNames(context, { scopes, ...bindings })
  const view = withStores(context, ({ keys }) => {
    keys.update((state) => {
      if (action === 'create')
        return createGroup(
          state,
          { budgets: [], limits: [], ...bindings, name, scopes: newScopes(scopes) },
          cliAct(now),
        )
      const before = findGroup(state, name)
      return editGroup(state, name, { ...bindings, scopes: { ...before.scopes, ...scopes } }, cliAct(now))
    })
    return groupView(findGroup({ keys: [], groups: keys.groups() }, name), keys.keys())
  })
  print(context, view)
  context.note('running proxies follow with their next request')
}

/** `gateway keys group remove`. */
export function runGroupRemove(context: CliContext, name: string, now: number): void {
  withStores(context, ({ keys }) => keys.update((state) => removeGroup(state, name, cliAct(now))))
  if (context.json) context.out(JSON.stringify({ removed: name }, null, 2))
  else context.out(`removed the group "${name}"`)
}

/** `gateway keys group list`. */
export function runGroupList(context: CliContext): void {
  const { keys, groups } = readState(context)
  const views = groups.map((group) => groupView(group, keys))
  if (context.json) return context.out(JSON.stringify({ groups: views }, null, 2))
  for (const { name, keys: members } of views) context.out(`${name}   ${members.length} keys`)
  context.note(`${views.length} groups`)
}

/** `gateway keys group show`. */
export function runGroupShow(context: CliContext, name: string): void {
  const state = readState(context)
  print(context, groupView(findGroup(state, name), state.keys))
}

function print(context: CliContext, view: GroupView): void {
  if (context.json) return context.out(JSON.stringify(view, null, 2))
  const facts = [...scopeFacts(view), ['keys', view.keys.join(', ')], ['created', view.created]] as const
  context.out([view.name, ...factLines(facts)].join('\n'))
}
