import { hash } from 'node:crypto'
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
  const only = message.blocks[0]
  if (message.blocks.length === 1 && only?.kind === 'text') return only.text
  return message.blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('\n')
}

function digest(parts: readonly string[]): string {
  // The length in front keeps ["ab","c"] and ["a","bc"] apart.
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join('')).slice(0, 16)
}
