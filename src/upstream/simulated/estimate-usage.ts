import type { Block, CanonicalRequest } from '../../wire/canonical.ts'
import { estimateTokens } from '../../wire/tokens.ts'
import type { TokenUsage } from '../../wire/usage.ts'

/** Tokens around each message, and at the end of the prompt: roles and separators. */
const PER_MESSAGE = 4
const PER_PROMPT = 3
/** A picture at low detail; without its size nothing better is known. */
const PER_IMAGE = 85

/**
 * Usage as a provider might bill it. It counts as counted: this provider has no other tokens than these, and hard budgets
 * charge whatever a provider left unsaid as it was reserved.
 */
export function estimateUsage(request: CanonicalRequest, answer: readonly Block[]): TokenUsage {
  let input = PER_PROMPT
  for (const { blocks } of request.messages) input += PER_MESSAGE + blockTokens(blocks)
  if (request.tools.length > 0) input += estimateTokens(JSON.stringify(request.tools))
  if (request.responseFormat.kind === 'json_schema') {
    input += estimateTokens(JSON.stringify(request.responseFormat.schema))
  }
  const reasoning = blockTokens(answer.filter(({ kind }) => kind === 'reasoning'))
  const output = blockTokens(answer) - reasoning
  return { input, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output, reasoning, basis: 'counted' }
}

function blockTokens(blocks: readonly Block[]): number {
  let tokens = 0
  for (const block of blocks) {
    switch (block.kind) {
      case 'text':
      case 'reasoning':
      case 'refusal':
        tokens += estimateTokens(block.text)
        break
      case 'tool_use':
        tokens += PER_MESSAGE + estimateTokens(block.name) + estimateTokens(block.argumentsJson)
        break
      case 'tool_result':
        tokens += blockTokens(block.blocks)
        break
      case 'image':
        tokens += PER_IMAGE
        break
      case 'audio':
      case 'file':
      case 'opaque':
        break
    }
  }
  return tokens
}
