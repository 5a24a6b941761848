import type { Block, CanonicalAnswer, FinishReason, StreamPart } from '../canonical.ts'
import type { JsonObject } from '../json.ts'
import { writeUsage } from '../usage-dialects.ts'

export interface EncodeCompletion {
  readonly id: string
  readonly model: string
  /** Seconds since the epoch. */
  readonly created: number
}

/** A complete answer body of the older text format. */
export function encodeCompletion(answer: CanonicalAnswer, options: EncodeCompletion): JsonObject {
  const said = answer.blocks.map(textOf).join('')
  return {
    ...head(options),
    choices: [choice(said, writeFinish(answer.finish ?? 'stop'))],
    ...(answer.usage === null ? {} : { usage: writeUsage(answer.usage) }),
  }
}

function textOf(block: Block): string {
  return block.kind === 'text' || block.kind === 'refusal' ? block.text : ''
}

/** Payload of the event for one part of a stream; null for a part that has no place in this format. */
export function encodeCompletionPart(
  part: StreamPart,
  options: EncodeCompletion & { readonly includeUsage: boolean },
): JsonObject | null {
  const rest = options.includeUsage ? { usage: null } : {}
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { ...head(options), choices: [choice(part.text, null)], ...rest }
    case 'finish':
      return { ...head(options), choices: [choice('', writeFinish(part.reason))], ...rest }
    case 'usage':
      return options.includeUsage ? { ...head(options), choices: [], usage: writeUsage(part.usage) } : null
    case 'start':
    case 'reasoning':
    case 'tool_delta':
    case 'media':
    case 'opaque':
      return null
  }
}

function head({ id, model, created }: EncodeCompletion): JsonObject {
  return { id, object: 'text_completion', created, model }
}

function choice(text: string, finish: string | null): JsonObject {
  return { text, index: 0, logprobs: null, finish_reason: finish }
}

/** The format knows three words; a broken answer counts as cut. */
function writeFinish(reason: FinishReason): string {
  if (reason === 'error') return 'length'
  return reason === 'tool_calls' ? 'stop' : reason
}
