import { shifted } from './citations.ts'
import type { Block, CanonicalAnswer, Signed, StreamPart } from './canonical.ts'

/** A whole answer as the parts of a stream, for a client that asked for one and an answer that came in one piece. */
export function* wholeAsParts(answer: CanonicalAnswer): Generator<StreamPart> {
  yield { kind: 'start', id: answer.id, model: answer.model }
  let calls = 0
  let said = 0
  for (const block of answer.blocks) {
    if (block.kind === 'tool_use') {
      const { id, name, argumentsJson } = block
      yield { kind: 'tool_delta', index: calls, id, name, argumentsDelta: argumentsJson, ...sealOf(block) }
      calls += 1
    } else {
      yield* textPart(block)
      if (block.kind === 'text' && block.citations !== undefined)
        yield { kind: 'text', text: '', citations: shifted(block.citations, said) }
      if (block.kind === 'text') said += block.text.length
    }
  }
  const { stopSequence } = answer
  const stopped = stopSequence === undefined ? {} : { stopSequence }
  yield { kind: 'finish', reason: answer.finish ?? (calls > 0 ? 'tool_calls' : 'stop'), ...stopped }
  if (answer.usage !== null) yield { kind: 'usage', usage: answer.usage }
}

/** Blocks that no stream has a part for give none; answers hold no such blocks but for a provider's own. */
function* textPart(block: Block): Generator<StreamPart> {
  if (block.kind === 'text') yield { kind: 'text', text: block.text, ...sealOf(block) }
  else if (block.kind === 'refusal') yield { kind: 'refusal', text: block.text }
  else if (block.kind === 'image' || block.kind === 'audio' || block.kind === 'file') yield { kind: 'media', block }
  else if (block.kind === 'reasoning') {
    const redacted = block.redacted === undefined ? {} : { redacted: block.redacted }
    yield { kind: 'reasoning', text: block.text, ...redacted, ...sealOf(block) }
  }
}

function sealOf({ signature, signedBy }: Signed): Signed {
  return {
    ...(signature === undefined ? {} : { signature }),
    ...(signedBy === undefined ? {} : { signedBy }),
  }
}
