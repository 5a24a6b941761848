import { createKeyAuthenticator, type KeyAuthenticator } from '../../auth/authenticator.ts'
import { openDevelopmentKey } from '../../auth/dev-identity.ts'
import type { DevKey } from '../../auth/dev-key.ts'
import { findKey, groupView, keyView } from '../../auth/key-views.ts'
import type { AdminPort } from '../../proxy/ports.ts'
import type { Connection } from '../../store/open.ts'
import type { Project } from '../project.ts'
import { cliAct, openKeyStores, type KeyStores } from '../open-store.ts'
import { stateDir } from '../state-dir.ts'
import { auditRefusals } from './audit-refusals.ts'
import { bugText } from '../bug-text.ts'
import type { DevBus } from './bus.ts'
import { openTokens, type Tokens } from './tokens.ts'

export interface IdentitySetup {
  readonly project: Project
  /** No host is asked for the keys of issuers. */
  readonly offline: boolean
  /** The one that everything in this process shares. */
  readonly connection: Connection
  readonly bus: DevBus
  /** Of the config in force, low to high. */
  readonly tiers: () => readonly string[]
  /** Told of things that matter, whenever they happen. */
  readonly warn: (text: string) => void
}

/** Who may talk to a `dev` session. */
export interface Identity {
  /** The development key, which is one of the keys. */
  readonly development: DevKey
  readonly keys: KeyAuthenticator
  readonly tokens: Tokens
  readonly admin: AdminPort
  /** Whether keys can be read right now. */
  usable(): boolean
  close(): void
}

const TELL_AGAIN_MS = 60_000

/** Opens the keys with the development key among them, the tokens, and what writes refusals down. */
export async function openIdentity(setup: IdentitySetup): Promise<Identity> {
  const { project, offline, connection, bus, tiers, warn } = setup
  const stores = openKeyStores(connection, project.dir, warn)
  const development = await openDevelopmentKey(stateDir(project.dir), stores.keys, cliAct(Date.now()))
  const onTrouble = troubleTo(bus)
  const refusals = auditRefusals(bus, stores.audit, onTrouble)
  const keys = createKeyAuthenticator({ store: stores.keys, tiers, onTrouble })
  const tokens = openTokens({ groups: () => keys.groups(), offline, notice: warn })
  tokens.use(await tokens.prepare(project))
  return {
    development,
    keys,
    tokens,
    admin: adminOf(stores),
    usable: () => isUsable(stores),
    close: () => refusals.close(),
  }
}

/** Everything an administrator may read over HTTP. Read from the store: these paths are rare, and never a request's own. */
function adminOf({ keys, audit }: KeyStores): AdminPort {
  return {
    keys: (now) => keys.keys().map((key) => keyView(key, now)),
    key(name, now) {
      const found = findKey(keys.keys(), name)
      return found === null ? null : keyView(found, now)
    },
    groups() {
      const members = keys.keys()
      return keys.groups().map((group) => groupView(group, members))
    },
    auditHead() {
      const head = audit.head()
      return head === null ? null : { seq: head.seq, hash: head.hash, at: new Date(head.at).toISOString() }
    },
  }
}

function isUsable({ keys }: KeyStores): boolean {
  try {
    keys.version()
    return true
  } catch {
    return false
  }
}

/** Trouble that lasts is told once a minute, not with every request. */
function troubleTo(bus: DevBus): (cause: unknown) => void {
  let quietUntil = 0
  return (cause) => {
    if (Date.now() < quietUntil) return
    quietUntil = Date.now() + TELL_AGAIN_MS
    bus.emit({ kind: 'notice', text: `the key store can not be read or written: ${bugText(cause, 'first')}` })
  }
}
