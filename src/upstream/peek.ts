import { UpstreamStreamError } from '../engine/upstream-error.ts'
import type { UpstreamFailureClass } from '../engine/record.ts'
import type { StreamPart } from '../wire/canonical.ts'
import { isContentPart } from './answer-parts.ts'

export type Peeked =
  | { readonly kind: 'content'; readonly parts: AsyncIterable<StreamPart>; readonly head: readonly StreamPart[] }
  | { readonly kind: 'failed'; readonly failure: UpstreamFailureClass; readonly message: string }

/**
 * Reads a stream up to its first content, so that a failure before it can still go to another provider. The parts read
 * so far are handed out again; returning early from the result ends the source too, even when nothing was read from it.
 */
export async function peekContent(source: AsyncGenerator<StreamPart>): Promise<Peeked> {
  const head: StreamPart[] = []
  let opaque = false
  try {
    for (;;) {
      const step = await source.next()
      if (step.done === true) return { kind: 'failed', failure: 'empty', message: EMPTY }
      head.push(step.value)
      // Audio and the like travel in chunks that are only passed on: with those seen, the answer is not empty.
      if (step.value.kind === 'opaque' && step.value.framing !== true) opaque = true
      if (isContentPart(step.value) || (step.value.kind === 'finish' && opaque)) break
      if (step.value.kind === 'finish') {
        await source.return(undefined)
        return { kind: 'failed', failure: 'empty', message: EMPTY }
      }
    }
  } catch (error) {
    if (error instanceof UpstreamStreamError) return { kind: 'failed', failure: error.failure, message: error.message }
    throw error
  }
  return { kind: 'content', parts: rejoin(head, source), head }
}

const EMPTY = 'the stream ended without any content'

/** Not a generator: `return()` on a generator that was never started would leave the source open. */
function rejoin(head: StreamPart[], source: AsyncGenerator<StreamPart>): AsyncIterable<StreamPart> {
  let next = 0
  const iterator: AsyncIterator<StreamPart> = {
    next: () => {
      const part = head[next]
      if (part === undefined) return source.next()
      next += 1
      return Promise.resolve({ done: false, value: part })
    },
    return: () => {
      next = head.length
      return source.return(undefined)
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
