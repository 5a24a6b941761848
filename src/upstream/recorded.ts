import { UpstreamStreamError } from '../engine/upstream-error.ts'
import type { UpstreamCall, UpstreamPort, UpstreamResult } from '../pipeline/ports.ts'
import type { StreamPart } from '../wire/canonical.ts'
import { answerParts } from './answer-parts.ts'
import { failed } from './failure.ts'
import type { RecordedAnswer, RecordedLookup, RecordedMiss, Sleep } from './ports.ts'
import { piecesOf, words } from './text-pieces.ts'

export interface RecordedOptions {
  readonly lookup: RecordedLookup
  /** 0: at once; 1: as recorded; 2: twice as fast. */
  readonly streamSpeed: number
  readonly sleep: Sleep
}

/** Answers from recordings. Streams are sent again in the pieces and at the times in which they came. */
export class RecordedUpstream implements UpstreamPort {
  readonly mode = 'recorded'
  readonly #options: RecordedOptions

  constructor(options: RecordedOptions) {
    this.#options = options
  }

  async call(call: UpstreamCall): Promise<UpstreamResult> {
    const { request, target, signal } = call
    const found = this.#options.lookup.find(request, target.model)
    if (found.kind === 'miss')
      return { kind: 'missing', reason: found.reason, message: describeMiss(found, target.model) }
    if (found.kind === 'failed') {
      const { failure, status, retryAfterMs } = found
      const result = failed({ failure, status, retryAfterMs, message: `${failure}, as recorded in ${found.id}` })
      // Most of those that could not be reached were not reached at all.
      return failure === 'connect' ? { ...result, uncalled: true } : result
    }
    const waitMs = request.stream ? firstMs(found) : (found.totalMs ?? found.firstTokenMs ?? 0)
    if (!(await this.#wait(waitMs, signal))) return failed({ failure: 'aborted', message: 'the client went away' })
    const common = { status: 200, droppedParams: [], injected: false }
    if (!request.stream) return { kind: 'answer', answer: found.answer, raw: null, ...common }
    return { kind: 'stream', parts: this.#parts(found, signal), ...common }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  async *#parts(found: RecordedAnswer, signal: AbortSignal): AsyncGenerator<StreamPart> {
    const { answer, chunks } = found
    const cut = chunks === null ? words : (text: string) => piecesOf(text, chunks.length)
    const times = chunks?.atMs ?? []
    let at = firstMs(found)
    let textPart = 0
    for (const part of answerParts(answer, cut)) {
      if (part.kind === 'text') {
        const next = times[textPart] ?? at
        textPart += 1
        if (!(await this.#wait(next - at, signal))) throw new UpstreamStreamError('aborted', 'the client went away')
        at = Math.max(at, next)
      }
      if (signal.aborted) throw new UpstreamStreamError('aborted', 'the client went away')
      yield part
    }
  }

  /** False when the client left meanwhile. */
  async #wait(recordedMs: number, signal: AbortSignal): Promise<boolean> {
    const { streamSpeed, sleep } = this.#options
    const ms = streamSpeed > 0 ? recordedMs / streamSpeed : 0
    if (signal.aborted) return false
    if (ms <= 0) return true
    try {
      await sleep(ms, signal)
      return true
    } catch (error) {
      if (signal.aborted) return false
      throw error
    }
  }
}

function firstMs({ chunks, firstTokenMs }: RecordedAnswer): number {
  return firstTokenMs ?? chunks?.atMs[0] ?? 0
}

/** Why there is no answer, with the recording that comes nearest. Names of fields only, never their content. */
function describeMiss({ reason, closest }: RecordedMiss, model: string): string {
  const near = closest === null ? '' : `; closest: ${closest.id}${differences(closest.differs)}`
  switch (reason) {
    case 'never_recorded':
      return `this request was never recorded${near}`
    case 'diverged':
      return `the conversation left its recording${near}`
    case 'model_not_recorded':
      return `the request was recorded, but not with ${model}${near}`
  }
}

function differences(fields: readonly string[]): string {
  if (fields.length === 0) return ''
  const more = fields.length > 5 ? ` and ${fields.length - 5} more` : ''
  return `, differs in ${fields.slice(0, 5).join(', ')}${more}`
}
