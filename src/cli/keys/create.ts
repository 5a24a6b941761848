import { secretFacts } from '../../auth/dev-identity.ts'
import { makeKey, makeKeyId } from '../../auth/key-format.ts'
import { createKey, type NewKey } from '../../auth/key-life.ts'
import { keyView } from '../../auth/key-views.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { cliAct } from '../open-store.ts'
import { checkNames } from './check-names.ts'
import { expiryOf, listOf, newScopes, scopeEdit, textOf, type RawKeyOptions } from './options.ts'
import { keyNamed, withStores } from './stores.ts'

interface CreateOptions extends RawKeyOptions {
  readonly alias: string
  readonly admin?: boolean
  readonly env: string
}

const ENVS = ['live', 'test']

/** `gateway keys create`. The secret is the only thing on stdout, and nowhere else afterwards. */
export async function runCreate(context: CliContext, options: CreateOptions, now: number): Promise<void> {
  const { alias, admin = false, env } = options
  if (!ENVS.includes(env)) throw new GatewayError('usage_error', `\`--env\` must be live or test, got "${env}"`)
  const edit = scopeEdit(options)
  await checkNames(context, edit)
  const spec: NewKey = {
    id: makeKeyId(),
    env,
    kind: admin ? 'admin' : 'user',
    aliases: listOf('--alias', alias),
    owner: textOf(options.owner ?? 'none'),
    deployment: textOf(options.deployment ?? 'none'),
    user: textOf(options.user ?? 'none'),
    project: textOf(options.project ?? 'none'),
    groups: options.group === undefined ? [] : listOf('--group', options.group),
    scopes: newScopes(edit.scopes),
    budgets: edit.budgets ?? [],
    limits: edit.limits ?? [],
    expiresAt: options.expires === undefined ? null : expiryOf(options.expires, now),
  }
  const secret = makeKey(env)
  const view = withStores(context, ({ keys }) => {
    keys.update((state) => createKey(state, spec, secretFacts(secret), cliAct(now)))
    return keyView(keyNamed(keys.keys(), spec.id), now)
  })
  if (context.json) return context.out(JSON.stringify({ secret, key: view }, null, 2))
  context.out(secret)
  context.note(`key "${view.aliases[0]}" (${view.id}); the secret is shown this once, only its digest is kept`)
  if (view.expires !== null) context.note(`expires ${view.expires}`)
}
