import { costOfUsage } from '../engine/cost.ts'
import type { ModelRow } from '../engine/matrix.ts'
import type { AttemptRecord, Cost, ExchangeRecord, ExchangeResult, RateLimitFacts, Timing } from '../engine/record.ts'
import type { Block, CanonicalAnswer } from '../wire/canonical.ts'
import { estimateTokens } from '../wire/tokens.ts'
import type { TokenUsage } from '../wire/usage.ts'
import { Spending } from './spending.ts'
import type { Steps } from './steps.ts'
import type { Clock, Decided, ExchangeContent, Generation, Incoming, UpstreamPort } from './ports.ts'

/** Few hosts write faster than this, which is a thousand tokens a second. */
const MOST_TOKENS_PER_MS = 1

/** The progress of one exchange. Everything that headers, logs and rows say later is written down here, once. */
export class Exchange {
  readonly incoming: Incoming
  /** Its number among the exchanges of the pipeline. */
  readonly arrival: number
  readonly steps: Steps
  readonly generation: Generation
  readonly at: number
  readonly decided: Decided
  readonly decideMs: number
  readonly attempts: AttemptRecord[] = []
  droppedParams: readonly string[] = []
  firstTokenMs: number | null = null
  /** Time spent waiting for upstreams, over all attempts. */
  upstreamMs = 0
  usage: TokenUsage | null = null
  /** Of the attempt that served; the record adds what failed ones may have cost. */
  cost: Cost = { kind: 'none' }
  /** Rate limits and budgets, as far as any concern the exchange. */
  rateLimits: readonly RateLimitFacts[] = []
  readonly spending = new Spending()
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #mode: UpstreamPort['mode']

  constructor(setup: {
    incoming: Incoming
    arrival: number
    steps: Steps
    generation: Generation
    at: number
    decided: Decided
    decideMs: number
    clock: Clock
    startedAt: number
    mode: UpstreamPort['mode']
  }) {
    this.incoming = setup.incoming
    this.arrival = setup.arrival
    this.steps = setup.steps
    this.generation = setup.generation
    this.at = setup.at
    this.decided = setup.decided
    this.decideMs = setup.decideMs
    this.#clock = setup.clock
    this.#startedAt = setup.startedAt
    this.#mode = setup.mode
  }

  elapsedMs(): number {
    return this.#clock.monotonic() - this.#startedAt
  }

  row(model: string): ModelRow | undefined {
    return this.generation.matrix.rows.find((row) => row.id === model)
  }

  /** Books what the answering model used. Without a report from the provider the counts are an estimate, never zero. */
  bookUsage(model: string, reported: TokenUsage | null, answer: CanonicalAnswer | null): void {
    this.usage = reported ?? this.#estimatedUsage(answer)
    const prices = this.row(model)?.prices ?? null
    this.cost = costOfUsage(this.usage, prices)
  }

  /** Books a call that its client left before any content was seen. */
  bookAbandoned(model: string, ms: number): void {
    this.bookUsage(model, this.abandonedUsage(model, ms), null)
  }

  /**
   * The provider was at work when we let go of it and bills what we shall never hear of, so this is a high estimate: the
   * whole prompt, and all output that `ms` may have held.
   */
  abandonedUsage(model: string, ms: number): TokenUsage {
    const { decision } = this.decided
    const { maxOutputTokens, needs } = decision.features
    const limit = maxOutputTokens ?? this.spending.imposedMaxOutputTokens ?? this.generation.routing.defaultMaxOutput
    const most = Math.min(limit, this.row(model)?.maxOutput ?? Infinity, Math.ceil(ms * MOST_TOKENS_PER_MS))
    const output = decision.asked.endpoint === 'embeddings' ? 0 : most * Math.max(1, needs.choices)
    return { ...this.#estimatedUsage(null), output }
  }

  /**
   * What an attempt that failed after `ms` may have cost: the prompt, and the output that a whole answer would have held by
   * then. Of a stream that brought no content there is no output.
   */
  failedCost(model: string, ms: number): { readonly usage: TokenUsage; readonly cost: Cost } {
    const all = this.abandonedUsage(model, ms)
    const usage = this.incoming.request.stream ? { ...all, output: 0 } : all
    return { usage, cost: costOfUsage(usage, this.row(model)?.prices ?? null) }
  }

  /** What a budget charged for the last attempt, which failed, where that is not what was estimated. */
  chargeLast(nanoUsd: number): void {
    const last = this.attempts.at(-1)
    if (last?.costNanoUsd === undefined || nanoUsd === 0 || nanoUsd === last.costNanoUsd) return
    this.attempts[this.attempts.length - 1] = { ...last, costNanoUsd: nanoUsd }
  }

  #estimatedUsage(answer: CanonicalAnswer | null): TokenUsage {
    let output = 0
    let reasoning = 0
    for (const block of answer?.blocks ?? []) {
      if (block.kind === 'reasoning') reasoning += estimateTokens(block.text)
      else output += estimateTokens(textOf(block))
    }
    const { inputTokens: input } = this.decided.decision.features
    const prompt = answer?.promptUsage ?? { input, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 }
    return { ...prompt, output, reasoning, basis: 'estimated' }
  }

  record(result: ExchangeResult, cost: Cost = this.cost): ExchangeRecord {
    const budget = this.spending.facts()
    const session = this.decided.state.session
    return {
      schema: 'gateway.record/1',
      requestId: this.incoming.requestId,
      at: this.at,
      decision: this.decided.decision,
      session: { id: this.incoming.sessionId, turn: (session?.turn ?? -1) + 1 },
      cache: { kind: 'bypass', why: 'not_configured' },
      attempts: [...this.attempts],
      result,
      usage: this.usage,
      cost: withFailed(cost, this.attempts),
      timing: this.#timing(),
      droppedParams: joined(this.incoming.droppedParams, this.droppedParams),
      upstreamMode: this.#mode,
      ...(budget === null ? {} : { budget }),
      ...(this.rateLimits.length === 0 ? {} : { rateLimits: this.rateLimits }),
      clientRetry: this.incoming.clientRetry,
    }
  }

  #timing(): Timing {
    const totalMs = round(this.elapsedMs())
    return {
      parseMs: this.incoming.parseMs,
      authMs: this.incoming.authMs,
      decideMs: round(this.decideMs),
      firstTokenMs: this.firstTokenMs === null ? null : round(this.firstTokenMs),
      upstreamMs: this.attempts.length === 0 ? null : round(this.upstreamMs),
      totalMs,
      overheadMs: round(Math.max(0, totalMs - this.upstreamMs)),
    }
  }

  content(answer: CanonicalAnswer | null, chunks: ExchangeContent['chunks']): ExchangeContent {
    const { incoming, arrival, steps, decided } = this
    return { incoming, answer, chunks, state: decided.state, roll: decided.roll, arrival, steps }
  }
}

function textOf(block: Block): string {
  switch (block.kind) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return block.text
    case 'tool_use':
      return `${block.name} ${block.argumentsJson}`
    case 'tool_result':
      return block.blocks.map((inner) => textOf(inner)).join('\n')
    case 'image':
    case 'audio':
    case 'file':
    case 'opaque':
      return ''
  }
}

/** The cost of an exchange is that of all its attempts. */
function withFailed(cost: Cost, attempts: readonly AttemptRecord[]): Cost {
  const failed = attempts.reduce((sum, { costNanoUsd = 0 }) => sum + costNanoUsd, 0)
  if (failed === 0 || cost.kind === 'unknown' || cost.kind === 'pending') return cost
  if (cost.kind === 'known') return { ...cost, nanoUsd: cost.nanoUsd + failed, usageBasis: 'estimated' }
  return { kind: 'known', nanoUsd: failed, usageBasis: 'estimated', priceSource: 'of failed attempts', priceAsOf: '' }
}

function joined(own: readonly string[] | undefined, others: readonly string[]): readonly string[] {
  return own === undefined ? others : [...new Set([...own, ...others])].sort()
}

/** Microsecond resolution is all that these clocks give. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
