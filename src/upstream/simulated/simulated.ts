import { UpstreamStreamError } from '../../engine/upstream-error.ts'
import type { UpstreamCall, UpstreamPort, UpstreamResult } from '../../pipeline/ports.ts'
import type { CanonicalAnswer, StreamPart } from '../../wire/canonical.ts'
import { estimateTokens } from '../../wire/tokens.ts'
import { totalOutput } from '../../wire/usage.ts'
import { answerParts } from '../answer-parts.ts'
import { failed } from '../failure.ts'
import type { AnswerLookup, Sleep } from '../ports.ts'
import { normalDraw, seededRandom } from '../seeded.ts'
import { words } from '../text-pieces.ts'
import { simulatedAnswer } from './answer.ts'
import { simulatedEmbeddings } from './embeddings.ts'
import { latencyClassOf } from './latency-class.ts'
import { LATENCY_PROFILES, type LatencyClass, type LogNormal } from './latency-profiles.ts'

export interface SimulatedOptions {
  readonly seed: number
  /** 0: at once; 1: as fast as the measured providers; 2: twice as fast. */
  readonly speed: number
  readonly sleep: Sleep
  readonly lookup?: AnswerLookup
  /** Default: by words in the model's name. */
  readonly classOf?: (model: string) => LatencyClass
  /** `measured`: fail as often as the measured providers did. Default: never. */
  readonly faults?: 'none' | 'measured'
}

/** Waits of one request in milliseconds. */
interface Pace {
  readonly firstTokenMs: number
  readonly tokenGapMs: number
  readonly fails: boolean
}

/** A provider that calls nobody: repeatable answers at the speed of measured ones. */
export class SimulatedUpstream implements UpstreamPort {
  readonly mode = 'simulated'
  readonly #options: SimulatedOptions

  constructor(options: SimulatedOptions) {
    this.#options = options
  }

  async call(call: UpstreamCall): Promise<UpstreamResult> {
    const { request, target, signal } = call
    const { seed, lookup } = this.#options
    const pace = this.#pace(call)
    const source = { seed, lookup: lookup ?? null }
    const { upstreamModel } = target
    const answer = simulatedEmbeddings(request, upstreamModel, seed) ?? simulatedAnswer(request, upstreamModel, source)
    const tokens = answer.usage === null ? 0 : totalOutput(answer.usage)
    const waitMs = request.stream ? pace.firstTokenMs : pace.firstTokenMs + tokens * pace.tokenGapMs
    try {
      if (waitMs > call.firstTokenWithinMs) {
        await this.#wait(call.firstTokenWithinMs, signal)
        const message = `no content within ${Math.round(call.firstTokenWithinMs)} ms`
        return failed({ failure: 'timeout_first_token', message })
      }
      await this.#wait(waitMs, signal)
    } catch (error) {
      if (signal.aborted) return failed({ failure: 'aborted', message: 'the client went away' })
      throw error
    }
    if (pace.fails) return failed({ failure: 'rate_limited', status: 429, message: 'simulated rate limit' })
    const droppedParams = request.choices > 1 ? ['n'] : []
    const common = { status: 200, droppedParams, injected: false }
    if (!request.stream) return { kind: 'answer', answer, raw: null, ...common }
    return { kind: 'stream', parts: this.#parts(answer, pace, signal), ...common }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #pace({ target, exchangeId, attempt }: UpstreamCall): Pace {
    const { seed, speed, classOf, faults } = this.#options
    const profile = LATENCY_PROFILES[(classOf ?? latencyClassOf)(target.upstreamModel)]
    const random = seededRandom(`latency|${seed}|${exchangeId}|${attempt}|${target.upstreamModel}`)
    const scale = speed > 0 ? 1 / speed : 0
    return {
      firstTokenMs: draw(profile.firstTokenMs, random) * scale,
      tokenGapMs: draw(profile.tokenGapMs, random) * scale,
      fails: faults === 'measured' && random() < profile.errorRate,
    }
  }

  async *#parts(answer: CanonicalAnswer, pace: Pace, signal: AbortSignal): AsyncGenerator<StreamPart> {
    let first = true
    for (const part of answerParts(answer, words)) {
      const tokens = first ? 0 : partTokens(part)
      if (tokens > 0) await this.#nextToken(tokens * pace.tokenGapMs, signal)
      if (signal.aborted) throw new UpstreamStreamError('aborted', 'the client went away')
      // The wait for the first content is over already.
      if (partTokens(part) > 0) first = false
      yield part
    }
  }

  async #nextToken(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#wait(ms, signal)
    } catch (error) {
      if (signal.aborted) throw new UpstreamStreamError('aborted', 'the client went away', { cause: error })
      throw error
    }
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 0 || signal.aborted) await this.#options.sleep(ms, signal)
  }
}

function draw({ mu, sigma }: LogNormal, random: () => number): number {
  return Math.exp(mu + sigma * normalDraw(random))
}

function partTokens(part: StreamPart): number {
  switch (part.kind) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return Math.max(estimateTokens(part.text), 1)
    case 'tool_delta':
      return Math.max(estimateTokens(part.argumentsDelta), 1)
    case 'start':
    case 'finish':
    case 'usage':
    case 'media':
    case 'opaque':
      return 0
  }
}
