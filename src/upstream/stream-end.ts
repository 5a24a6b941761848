import type { StreamPart } from '../wire/canonical.ts'

/**
 * The same parts; `end` is called once, as soon as they end, fail or are abandoned, or the client goes before reading any.
 * The steps are watched from the side, so that no part waits longer for it.
 */
export function atStreamEnd(
  parts: AsyncIterable<StreamPart>,
  signal: AbortSignal,
  end: () => void,
): AsyncIterable<StreamPart> {
  const source = parts[Symbol.asyncIterator]()
  let open = true
  const over = (): void => {
    if (!open) return
    open = false
    signal.removeEventListener('abort', over)
    end()
  }
  const seen = ({ done }: IteratorResult<StreamPart>): void => {
    if (done === true) over()
  }
  signal.addEventListener('abort', over, { once: true })
  const iterator: AsyncIterator<StreamPart> = {
    next: () => {
      const step = source.next()
      step.then(seen, over)
      return step
    },
    return: async () => {
      over()
      await source.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
