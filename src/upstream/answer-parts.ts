import { shifted } from '../wire/citations.ts'
import type { Block, CanonicalAnswer, Signed, StreamPart } from '../wire/canonical.ts'

/** A whole answer as the parts of a stream; texts are cut by `cut`, everything else is one part. */
export function* answerParts(
  answer: CanonicalAnswer,
  cut: (text: string) => Iterable<string> = (text) => [text],
): Generator<StreamPart> {
  yield { kind: 'start', id: answer.id, model: answer.model }
  let index = 0
  let said = 0
  for (const block of answer.blocks) {
    if (block.kind === 'text') {
      yield* textParts(block, cut)
      if (block.citations !== undefined) yield { kind: 'text', text: '', citations: shifted(block.citations, said) }
      said += block.text.length
    } else if (block.kind === 'image' || block.kind === 'audio' || block.kind === 'file') yield { kind: 'media', block }
    else if (block.kind === 'reasoning') yield block
    else if (block.kind === 'refusal') yield { kind: 'refusal', text: block.text }
    else if (block.kind === 'tool_use') {
      const { id, name, argumentsJson } = block
      yield { kind: 'tool_delta', index, id, name, argumentsDelta: argumentsJson, ...sealOf(block) }
      index += 1
    }
  }
  const calls = answer.blocks.some(({ kind }) => kind === 'tool_use')
  yield { kind: 'finish', reason: answer.finish ?? (calls ? 'tool_calls' : 'stop') }
  if (answer.usage !== null) yield { kind: 'usage', usage: answer.usage }
}

/** The seal goes with the last piece, as it does in a provider's own stream. */
function* textParts(
  block: Extract<Block, { kind: 'text' }>,
  cut: (text: string) => Iterable<string>,
): Generator<StreamPart> {
  const pieces = [...cut(block.text)]
  const seal = sealOf(block)
  if (pieces.length === 0 && seal.signature !== undefined) pieces.push('')
  for (const [at, text] of pieces.entries()) {
    yield at === pieces.length - 1 ? { kind: 'text', text, ...seal } : { kind: 'text', text }
  }
}

function sealOf({ signature, signedBy }: Signed): Signed {
  if (signature === undefined) return {}
  return signedBy === undefined ? { signature } : { signature, signedBy }
}

/**
 * False for an answer that gives the client nothing. Cut or filtered answers count as given even without text: another
 * provider would not be the cure.
 */
export function hasContent({ blocks, finish, embeddings }: CanonicalAnswer): boolean {
  return embeddings !== undefined || finish === 'length' || finish === 'content_filter' || blocks.some(isFilled)
}

function isFilled(block: Block): boolean {
  if (block.kind === 'text' || block.kind === 'reasoning' || block.kind === 'refusal') return block.text !== ''
  return true
}

/** True for a part that puts something in front of the client, after which no other provider can take over. */
export function isContentPart(part: StreamPart): boolean {
  switch (part.kind) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return part.text !== ''
    case 'tool_delta':
    case 'media':
      return true
    case 'finish':
      return part.reason === 'length' || part.reason === 'content_filter'
    case 'start':
    case 'usage':
    case 'opaque':
      return false
  }
}
