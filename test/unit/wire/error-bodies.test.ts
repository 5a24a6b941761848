import { describe, expect, it } from 'vitest'
import { messagesErrorBody, messagesErrorStatus } from '../../../src/wire/anthropic/error-body.ts'
import { readProviderError } from '../../../src/wire/error-body.ts'
import { GatewayError, type ErrorCode } from '../../../src/wire/errors.ts'
import { generateErrorBody, generateErrorStatus } from '../../../src/wire/gemini/error-body.ts'

describe('an error of ours', () => {
  it.each([
    ['invalid_request_error', {}, [400, 'invalid_request_error'], [400, 'INVALID_ARGUMENT']],
    ['invalid_api_key', {}, [401, 'authentication_error'], [401, 'UNAUTHENTICATED']],
    ['model_not_allowed', {}, [403, 'permission_error'], [403, 'PERMISSION_DENIED']],
    ['model_not_found', {}, [404, 'not_found_error'], [404, 'NOT_FOUND']],
    ['request_too_large', {}, [413, 'request_too_large'], [413, 'INVALID_ARGUMENT']],
    ['rate_limit_exceeded', {}, [429, 'rate_limit_error'], [429, 'RESOURCE_EXHAUSTED']],
    ['budget_exceeded', {}, [402, 'billing_error'], [429, 'RESOURCE_EXHAUSTED']],
    ['upstream_auth_failed', {}, [502, 'api_error'], [500, 'INTERNAL']],
    ['upstream_exhausted', { status: 503 }, [529, 'overloaded_error'], [503, 'UNAVAILABLE']],
    ['deadline_exceeded', {}, [504, 'timeout_error'], [504, 'DEADLINE_EXCEEDED']],
    ['internal_error', {}, [500, 'api_error'], [500, 'INTERNAL']],
  ] as const satisfies [ErrorCode, object, unknown, unknown][])(
    '%s %j has the words of each format',
    (code, details, anthropic, gemini) => {
      const error = new GatewayError(code, 'what happened', { ...details, hint: 'do this' })
      const messages = messagesErrorBody(error, 'req_1')
      expect([messagesErrorStatus(error), readProviderError(messages).type]).toEqual(anthropic)
      expect(messages).toMatchObject({
        type: 'error',
        request_id: 'req_1',
        error: { message: 'what happened (do this)' },
      })
      const generate = generateErrorBody(error)
      expect([generateErrorStatus(error), readProviderError(generate).type]).toEqual(gemini)
      expect(generate).toMatchObject({ error: { code: gemini[0], message: 'what happened (do this)' } })
    },
  )

  it('tells Google’s clients in the body how long to wait', () => {
    const body = generateErrorBody(new GatewayError('rate_limit_exceeded', 'm'), 2_500)
    expect(readProviderError(body)).toMatchObject({ retryAfterMs: 2_500, status: 429 })
  })
})
