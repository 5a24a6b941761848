import { isJsonObject } from '../wire/json.ts'

/** `user_<hash>_account_<id>_session_<id>`, the older form of Claude Code. */
const WITH_SESSION = /^(user_\w+_account_[\w-]*?)_session_[\w-]+$/

/**
 * Who the user field of a request speaks of. Claude Code writes the conversation into it too; taken as it is, every
 * conversation would be a new user, and begin with a full budget.
 */
export function userNameOf(field: string): string {
  const [, user] = WITH_SESSION.exec(field) ?? []
  return user ?? ofAccount(field) ?? field
}

/** `{"device_id":…,"account_uuid":…,"session_id":…}` as text, its form since 2.1.78; without an account it is the device. */
function ofAccount(field: string): string | null {
  if (!field.startsWith('{') || !field.includes('"session_id"')) return null
  try {
    const told: unknown = JSON.parse(field)
    if (!isJsonObject(told)) return null
    const { account_uuid: account, device_id: device } = told
    if (typeof account === 'string' && account !== '') return account
    return typeof device === 'string' && device !== '' ? device : null
  } catch {
    return null
  }
}
