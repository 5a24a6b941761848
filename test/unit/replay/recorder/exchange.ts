import type { Decision, Rights } from '../../../../src/engine/decision.ts'
import type { ExchangeRecord } from '../../../../src/engine/record.ts'
import { modelId } from '../../../../src/engine/matrix.ts'
import { EMPTY_STATE } from '../../../../src/engine/state.ts'
import type { ExchangeContent, Incoming } from '../../../../src/pipeline/ports.ts'
import type { Block } from '../../../../src/wire/canonical.ts'
import type { JsonObject } from '../../../../src/wire/json.ts'
import { parseChatRequest } from '../../../../src/wire/openai-chat/parse-request.ts'

export interface ExchangeParts {
  readonly body: JsonObject
  readonly blocks?: readonly Block[]
  readonly id?: string
  readonly intent?: Decision['intent']['label']
  readonly chunks?: ExchangeContent['chunks']
  readonly rights?: Partial<Rights>
  readonly result?: ExchangeRecord['result']
}

const RIGHTS: Rights = {
  keyId: 'key-7',
  alias: 'dev',
  groups: [],
  user: 'ada',
  project: 'docs',
  tierCeiling: null,
  models: null,
  policy: null,
}

/** A decision that depends on the text: a request that mentions an e-mail address goes to the large model. */
export function decideByText(incoming: Incoming): Decision {
  const text = JSON.stringify(incoming.request.messages)
  const model = modelId(text.includes('@x.example') ? 'large' : 'small')
  return {
    schema: 'gateway.decision/1',
    configHash: 'c0ffee',
    catalogHash: 'cafe',
    seed: 7,
    asked: incoming.asked,
    principal: incoming.rights,
    features: {
      inputTokens: text.length,
      maxOutputTokens: null,
      turns: 1,
      userTurns: 1,
      chars: { system: 0, user: text.length, assistant: 0, tool: 0, lastUser: text.length },
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
    intent: { label: 'chat', confidence: 0.9, runnerUps: [], complexity: 0.1, cues: [], kept: false },
    candidates: [],
    outcome: {
      kind: 'chosen',
      model,
      tier: 'free',
      provider: 'p',
      rule: null,
      policy: 'balanced',
      because: { kind: 'only_candidate' },
      margin: null,
      runnerUp: null,
      relaxed: [],
      downgradedFrom: null,
      propensity: 1,
    },
    plan: [{ model, tier: 'free', provider: 'p', upstreamModel: model, why: 'choice' }],
    budgetWarnings: [],
  }
}

/** A finished exchange as the pipeline hands it to its sinks. */
export function exchange(parts: ExchangeParts): { record: ExchangeRecord; content: ExchangeContent } {
  const id = parts.id ?? 'req_1'
  const body: JsonObject = { model: 'auto', stream: parts.chunks !== undefined, ...parts.body }
  const request = parseChatRequest(body)
  const incoming: Incoming = {
    requestId: id,
    exchangeId: id,
    request,
    asked: { model: request.model, endpoint: 'chat', stream: request.stream, hints: { tags: [] } },
    rights: { ...RIGHTS, ...parts.rights },
    sessionId: 's_1',
    body,
    clientRetry: 0,
    parseMs: 1,
    authMs: 1,
  }
  const decided = decideByText(incoming)
  const decision = { ...decided, intent: { ...decided.intent, label: parts.intent ?? 'chat' } }
  const usage = { input: 10, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 5, reasoning: 0 }
  const attempt = { model: 'small', provider: 'p', upstreamModel: 'small', status: 200, failure: null }
  return {
    record: {
      schema: 'gateway.record/1',
      requestId: id,
      at: 1_730_728_800_000,
      decision,
      session: { id: 's_1', turn: 0 },
      cache: { kind: 'bypass', why: 'off' },
      attempts: [{ ...attempt, ms: 90, firstTokenMs: 30, retryAfterMs: null, injected: false }],
      result: parts.result ?? { kind: 'answered', status: 200, finish: 'stop' },
      usage: { ...usage, basis: 'reported' },
      cost: { kind: 'known', nanoUsd: 1234, usageBasis: 'reported', priceSource: 's', priceAsOf: '2024-11-01' },
      timing: {
        parseMs: 1,
        authMs: 1,
        decideMs: 1,
        firstTokenMs: 30,
        upstreamMs: 90,
        totalMs: 95,
        overheadMs: 5,
      },
      droppedParams: [],
      upstreamMode: 'live',
      clientRetry: 0,
    },
    content: {
      incoming,
      answer: {
        id: 'a',
        model: 'small',
        blocks: parts.blocks ?? [{ kind: 'text', text: 'fine' }],
        finish: 'stop',
        usage: null,
      },
      chunks: parts.chunks ?? null,
      state: EMPTY_STATE,
      roll: 0.5,
      arrival: 0,
      steps: { decided: 0, attempts: [] },
    },
  }
}
