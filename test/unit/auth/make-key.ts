import { secretFacts } from '../../../src/auth/dev-identity.ts'
import { makeKey, makeKeyId } from '../../../src/auth/key-format.ts'
import { type Act } from '../../../src/auth/key-events.ts'
import { createKey, type NewKey } from '../../../src/auth/key-life.ts'
import { NO_SCOPES, type Scopes } from '../../../src/auth/key-types.ts'
import type { KeyStore } from '../../../src/auth/ports.ts'

export const T0 = Date.UTC(2026, 10, 22)

export function act(at = T0): Act {
  return { at, actor: 'cli' }
}

export interface KeySpec extends Partial<Omit<NewKey, 'scopes'>> {
  readonly scopes?: Partial<Scopes>
}

export function newKey({ scopes, ...rest }: KeySpec = {}): NewKey {
  return {
    id: makeKeyId(),
    env: 'live',
    kind: 'user',
    aliases: ['ci'],
    owner: null,
    deployment: null,
    user: null,
    project: null,
    groups: [],
    budgets: [],
    limits: [],
    expiresAt: null,
    ...rest,
    scopes: { ...NO_SCOPES, ...scopes },
  }
}

export interface Made {
  readonly id: string
  readonly secret: string
}

/** Puts a key into the store and hands out its secret, as the command line does. */
export function makeIn(store: KeyStore, spec: KeySpec = {}, at = T0): Made {
  const secret = makeKey('live')
  const key = newKey(spec)
  store.update((state) => createKey(state, key, secretFacts(secret), act(at)))
  return { id: key.id, secret }
}
