import type { DenialReason } from '../proxy/ports.ts'
import type { KeyRecord, KeySecret } from './key-types.ts'

/** Why a secret of a key does not work at `now`; null when it does. Every limit is the first moment at which it does not. */
export function refusalOf(
  key: Pick<KeyRecord, 'revokedAt' | 'expiresAt'>,
  secret: Pick<KeySecret, 'graceUntil'>,
  now: number,
): Extract<DenialReason, 'revoked' | 'expired' | 'grace_over'> | null {
  if (key.revokedAt !== null) return 'revoked'
  if (key.expiresAt !== null && now >= key.expiresAt) return 'expired'
  return secret.graceUntil !== null && now >= secret.graceUntil ? 'grace_over' : null
}

export type KeyStatus = 'active' | 'rotating' | 'expired' | 'revoked'

/** `rotating`: more than one secret works. */
export function statusOf(key: KeyRecord, now: number): KeyStatus {
  if (key.revokedAt !== null) return 'revoked'
  if (key.expiresAt !== null && now >= key.expiresAt) return 'expired'
  return key.secrets.filter((secret) => refusalOf(key, secret, now) === null).length > 1 ? 'rotating' : 'active'
}
