import type { Asked, Rights } from '../../../src/engine/decision.ts'
import { modelId, type Matrix, type ModelRow } from '../../../src/engine/matrix.ts'
import type { ExchangeRecord } from '../../../src/engine/record.ts'
import type { RoutingConfig } from '../../../src/engine/routing-config.ts'
import type { UpstreamStreamError } from '../../../src/engine/upstream-error.ts'
import { openAdmission } from '../../../src/pipeline/admission/spend-cap.ts'
import { createPipeline } from '../../../src/pipeline/pipeline.ts'
import type {
  AdmissionPort,
  ExchangeContent,
  Incoming,
  Pipeline,
  StatePort,
  UpstreamCall,
  UpstreamFailure,
  UpstreamResult,
} from '../../../src/pipeline/ports.ts'
import { createLiveState } from '../../../src/pipeline/state.ts'
import type { CanonicalRequest, StreamPart } from '../../../src/wire/canonical.ts'
import type { TokenUsage } from '../../../src/wire/usage.ts'

export function row(id: string, tier: string, provider: string, pricePico: number | null = 1_000_000): ModelRow {
  return {
    id: modelId(id),
    family: 'test',
    kind: 'chat',
    tier,
    targets: [{ provider, upstreamModel: id, hasCredentials: true }],
    contextWindow: 128_000,
    maxInput: null,
    maxOutput: 16_000,
    inputModalities: ['text'],
    capabilities: {
      tools: true,
      parallelTools: true,
      jsonMode: true,
      jsonSchema: true,
      streaming: true,
      reasoning: false,
      systemPrompt: true,
      promptCaching: true,
      temperature: true,
    },
    prices:
      pricePico === null
        ? null
        : {
            steps: [
              {
                aboveInputTokens: 0,
                input: pricePico,
                output: pricePico,
                cacheRead: null,
                cacheWrite5m: null,
                cacheWrite1h: null,
                reasoning: null,
              },
            ],
            source: 'test',
            asOf: '2026-01-01',
          },
    dates: {},
    latency: null,
    quality: { overall: null, byIntent: {} },
  }
}

export function matrixOf(...rows: ModelRow[]): Matrix {
  return { hash: 'test-matrix', rows: rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)) }
}

export const ROUTING: RoutingConfig = {
  hash: 'test-config',
  tiers: ['free', 'standard', 'premium'],
  aliases: {},
  defaultPolicy: 'cheapest',
  policies: { cheapest: { kind: 'minimize_cost', require: {}, relax: [], strict: false } },
  rules: [],
  sticky: 'off',
  strictParams: false,
  failover: {
    maxAttempts: 4,
    deadlineMs: 60_000,
    lowerTiers: true,
    higherTiers: false,
    cooldownBaseMs: 5000,
    cooldownMaxMs: 300_000,
  },
  budgets: [],
  defaultMaxOutput: 4096,
}

const RIGHTS: Rights = {
  keyId: 'k',
  alias: 'dev',
  groups: [],
  user: null,
  project: null,
  tierCeiling: null,
  models: null,
  policy: null,
}

let counter = 0
export function incoming(text: string, changes: Partial<Incoming> = {}): Incoming {
  counter += 1
  const request: CanonicalRequest = {
    format: 'openai-chat',
    model: 'auto',
    messages: [{ role: 'user', blocks: [{ kind: 'text', text }] }],
    tools: [],
    responseFormat: { kind: 'text' },
    sampling: {},
    choices: 1,
    stream: false,
    includeUsage: false,
    metadata: {},
    extra: {},
  }
  const asked: Asked = { model: 'auto', endpoint: 'chat', stream: false, hints: { tags: [] } }
  return {
    requestId: `req_${counter}`,
    exchangeId: `ex_${counter}`,
    request,
    asked,
    rights: RIGHTS,
    sessionId: `s_${counter}`,
    body: null,
    clientRetry: 0,
    parseMs: null,
    authMs: null,
    ...changes,
  }
}

export const USAGE: TokenUsage = {
  input: 100,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 10,
  reasoning: 0,
  basis: 'reported',
}

export function answered(text: string, usage: TokenUsage | null = USAGE): UpstreamResult {
  return {
    kind: 'answer',
    status: 200,
    answer: { id: 'a', model: 'm', blocks: [{ kind: 'text', text }], finish: 'stop', usage },
    raw: null,
    droppedParams: [],
    injected: false,
  }
}

export function failed(
  failure: UpstreamFailure['failure'],
  status: number | null,
  retryAfterMs: number | null = null,
): UpstreamResult {
  return { kind: 'failed', failure, status, retryAfterMs, message: 'provider said no', injected: false }
}

export function streamed(parts: readonly StreamPart[], breaksWith: UpstreamStreamError | null = null): UpstreamResult {
  async function* generate(): AsyncGenerator<StreamPart> {
    for (const part of parts) {
      await Promise.resolve()
      yield part
    }
    if (breaksWith !== null) throw breaksWith
  }
  return { kind: 'stream', status: 200, parts: generate(), droppedParams: [], injected: false }
}

export interface Bench {
  readonly pipeline: Pipeline
  readonly calls: UpstreamCall[]
  readonly records: ExchangeRecord[]
  readonly contents: ExchangeContent[]
  /** Waits between attempts, in milliseconds; they take no real time. */
  readonly waits: number[]
  /** Lets the clock advance. */
  pass(ms: number): void
}

/** The real pipeline over a scripted upstream and a clock that advances one millisecond a look. */
export function bench(
  answer: (call: UpstreamCall) => UpstreamResult | Promise<UpstreamResult>,
  setup: {
    matrix?: Matrix
    routing?: RoutingConfig
    admission?: AdmissionPort
    state?: StatePort
    /** What happens while the pipeline waits. */
    asleep?: (signal: AbortSignal) => void | Promise<void>
  } = {},
): Bench {
  const calls: UpstreamCall[] = []
  const records: ExchangeRecord[] = []
  const contents: ExchangeContent[] = []
  const waits: number[] = []
  let ticks = 0
  const tick = (): number => 1_700_000_000_000 + ticks++
  const matrix =
    setup.matrix ?? matrixOf(row('cheap', 'standard', 'one', 100), row('dear', 'standard', 'two', 1_000_000))
  const pipeline = createPipeline({
    clock: { now: tick, monotonic: tick },
    upstream: {
      mode: 'live',
      call: async (call) => {
        calls.push(call)
        return answer(call)
      },
      close: () => Promise.resolve(),
    },
    state: setup.state ?? createLiveState(),
    sleep: async (ms, signal) => {
      waits.push(ms)
      ticks += Math.round(ms)
      await setup.asleep?.(signal)
    },
    admission: setup.admission ?? openAdmission(),
    sinks: [
      {
        accept: (record, content) => {
          records.push(record)
          contents.push(content)
        },
      },
    ],
    generation: () => ({ routing: setup.routing ?? ROUTING, matrix, seed: 0 }),
  })
  return {
    pipeline,
    calls,
    records,
    contents,
    waits,
    pass: (ms) => {
      ticks += ms
    },
  }
}
