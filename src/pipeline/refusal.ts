import { isRejected, type Decision } from '../engine/decision.ts'
import type { AttemptRecord, UpstreamFailureClass } from '../engine/record.ts'
import { GatewayError, type ErrorCode } from '../wire/errors.ts'
import type { UpstreamFailure, UpstreamMissing } from './ports.ts'

/** The longest wait we tell a client: OpenAI's clients obey any number of seconds literally. */
const MAX_RETRY_AFTER_MS = 60_000

/** The error of a decision that refused, with every rejected model and its numbers. */
export function refusalError(decision: Decision): GatewayError | null {
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
      return new GatewayError('model_not_found', `the model "${asked.model}" does not exist here${closest}`, {
        param: 'model',
        hint: 'name a model, alias, `auto`, `auto:<policy>` or `tier:<name>` of the config',
        data: { closest: outcome.closest },
      })
    }
    case 'model_not_allowed':
      return new GatewayError('model_not_allowed', `the key may not use "${asked.model}"`, { param: 'model' })
    case 'budget_exceeded':
      return new GatewayError('budget_exceeded', 'a budget is spent and no lower tier fits', { data })
    case 'no_capable_model':
      return new GatewayError(
        'no_capable_model',
        `none of ${decision.candidates.length} models can serve this request`,
        {
          hint: 'see `error.gateway.rejected`, or run `gateway route --explain` on the same body',
          data,
        },
      )
  }
}

/** The honest final status after the last failed attempt: 429 or 503 only when every attempt said so. */
export function exhaustedError(attempts: readonly AttemptRecord[], last: UpstreamFailure): GatewayError {
  const retryAfterMs = retryAfter(attempts)
  const data = {
    attempts: attempts.map(({ provider, model, status, failure }) => ({ provider, model, status, failure })),
    ...(retryAfterMs === null ? {} : { retry_after_ms: retryAfterMs }),
  }
  const all = (...classes: UpstreamFailureClass[]): boolean =>
    attempts.every(({ failure }) => failure !== null && classes.includes(failure))
  const told = last.message === '' ? '' : `: ${last.message}`
  const make = (code: ErrorCode, text: string, status?: number): GatewayError =>
    new GatewayError(code, text, { data, ...(status === undefined ? {} : { status }) })

  if (last.failure === 'bad_request')
    return make('invalid_request_error', `the provider refused the request${told}`, last.status ?? 400)
  if (all('context_overflow'))
    return make('invalid_request_error', `the prompt is too long for every planned model${told}`, 400)
  if (all('auth')) return make('upstream_auth_failed', "the provider refused this proxy's credentials")
  if (all('timeout_first_token', 'timeout_idle', 'timeout_total'))
    return make('deadline_exceeded', 'no provider answered before the deadline')
  const text = `all ${attempts.length} planned attempts failed${told}`
  if (all('rate_limited')) return make('upstream_exhausted', text, 429)
  if (attempts.every(({ status, failure }) => status === 503 || failure === 'overloaded'))
    return make('upstream_exhausted', text, 503)
  return make('upstream_exhausted', text)
}

export function missingError(missing: UpstreamMissing): GatewayError {
  return new GatewayError('response_missing', missing.message, {
    hint: 'record it first, or choose `--on-miss live` or `--on-miss simulated`',
    data: { reason: missing.reason },
  })
}

/** The shortest wait any provider named, capped. */
function retryAfter(attempts: readonly AttemptRecord[]): number | null {
  const named = attempts.flatMap(({ retryAfterMs }) => (retryAfterMs === null ? [] : [retryAfterMs]))
  return named.length === 0 ? null : Math.min(MAX_RETRY_AFTER_MS, ...named)
}
