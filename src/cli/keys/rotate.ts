import { rotateDevelopmentKey, secretFacts } from '../../auth/dev-identity.ts'
import { makeKey } from '../../auth/key-format.ts'
import { rotateKey } from '../../auth/key-life.ts'
import { DEV_KEY_ID, type KeyRecord } from '../../auth/key-types.ts'
import { keyView } from '../../auth/key-views.ts'
import type { CliContext } from '../context.ts'
import { cliAct, type KeyStores } from '../open-store.ts'
import { stateDir } from '../state-dir.ts'
import { graceOf } from './options.ts'
import { keyNamed, withStores } from './stores.ts'

interface RotateRequest {
  /** Alias or id. */
  readonly key: string
  readonly options: { readonly grace: string; readonly now?: boolean }
  readonly now: number
}

/** `gateway keys rotate`: a new secret for the same identity. */
export async function runRotate(context: CliContext, { key, options, now }: RotateRequest): Promise<void> {
  const graceMs = graceOf(options)
  const { secret, view } = withStores(context, (stores) => {
    const before = keyNamed(stores.keys.keys(), key)
    const made = renewed(stores, before, { graceMs, now, dir: stores.projectDir })
    return { secret: made, view: keyView(keyNamed(stores.keys.keys(), before.id), now) }
  })
  if (context.json) return context.out(JSON.stringify({ secret, key: view }, null, 2))
  context.out(secret)
  const until = view.secrets[1]?.worksUntil
  context.note(
    `key "${view.aliases[0]}" has a new secret; ` +
      (graceMs === 0 || until === null || until === undefined
        ? 'the old one does not work any more'
        : `the old one works until ${until}`),
  )
  if (view.id === DEV_KEY_ID) context.note('the file of the development key holds the new one')
}

interface Renewal {
  readonly graceMs: number
  readonly now: number
  readonly dir: string
}

function renewed({ keys }: KeyStores, { id, env }: KeyRecord, { graceMs, now, dir }: Renewal): string {
  const act = cliAct(now)
  if (id === DEV_KEY_ID) return rotateDevelopmentKey(stateDir(dir), keys, { ...act, graceMs })
  const secret = makeKey(env)
  keys.update((state) => rotateKey(state, id, { ...secretFacts(secret), graceMs }, act))
  return secret
}
