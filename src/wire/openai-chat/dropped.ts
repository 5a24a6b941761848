import type { Block, CanonicalRequest } from '../canonical.ts'
import { Dropped } from '../dropped.ts'

/** What a request of another format loses as a chat request, under the client's names. */
export function droppedByChat(request: CanonicalRequest): string[] {
  const dropped = new Dropped(request.format)
  dropped.addExtra(request)
  if (request.sampling.topK !== undefined) dropped.add('topK')
  for (const { hosted, cacheControl } of request.tools) {
    if (hosted !== undefined) dropped.add('hostedTools')
    if (cacheControl !== undefined) dropped.add('cacheControl')
  }
  for (const { blocks } of request.messages) noteBlocks(blocks, dropped)
  return dropped.names
}

function noteBlocks(blocks: readonly Block[], dropped: Dropped): void {
  for (const block of blocks) {
    if (block.kind === 'opaque') dropped.addName(dropped.format === 'gemini' ? 'contents.parts' : 'messages.content')
    if (block.kind === 'tool_result') noteBlocks(block.blocks, dropped)
    if ('cacheControl' in block && block.cacheControl !== undefined) dropped.add('cacheControl')
  }
}
