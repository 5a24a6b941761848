import { type KeyEdit } from '../../auth/key-events.ts'
import { addAlias, editKey, removeAlias, revokeKey } from '../../auth/key-life.ts'
import { DEV_KEY_ID, type KeyRecord } from '../../auth/key-types.ts'
import { keyView, type KeyView } from '../../auth/key-views.ts'
import type { KeyChange, KeyState } from '../../auth/ports.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { cliAct } from '../open-store.ts'
import { checkNames } from './check-names.ts'
import { expiryOf, listOf, scopeEdit, textOf, type RawKeyOptions, type ScopeEdit } from './options.ts'
import { keyLines } from './show.ts'
import { keyNamed, withStores } from './stores.ts'

interface SetRequest {
  /** Alias or id. */
  readonly key: string
  readonly options: RawKeyOptions
  readonly now: number
}

/** `gateway keys set`: replaces what the options name and leaves the rest. */
export async function runSet(context: CliContext, { key, options, now }: SetRequest): Promise<void> {
  const edit = scopeEdit(options)
  const rest = editOf(options, edit, now)
  if (Object.keys(rest).length === 0 && Object.keys(edit.scopes).length === 0)
    throw new GatewayError('usage_error', 'nothing to change was named', { hint: 'see `gateway keys set --help`' })
  await checkNames(context, edit)
  const view = changed(context, { key, now }, (state, { id, scopes }) => {
    const all = Object.keys(edit.scopes).length === 0 ? rest : { ...rest, scopes: { ...scopes, ...edit.scopes } }
    return editKey(state, id, all, cliAct(now))
  })
  if (context.json) context.out(JSON.stringify(view, null, 2))
  else context.out(keyLines(view).join('\n'))
  context.note('running proxies follow with their next request')
}

/** `gateway keys revoke`. */
export function runRevoke(context: CliContext, key: string, now: number): void {
  const view = changed(context, { key, now }, (state, { id }) => revokeKey(state, id, cliAct(now)))
  if (context.json) context.out(JSON.stringify(view, null, 2))
  else context.out(`revoked "${view.aliases[0]}" (${view.id})`)
  context.note('running proxies refuse it from their next request on')
  if (view.id === DEV_KEY_ID) context.note('`gateway dev` makes a new development key when it starts again')
}

interface AliasRequest {
  readonly key: string
  readonly action: string
  readonly name: string
  readonly now: number
}

/** `gateway keys alias <key> add|remove <name>`. */
export function runAlias(context: CliContext, { key, action, name, now }: AliasRequest): void {
  if (action !== 'add' && action !== 'remove')
    throw new GatewayError('usage_error', `the action must be add or remove, got "${action}"`)
  const change = action === 'add' ? addAlias : removeAlias
  const view = changed(context, { key, now }, (state, { id }) => change(state, id, name, cliAct(now)))
  if (context.json) context.out(JSON.stringify(view, null, 2))
  else context.out(`"${view.aliases[0]}" (${view.id}) goes by ${view.aliases.join(', ')}`)
}

/** Changes the key of that name in one transaction, in which the name is looked up too. */
function changed(
  context: CliContext,
  { key, now }: { readonly key: string; readonly now: number },
  change: (state: KeyState, record: KeyRecord) => KeyChange,
): KeyView {
  return withStores(context, ({ keys }) => {
    let id = ''
    keys.update((state) => {
      const record = keyNamed(state.keys, key)
      id = record.id
      return change(state, record)
    })
    return keyView(keyNamed(keys.keys(), id), now)
  })
}

function editOf(raw: RawKeyOptions, { budgets, limits }: ScopeEdit, now: number): KeyEdit {
  return {
    ...(raw.owner === undefined ? {} : { owner: textOf(raw.owner) }),
    ...(raw.deployment === undefined ? {} : { deployment: textOf(raw.deployment) }),
    ...(raw.user === undefined ? {} : { user: textOf(raw.user) }),
    ...(raw.project === undefined ? {} : { project: textOf(raw.project) }),
    ...(raw.group === undefined ? {} : { groups: listOf('--group', raw.group) }),
    ...(raw.expires === undefined ? {} : { expiresAt: expiryOf(raw.expires, now) }),
    ...(budgets === undefined ? {} : { budgets }),
    ...(limits === undefined ? {} : { limits }),
  }
}
