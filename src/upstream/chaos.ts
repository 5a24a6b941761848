import { UpstreamStreamError } from '../engine/upstream-error.ts'
import type { UpstreamCall, UpstreamFailure, UpstreamPort, UpstreamResult } from '../pipeline/ports.ts'
import type { StreamPart } from '../wire/canonical.ts'
import { isContentPart } from './answer-parts.ts'
import { matchesPattern, type ChaosFault, type ChaosRule } from './chaos-spec.ts'
import { classifyStatus, failed } from './failure.ts'
import type { Sleep } from './ports.ts'
import { seededRandom } from './seeded.ts'

export interface ChaosOptions {
  readonly rules: readonly ChaosRule[]
  readonly seed: number
  readonly sleep: Sleep
}

/** Content parts that a cut stream still delivers. */
const PARTS_BEFORE_CUT = 3
/** What an injected 429 or 503 asks to wait. */
const RETRY_AFTER_MS = 1_000

/**
 * Disturbs the calls to another upstream. Which call is hit depends on the seed, the exchange and the attempt alone, so a
 * run can be repeated; every disturbed result is marked.
 */
export class ChaosUpstream implements UpstreamPort {
  readonly #inner: UpstreamPort
  readonly #options: ChaosOptions

  constructor(inner: UpstreamPort, options: ChaosOptions) {
    this.#inner = inner
    this.#options = options
  }

  get mode(): UpstreamPort['mode'] {
    return this.#inner.mode
  }

  async call(call: UpstreamCall): Promise<UpstreamResult> {
    let leftMs = call.firstTokenWithinMs
    let delayed = false
    let cut = false
    for (const fault of this.#faults(call)) {
      if (fault.kind === 'cut') cut = true
      else if (fault.kind === 'delay') {
        const waited = await this.#wait(Math.min(fault.ms, leftMs), call.signal)
        if (!waited) return aborted()
        leftMs -= fault.ms
        delayed = true
        if (leftMs <= 0) return late(call.firstTokenWithinMs)
      } else return this.#fail(fault, call, leftMs)
    }
    if (!cut && !delayed) return this.#inner.call(call)
    const result = await this.#inner.call({ ...call, firstTokenWithinMs: leftMs })
    if (result.kind === 'missing') return result
    return cut ? cutShort(result) : { ...result, injected: true }
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  #faults({ exchangeId, attempt, target }: UpstreamCall): ChaosFault[] {
    return drawFaults(this.#options, { exchangeId, attempt, models: [target.model, target.upstreamModel] })
  }

  async #fail(
    fault: Exclude<ChaosFault, { kind: 'cut' | 'delay' }>,
    call: UpstreamCall,
    leftMs: number,
  ): Promise<UpstreamFailure> {
    switch (fault.kind) {
      case 'status':
        return statusFailure(fault.status)
      case 'stall':
        return (await this.#wait(leftMs, call.signal)) ? late(call.firstTokenWithinMs) : aborted()
      case 'reset':
        return failed({ failure: 'connect', message: 'injected connection reset', injected: true })
      case 'empty':
        return failed({ failure: 'empty', status: 200, message: 'injected empty answer', injected: true })
      case 'malformed':
        return failed({ failure: 'malformed', status: 200, message: 'injected malformed answer', injected: true })
    }
  }

  /** False when the client left meanwhile. */
  async #wait(ms: number, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#options.sleep(ms, signal)
      return true
    } catch (error) {
      if (signal.aborted) return false
      throw error
    }
  }
}

export interface DrawnCall {
  readonly exchangeId: string
  readonly attempt: number
  /** Names by which a rule may mean the model. */
  readonly models: readonly string[]
}

/** What hits one call. Delays come before whatever else does. */
export function drawFaults(
  { rules, seed }: Pick<ChaosOptions, 'rules' | 'seed'>,
  { exchangeId, attempt, models }: DrawnCall,
): ChaosFault[] {
  const hit = rules.filter(({ probability, pattern }, index) => {
    if (pattern !== null && !models.some((model) => matchesPattern(model, pattern))) return false
    const roll = seededRandom(`chaos|${seed}|${exchangeId}|${attempt}|${index}`)
    return roll() < probability
  })
  const isDelay = ({ kind }: ChaosFault): number => (kind === 'delay' ? 0 : 1)
  return hit.map(({ fault }) => fault).sort((a, b) => isDelay(a) - isDelay(b))
}

function statusFailure(status: number): UpstreamFailure {
  const said = { message: '', type: null, code: null, param: null, status: null, retryAfterMs: null }
  const waits = status === 429 || status === 503
  return failed({
    failure: classifyStatus(status, said),
    status,
    retryAfterMs: waits ? RETRY_AFTER_MS : null,
    message: `injected ${status}`,
    injected: true,
  })
}

function late(withinMs: number): UpstreamFailure {
  const message = `injected delay: no content within ${Math.round(withinMs)} ms`
  return failed({ failure: 'timeout_first_token', message, injected: true })
}

function aborted(): UpstreamFailure {
  return failed({ failure: 'aborted', message: 'the client went away', injected: true })
}

function cutShort(result: Exclude<UpstreamResult, { kind: 'missing' }>): UpstreamResult {
  switch (result.kind) {
    case 'failed':
      return { ...result, injected: true }
    case 'answer':
      return failed({ failure: 'cut_mid_stream', status: result.status, message: 'injected cut', injected: true })
    case 'stream':
      return { ...result, injected: true, parts: cutParts(result.parts) }
  }
}

async function* cutParts(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart> {
  let content = 0
  for await (const part of parts) {
    if (part.kind === 'finish' || content >= PARTS_BEFORE_CUT) break
    if (isContentPart(part)) content += 1
    yield part
  }
  throw new UpstreamStreamError('cut_mid_stream', 'injected cut in the middle of the stream')
}
