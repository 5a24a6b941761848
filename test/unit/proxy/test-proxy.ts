import { connect } from 'node:net'
import { DEVELOPMENT_PRINCIPAL } from '../../../src/auth/authenticator.ts'
import type { Decision } from '../../../src/engine/decision.ts'
import { modelId } from '../../../src/engine/matrix.ts'
import type { ExchangeRecord } from '../../../src/engine/record.ts'
import type { ExchangeReply, Incoming, Pipeline } from '../../../src/pipeline/ports.ts'
import type { AuthPort, Refusal } from '../../../src/proxy/ports.ts'
import { createProxy, type Proxy, type ProxyOptions } from '../../../src/proxy/server.ts'
import type { StreamPart } from '../../../src/wire/canonical.ts'

export const TEST_KEY = 'test-key'

const oneKey: AuthPort = { authenticate: (secret) => (secret === TEST_KEY ? DEVELOPMENT_PRINCIPAL : null) }

export interface TestProxy {
  readonly proxy: Proxy
  readonly url: string
  readonly port: number
  readonly refusals: Refusal[]
  /** What reached the pipeline. */
  readonly seen: Incoming[]
}

/** A real server on a free port whose pipeline is a function of the test. */
export async function openProxy(
  run: Pipeline['run'] = (incoming) => Promise.resolve(answerReply(incoming)),
  options: Partial<ProxyOptions> = {},
): Promise<TestProxy> {
  const refusals: Refusal[] = []
  const seen: Incoming[] = []
  const proxy = createProxy({
    pipeline: {
      decide: () => {
        throw new Error('not used')
      },
      run: (incoming, signal) => {
        seen.push(incoming)
        return run(incoming, signal)
      },
    },
    auth: oneKey,
    catalog: { models: () => [{ id: 'org/model-a', ownedBy: 'org', created: 1_700_000_000 }] },
    readiness: { missing: () => [] },
    onRefusal: (refusal) => refusals.push(refusal),
    ...options,
  })
  const url = await proxy.listen({ host: '127.0.0.1', port: 0 })
  return { proxy, url, port: Number(new URL(url).port), refusals, seen }
}

/** A request as the pipeline sees it. */
export function incomingRequest(model = 'auto', user: string | null = 'ada'): Incoming {
  return {
    requestId: 'req_1',
    exchangeId: 'req_1',
    request: {
      format: 'openai-chat',
      model,
      messages: [{ role: 'user', blocks: [{ kind: 'text', text: 'the prompt' }] }],
      tools: [],
      responseFormat: { kind: 'text' },
      sampling: {},
      choices: 1,
      stream: false,
      includeUsage: false,
      metadata: {},
      extra: {},
    },
    asked: { model, endpoint: 'chat', stream: false, hints: { tags: [] } },
    rights: {
      keyId: 'dev',
      alias: 'dev',
      groups: [],
      user,
      project: null,
      tierCeiling: null,
      models: null,
      policy: null,
    },
    sessionId: 's_1',
    body: null,
    clientRetry: 0,
    parseMs: null,
    authMs: null,
  }
}

export function recordOf(incoming: Incoming, changes: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    schema: 'gateway.record/1',
    requestId: incoming.requestId,
    at: Date.UTC(2026, 10, 22),
    decision: decisionOf(incoming),
    session: { id: incoming.sessionId, turn: 0 },
    cache: { kind: 'bypass', why: 'not_configured' },
    attempts: [
      {
        model: 'model-a',
        provider: 'org',
        upstreamModel: 'model-a-2026',
        status: 200,
        failure: null,
        ms: 120,
        firstTokenMs: 40,
        retryAfterMs: null,
        injected: false,
      },
    ],
    result: { kind: 'answered', status: 200, finish: 'stop' },
    usage: { input: 10, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 3, reasoning: 0, basis: 'reported' },
    cost: {
      kind: 'known',
      nanoUsd: 1_250,
      usageBasis: 'reported',
      priceSource: 'test',
      priceAsOf: '2026-01-01',
    },
    timing: {
      parseMs: 0.1,
      authMs: 0.1,
      decideMs: 0.2,
      firstTokenMs: 40,
      upstreamMs: 120,
      totalMs: 121,
      overheadMs: 1,
    },
    droppedParams: [],
    upstreamMode: 'simulated',
    clientRetry: incoming.clientRetry,
    ...changes,
  }
}

function decisionOf(incoming: Incoming): Decision {
  const plan = (model: string, why: 'choice' | 'same_tier' | 'lower_tier'): Decision['plan'][number] => ({
    model: modelId(model),
    tier: why === 'lower_tier' ? 'free' : 'standard',
    provider: 'org',
    upstreamModel: `${model}-2026`,
    why,
  })
  return {
    schema: 'gateway.decision/1',
    configHash: 'c0ffee'.repeat(8),
    catalogHash: 'cat',
    seed: 1,
    asked: incoming.asked,
    principal: incoming.rights,
    features: {
      inputTokens: 10,
      maxOutputTokens: null,
      turns: 1,
      userTurns: 1,
      chars: { system: 0, user: 2, assistant: 0, tool: 0, lastUser: 2 },
      language: 'en',
      script: 'Latn',
      modalities: ['text'],
      needs: {
        tools: false,
        parallelTools: false,
        jsonMode: false,
        jsonSchema: false,
        stream: false,
        choices: 1,
        parameters: [],
      },
      agentLoop: false,
      cues: {},
    },
    intent: { label: 'chat', confidence: 0.8123, runnerUps: [], complexity: 0.1, cues: [], kept: false },
    candidates: [],
    outcome: {
      kind: 'chosen',
      model: modelId('model-a'),
      tier: 'standard',
      provider: 'org',
      rule: { name: 'free first', index: 0 },
      policy: 'balanced',
      because: { kind: 'policy', policyKind: 'minimize_cost' },
      margin: null,
      runnerUp: null,
      relaxed: [],
      downgradedFrom: null,
      propensity: 1,
    },
    plan: [plan('model-a', 'choice'), plan('model-b', 'same_tier'), plan('model-c', 'lower_tier')],
    budgetWarnings: [],
  }
}

export function answerReply(incoming: Incoming): ExchangeReply {
  return {
    kind: 'answer',
    answer: {
      id: 'chatcmpl-1',
      model: 'model-a-2026',
      blocks: [{ kind: 'text', text: 'hello' }],
      finish: 'stop',
      usage: null,
    },
    raw: null,
    record: recordOf(incoming),
  }
}

export function streamReply(incoming: Incoming, parts: AsyncIterable<StreamPart>): ExchangeReply {
  const record = recordOf(incoming)
  return { kind: 'stream', draft: { ...record, cost: { kind: 'pending' } }, parts, done: Promise.resolve(record) }
}

/** Sends bytes as they are and returns all that came back until the server closed the connection. */
export function rawExchange(port: number, bytes: string | Buffer, { endAfterMs = 3_000 } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const chunks: Buffer[] = []
    const done = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(Buffer.concat(chunks).toString('latin1'))
    }
    const timer = setTimeout(done, endAfterMs)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.once('end', done)
    socket.once('error', (error) => (chunks.length > 0 ? done() : reject(error)))
  })
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
}

export function codeOf(answer: string): string | undefined {
  return /"code":"([a-z_]+)"/.exec(answer)?.[1]
}

export function chatBody(extra: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hi' }], ...extra })
}

export function chatHeaders(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { authorization: `Bearer ${TEST_KEY}`, 'content-type': 'application/json', ...extra }
}
