import { isRejected, type Decision, type Rejection } from '../engine/decision.ts'
import { unknownName } from '../engine/describe/outcome.ts'
import { QUOTA_REASON } from '../engine/health/effect.ts'
import type { AttemptRecord, UpstreamFailureClass } from '../engine/record.ts'
import { GatewayError, type ErrorCode } from '../wire/errors.ts'
import { budgetError, spentBudget } from './budget-refusal.ts'
import type { Decided, UpstreamFailure, UpstreamMissing } from './ports.ts'

/** The longest wait we tell a client: OpenAI's clients obey any number of seconds literally. */
const MAX_RETRY_AFTER_MS = 60_000

/** The error of a decision at `now` that refused, with every rejected model and its numbers. */
export function refusalError({ decision, state }: Omit<Decided, 'roll'>, now: number): GatewayError | null {
  const { outcome, asked } = decision
  if (outcome.kind === 'chosen') return null
  const data = {
    rejected: decision.candidates
      .filter((candidate) => isRejected(candidate))
      .map(({ model, rejected }) => ({ model, ...rejected })),
  }
  switch (outcome.code) {
    case 'model_not_found': {
      const closest = outcome.closest.length === 0 ? '' : `; closest: ${outcome.closest.join(', ')}`
      const name = unknownName(decision)
      const what = name === asked.model ? 'the model ' : ''
      return new GatewayError('model_not_found', `${what}"${name}" does not exist here${closest}`, {
        ...askedIn(asked, name),
        hint: 'name a model, alias, `auto`, `auto:<policy>` or `tier:<name>` of the config',
        data: { closest: outcome.closest },
      })
    }
    case 'model_not_allowed':
      return new GatewayError('model_not_allowed', `the key may not use "${asked.model}"`, {
        param: 'model',
        data: { allowed: outcome.closest },
      })
    case 'budget_exceeded':
      return budgetError(spentBudget(decision, state.budgets), data)
    case 'no_capable_model':
      return (
        coolingDownError(decision, now, data) ??
        new GatewayError('no_capable_model', `none of ${decision.candidates.length} models can serve this request`, {
          hint: EXPLAIN_HINT,
          data,
        })
      )
  }
}

/** What of the request asks for the name; nothing when its key does. */
function askedIn({ model, hints }: Decision['asked'], name: string): { param?: string } {
  if (name === model) return { param: 'model' }
  if (name === `tier:${hints.tier}`) return { param: 'x-gateway-tier' }
  return name === `auto:${hints.policy}` ? { param: 'x-gateway-policy' } : {}
}

const EXPLAIN_HINT = 'see `error.gateway.rejected`, or run `gateway route --explain` on the same body'

/**
 * When nothing but their health keeps capable models out, the request is fine and may be sent again: the answer is that of
 * the providers, 429 or 503 with the shortest wait, not the 422 of a request that nobody can serve.
 */
function coolingDownError(decision: Decision, now: number, data: GatewayError['data']): GatewayError | null {
  const asked = decision.candidates.find(({ model }) => model === decision.asked.model)
  const unwell = (asked === undefined ? decision.candidates : [asked]).flatMap((candidate) =>
    isRejected(candidate) && isHealth(candidate.rejected) ? [candidate.rejected] : [],
  )
  if (unwell.length === 0) return null
  if (unwell.every((rejection) => rejection.code === 'provider_unhealthy' && rejection.state === 'down'))
    return downError(unwell, data)
  const waits = unwell.flatMap(({ retryAt }) => (retryAt === null ? [] : [Math.max(0, retryAt - now)]))
  const limited = unwell.every(({ code }) => code === 'rate_limited_upstream')
  return new GatewayError(
    'upstream_exhausted',
    limited ? 'every capable model is rate limited by its provider' : 'every capable model is cooling down',
    {
      status: limited ? 429 : 503,
      hint: EXPLAIN_HINT,
      data: { ...data, ...(waits.length === 0 ? {} : { retry_after_ms: Math.min(MAX_RETRY_AFTER_MS, ...waits) }) },
    },
  )
}

/** Waiting mends no key and fills no balance, so no wait is named. */
function downError(unwell: readonly HealthRejection[], data: GatewayError['data']): GatewayError {
  const noMoney = unwell.every(
    (rejection) => rejection.code === 'provider_unhealthy' && rejection.reason === QUOTA_REASON,
  )
  const details = { hint: EXPLAIN_HINT, ...(data === undefined ? {} : { data }) }
  return noMoney
    ? new GatewayError('upstream_exhausted', 'the quota or balance at the provider is used up', details)
    : new GatewayError('upstream_auth_failed', "the provider refused this proxy's credentials a moment ago", details)
}

type HealthRejection = Extract<Rejection, { code: 'provider_unhealthy' | 'rate_limited_upstream' }>

/** Health is the last filter, so such a model passed all others. */
function isHealth(rejection: Rejection): rejection is HealthRejection {
  return rejection.code === 'provider_unhealthy' || rejection.code === 'rate_limited_upstream'
}

/** `strict_params`: what the proxy itself has no place for is refused before anybody is called. */
export function strictRefusal(dropped: readonly string[], strict: boolean): GatewayError | null {
  const [first] = dropped
  if (!strict || first === undefined) return null
  return new GatewayError(
    'unsupported_parameter',
    `not supported here, and \`strict_params\` is on: ${dropped.join(', ')}`,
    { param: first },
  )
}

/** The honest final status after the last failed attempt: 429 or 503 only when every attempt said so. */
export function exhaustedError(attempts: readonly AttemptRecord[], last: UpstreamFailure): GatewayError {
  const data = attemptsData(attempts)
  const all = (...classes: UpstreamFailureClass[]): boolean =>
    attempts.every(({ failure }) => failure !== null && classes.includes(failure))
  const told = last.message === '' ? '' : `: ${last.message}`
  const make = (code: ErrorCode, text: string, status?: number): GatewayError =>
    new GatewayError(code, text, { data, ...(status === undefined ? {} : { status }) })

  if (last.failure === 'bad_request')
    return make('invalid_request_error', `the provider refused the request${told}`, last.status ?? 400)
  if (all('context_overflow'))
    return make('invalid_request_error', `the prompt is too long for every planned model${told}`, 400)
  if (last.failure === 'parameter_unsupported' && all('parameter_unsupported', 'context_overflow'))
    return make('unsupported_parameter', last.message)
  if (all('auth')) return make('upstream_auth_failed', "the provider refused this proxy's credentials")
  if (all('timeout_first_token', 'timeout_idle', 'timeout_total'))
    return make('deadline_exceeded', 'no provider answered before the deadline')
  const text = `all ${attempts.length} attempts failed${told}`
  if (all('rate_limited')) return make('upstream_exhausted', text, 429)
  if (attempts.every(({ status, failure }) => status === 503 || failure === 'overloaded'))
    return make('upstream_exhausted', text, 503)
  return make('upstream_exhausted', text)
}

/** The time was used up before any content came. */
export function lateError(attempts: readonly AttemptRecord[], deadlineMs: number): GatewayError {
  const text =
    attempts.length === 0
      ? `no provider was reached within ${deadlineMs} ms`
      : `no provider answered within ${deadlineMs} ms; ${attempts.length} attempts failed`
  return new GatewayError('deadline_exceeded', text, { data: { attempts: attemptsData(attempts).attempts } })
}

/** Every planned target was shut by other requests before this one could call it. */
export function coolingError(): GatewayError {
  return new GatewayError('upstream_exhausted', 'every planned model is cooling down', { status: 503 })
}

function attemptsData(attempts: readonly AttemptRecord[]) {
  const retryAfterMs = retryAfter(attempts)
  return {
    attempts: attempts.map(({ provider, model, status, failure }) => ({ provider, model, status, failure })),
    ...(retryAfterMs === null ? {} : { retry_after_ms: retryAfterMs }),
  }
}

export function missingError(missing: UpstreamMissing): GatewayError {
  return new GatewayError('response_missing', missing.message, {
    hint: 'record it first, or choose `--on-miss live` or `--on-miss simulated`',
    data: { reason: missing.reason },
  })
}

/** The shortest wait that a provider named, or that we keep from one that is busy; capped. */
function retryAfter(attempts: readonly AttemptRecord[]): number | null {
  const waits = attempts.flatMap(({ failure, retryAfterMs, cooldownMs }) => {
    const busy = failure === 'rate_limited' || failure === 'overloaded'
    const wait = retryAfterMs ?? (busy ? cooldownMs : undefined)
    return wait === undefined ? [] : [wait]
  })
  return waits.length === 0 ? null : Math.min(MAX_RETRY_AFTER_MS, ...waits)
}
