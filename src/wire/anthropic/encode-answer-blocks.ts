import { argumentsObject } from '../arguments-json.ts'
import type { Block, Signed } from '../canonical.ts'
import type { JsonObject } from '../json.ts'
import { writeSignature } from '../signatures.ts'
import { writeClaudeCitations } from './citations.ts'
import { toolId } from './encode-blocks.ts'

/**
 * Blocks of an answer for a client. A seal that another provider put on a call or a text has no place of its own here: it
 * goes into an empty thinking block before it, which clients send back.
 */
export function encodeAnswerBlocks(blocks: readonly Block[]): JsonObject[] {
  return blocks.flatMap((block): JsonObject[] => {
    switch (block.kind) {
      case 'text': {
        const { text } = block
        const citations = writeClaudeCitations(block.citations)
        const own = text === '' ? [] : [{ type: 'text', text, ...(citations === null ? {} : { citations }) }]
        return [...sealBlock(block), ...own]
      }
      case 'reasoning':
        return [thinkingBlock(block)]
      case 'tool_use': {
        const { id, name, argumentsJson } = block
        return [...sealBlock(block), { type: 'tool_use', id: toolId(id), name, input: argumentsObject(argumentsJson) }]
      }
      case 'opaque':
        return block.format === 'anthropic' ? [block.value] : []
      // The refusal stands in `stop_details`; models give no media in this format.
      case 'refusal':
      case 'image':
      case 'audio':
      case 'file':
      case 'tool_result':
        return []
    }
  })
}

/** The empty thinking block that carries a seal; none when there is no seal. */
export function sealBlock(signed: Signed): JsonObject[] {
  const signature = writeSignature(signed, 'anthropic')
  return signature === null ? [] : [{ type: 'thinking', thinking: '', signature }]
}

function thinkingBlock(block: Extract<Block, { kind: 'reasoning' }>): JsonObject {
  const { text, redacted, signedBy } = block
  if (redacted !== undefined) return redactedBlock(redacted, signedBy)
  return { type: 'thinking', thinking: text, signature: writeSignature(block, 'anthropic') ?? '' }
}

/** Thought that its provider hides. */
export function redactedBlock(redacted: string, signedBy: Signed['signedBy']): JsonObject {
  const seal = { signature: redacted, ...(signedBy === undefined ? {} : { signedBy }) }
  return { type: 'redacted_thinking', data: writeSignature(seal, 'anthropic') ?? redacted }
}
