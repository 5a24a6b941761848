import type { Decision } from '../../engine/decision.ts'
import type { ExchangeRecord } from '../../engine/record.ts'
import type { StateSnapshot } from '../../engine/state.ts'
import type { Redactor, SessionRedactor } from '../../guardrails/redactor.ts'
import type { ExchangeContent, Incoming } from '../../pipeline/ports.ts'
import type { ExchangeSteps } from '../../pipeline/steps.ts'
import { canonicalJson } from '../../wire/json.ts'
import type { JsonObject } from '../../wire/json.ts'
import { bodyOf, requestOf } from '../fixtures/incoming.ts'
import { fixtureId, KEY_VERSION, keyOf, shortHash } from '../fixtures/key.ts'
import type { Fixture, FixtureRequest, FixtureResponse } from '../types.ts'
import { redactAnswer } from './redact-answer.ts'
import { redactBody } from './redact-body.ts'
import { redactDecision, redactRights, redactState, renamedSubjects, replaceId } from './redact-context.ts'
import type { Identities } from './redact-context.ts'
import { recordedBody } from './recorded-body.ts'

/** The decision for a redacted request, by the config that made the original one. */
export type DecideAgain = (incoming: Incoming, state: StateSnapshot, now: number) => Decision

export interface BuildParts {
  /** Names the proxy run; the same for all it records. */
  readonly run: string
  readonly redactor: Redactor
  readonly salt: string
  readonly decideAgain: DecideAgain
}

/** Null when the exchange cannot be kept: it is no conversation. Throws when the redacted body is no request any more. */
export function buildFixture(record: ExchangeRecord, content: ExchangeContent, parts: BuildParts): Fixture | null {
  const { incoming } = content
  const body = recordedBody(incoming)
  if (body === null) return null
  const session = parts.redactor.session(incoming.sessionId)
  const identities: Identities = { profile: parts.redactor.profile, salt: parts.salt, session }
  const req = redactRequest(incoming, body, identities)
  const redacted = redactIncoming(incoming, req, identities)
  const state = redactState(content.state, identities)
  const again = parts.decideAgain(redacted, state, record.at)
  const stable = sameRoute(record.decision, again)
  const res = responseOf(record, content, session)
  return {
    id: fixtureId(`${record.requestId}|${record.at}`),
    key: keyOf(redacted.request, shortHash),
    key_v: KEY_VERSION,
    session: redacted.sessionId,
    turn: record.session.turn,
    ts: new Date(record.at).toISOString(),
    seq: content.arrival,
    run: parts.run,
    source: { kind: 'recorded', from: `gateway dev, ${record.upstreamMode}`, orig_id: session.name(record.requestId) },
    tags: [...redacted.asked.hints.tags],
    weight: 1,
    req,
    ctx: {
      rights: redacted.rights,
      state,
      config: record.decision.configHash,
      catalog: record.decision.catalogHash,
      seed: record.decision.seed,
      exchange: incoming.exchangeId,
      now: record.at,
      step: content.steps.decided,
    },
    decision: stable ? again : originalDecision(record.decision, content, redacted, state),
    attempts: record.attempts.map((attempt, index) => attemptOf(attempt, content.steps.attempts[index])),
    ...(record.budget?.keptOut === undefined ? {} : { kept_out: record.budget.keptOut }),
    ...(res === undefined ? {} : { res }),
    expect: [],
    redaction: {
      policy: parts.redactor.policy,
      hits: { ...session.hits },
      decision_stable: stable,
      ...(sameSize(record.decision, again) ? {} : { amounts_stable: false }),
    },
  }
}

function redactRequest(incoming: Incoming, body: JsonObject, identities: Identities): FixtureRequest {
  const { asked } = incoming
  const { profile, session } = identities
  const hashId = (id: string): string => replaceId('user', id, identities)
  const { tier, policy, tags } = asked.hints
  return {
    api: 'chat.completions',
    model_asked: session.name(asked.model),
    body: redactBody(body, { profile, session, hashId }),
    stream: asked.stream,
    hints: {
      ...(tier === undefined ? {} : { tier: session.name(tier) }),
      ...(policy === undefined ? {} : { policy: session.name(policy) }),
      ...(tags.length === 0 ? {} : { tags: tags.map((tag) => session.name(tag)) }),
    },
  }
}

/** What `arrivalOf` will make of the fixture, so that the decision made here is the one a replay makes. */
function redactIncoming(incoming: Incoming, req: FixtureRequest, identities: Identities): Incoming {
  return {
    ...incoming,
    request: requestOf(req),
    body: bodyOf(req),
    asked: {
      model: req.model_asked,
      endpoint: 'chat',
      stream: req.stream,
      hints: { ...req.hints, tags: req.hints?.tags ?? [] },
    },
    rights: redactRights(incoming.rights, identities),
    sessionId: replaceId('s', incoming.sessionId, identities),
  }
}

/** Numbers such as token counts may change with the text; who answers, and why, may not. */
function sameRoute(a: Decision, b: Decision): boolean {
  return canonicalJson(routeOf(a)) === canonicalJson(routeOf(b))
}

/** Whether budgets reserve the same for both: what an attempt may cost hangs on the size of its prompt. */
function sameSize({ features: a }: Decision, { features: b }: Decision): boolean {
  return a.inputTokens === b.inputTokens && a.inputBound?.tokens === b.inputBound?.tokens
}

function routeOf({ outcome, plan, intent }: Decision): unknown {
  const reason =
    outcome.kind === 'chosen'
      ? { ...outcome, margin: null, runnerUp: null, because: outcome.because.kind }
      : { kind: outcome.kind, code: outcome.code }
  return { reason, plan, intent: intent.label }
}

function originalDecision(
  decision: Decision,
  content: ExchangeContent,
  redacted: Incoming,
  state: StateSnapshot,
): Decision {
  const subjects = renamedSubjects(content.state.budgets, state.budgets)
  return redactDecision(decision, redacted.asked, { rights: redacted.rights, subjects })
}

function attemptOf(
  attempt: ExchangeRecord['attempts'][number],
  steps: ExchangeSteps['attempts'][number] | undefined,
): NonNullable<Fixture['attempts']>[number] {
  const [admitted, settled] = [steps?.admitted, steps?.settled ?? undefined]
  return {
    model: attempt.model,
    provider: attempt.provider,
    status: attempt.status,
    ...(attempt.failure === null ? {} : { error: attempt.failure }),
    ...(attempt.retryAfterMs === null ? {} : { retry_after_ms: attempt.retryAfterMs }),
    ...(attempt.firstTokenMs === null ? {} : { ttft_ms: attempt.firstTokenMs }),
    total_ms: attempt.ms,
    ...(attempt.uncalled === true ? { uncalled: true as const } : {}),
    ...(admitted === undefined || settled === undefined ? {} : { steps: [admitted, settled] as const }),
  }
}

function responseOf(
  record: ExchangeRecord,
  content: ExchangeContent,
  session: SessionRedactor,
): FixtureResponse | undefined {
  const { result } = record
  if (result.kind === 'client_gone') return undefined
  const model = record.attempts.at(-1)?.model ?? ''
  const timing = { ttft_ms: record.timing.firstTokenMs, total_ms: record.timing.totalMs }
  if (result.kind !== 'answered' || content.answer === null) {
    const code = result.kind === 'answered' ? 'internal_error' : result.code
    const nothing = { finish: null, message: { text: '' }, usage: record.usage, ...costOf(record), timing }
    return { status: result.status, model, ...nothing, error: { code } }
  }
  const message = redactAnswer(content.answer, session)
  return {
    status: result.status,
    model,
    finish: result.finish,
    message,
    usage: record.usage,
    ...costOf(record),
    timing,
    ...(content.chunks === null ? {} : { chunks: chunksOf(content.chunks, message.text) }),
  }
}

/** Of all attempts, also of those that failed. Where nothing was billed it is 0, and absent only when it is not known. */
function costOf({ cost }: ExchangeRecord): Pick<FixtureResponse, 'cost'> {
  if (cost.kind === 'none') return { cost: { nano_usd: 0, basis: 'reported' } }
  return cost.kind === 'known' ? { cost: { nano_usd: cost.nanoUsd, basis: cost.usageBasis } } : {}
}

/** Cut points fit the stored text only when redaction left its length alone. */
function chunksOf(
  chunks: NonNullable<ExchangeContent['chunks']>,
  text: string,
): NonNullable<FixtureResponse['chunks']> {
  const characters = chunks.length.reduce((sum, count) => sum + count, 0)
  return { at_ms: chunks.atMs, len: chunks.length, exact: characters === text.length }
}
