import { timingSafeEqual } from 'node:crypto'
import type { Principal } from '../proxy/ports.ts'
import type { GroupRecord, KeyRecord, KeySecret } from './key-types.ts'
import type { KeyState } from './ports.ts'
import { principalOf } from './rights.ts'

/** One secret with all that a request needs to know of its key. */
export interface IndexedSecret {
  readonly digest: Uint8Array
  readonly key: KeyRecord
  readonly secret: KeySecret
  /** Null: the key is in a group that does not exist. */
  readonly principal: Principal | null
}

export interface KeyIndex {
  find(digest: Uint8Array): IndexedSecret | null
  readonly groups: ReadonlyMap<string, GroupRecord>
  readonly secrets: readonly IndexedSecret[]
}

const NOBODY = new Uint8Array(32)

/**
 * All secrets by their digest. The map is asked for a SHA-256, of which a guess determines no digit, so the time of the
 * look-up says nothing about the secrets; the comparison after it takes the same time whether one was found or not.
 */
export function indexOf({ keys, groups }: KeyState, tiers: readonly string[]): KeyIndex {
  const byName = new Map(groups.map((group) => [group.name, group]))
  const byDigest = new Map<string, IndexedSecret>()
  for (const key of keys) {
    for (const secret of key.secrets) {
      // One for each secret: whoever holds a principal can be asked about the very secret it came with.
      const principal = principalOf(key, { groups: byName, tiers })
      byDigest.set(secret.digest, { digest: Buffer.from(secret.digest, 'hex'), key, secret, principal })
    }
  }
  return {
    groups: byName,
    secrets: [...byDigest.values()],
    find(digest) {
      const entry = byDigest.get(Buffer.from(digest).toString('hex'))
      return timingSafeEqual(entry?.digest ?? NOBODY, digest) ? (entry ?? null) : null
    },
  }
}
