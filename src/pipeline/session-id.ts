import { createHash } from 'node:crypto'
import type { CanonicalRequest, Message } from '../wire/canonical.ts'

/**
 * The conversation a request belongs to: what the client names, else what its format carries, else a hash of who asks
 * with the opening of the conversation, which stays the same over its turns.
 */
export function sessionIdOf(request: CanonicalRequest, keyId: string, header: string | undefined): string {
  const named = header ?? request.promptCacheKey ?? request.metadata['session_id'] ?? request.endUser
  if (named !== undefined && named !== '') return `s_${digest([keyId, named])}`
  const system = request.messages.filter(({ role }) => role === 'system')
  const firstUser = request.messages.find(({ role }) => role === 'user')
  return `s_${digest([keyId, ...system.map((message) => textOf(message)), firstUser === undefined ? '' : textOf(firstUser)])}`
}

function textOf(message: Message): string {
  return message.blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('\n')
}

function digest(parts: readonly string[]): string {
  const hash = createHash('sha256')
  // The length in front keeps ["ab","c"] and ["a","bc"] apart.
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex').slice(0, 16)
}
