import { describe, expect, it } from 'vitest'
import { errorBody, hasError, readProviderError } from '../../../src/wire/error-body.ts'
import { GatewayError } from '../../../src/wire/errors.ts'

describe('error bodies that go out', () => {
  it('have all four keys, and our own facts beside them', () => {
    const error = new GatewayError('model_not_found', 'unknown model "x"', {
      hint: 'did you mean "y"?',
      data: { closest: ['y'], run: () => 1 },
    })
    expect(errorBody(error)).toEqual({
      error: {
        message: 'unknown model "x" (did you mean "y"?)',
        type: 'invalid_request_error',
        param: null,
        code: 'model_not_found',
        gateway: { closest: ['y'] },
      },
    })
  })

  it('name the field at fault', () => {
    const error = new GatewayError('invalid_request_error', 'wrong', { param: 'messages[0].role' })
    expect(errorBody(error)).toEqual({
      error: {
        message: 'wrong',
        type: 'invalid_request_error',
        param: 'messages[0].role',
        code: 'invalid_request_error',
      },
    })
  })
})

describe('error bodies of providers', () => {
  it.each([
    ['OpenAI', { error: { message: 'm', type: 't', param: 'p', code: 'c' } }, { message: 'm', type: 't', code: 'c' }],
    ['a bare text', { error: 'm' }, { message: 'm' }],
    ['no envelope', { message: 'm' }, { message: 'm' }],
    [
      'Mistral, flat with a number',
      { object: 'error', message: 'm', type: 't', code: 1300 },
      { message: 'm', code: '1300' },
    ],
    ['a list of validation details', { detail: [{ loc: ['body'], msg: 'm' }] }, { message: 'm' }],
    ['a detail text', { detail: 'm' }, { message: 'm' }],
    ['OpenRouter, code as status', { error: { code: 402, message: 'm', metadata: {} } }, { message: 'm', status: 402 }],
    ['a JSON string', 'm', { message: 'm' }],
    ['HTML, parsed as nothing', null, { message: '', code: null, status: null }],
    ['a number', 7, { message: '' }],
  ])('are read from %s', (_, body, wanted) => {
    expect(readProviderError(body)).toMatchObject(wanted)
  })

  it('are read from the list that Google sends, with its wait time', () => {
    const body = [
      {
        error: {
          code: 429,
          message: 'm',
          status: 'RESOURCE_EXHAUSTED',
          details: [{ '@type': 'QuotaFailure' }, { '@type': 'RetryInfo', retryDelay: '34.4s' }],
        },
      },
    ]
    expect(readProviderError(body)).toMatchObject({
      message: 'm',
      status: 429,
      type: 'RESOURCE_EXHAUSTED',
      retryAfterMs: 34_400,
    })
  })

  it('are recognised in a body, but not where the member is empty', () => {
    expect(hasError({ error: { message: 'm' }, choices: [] })).toBe(true)
    expect(hasError({ error: 'm' })).toBe(true)
    for (const body of [{ error: null }, { error: {} }, { error: '' }, {}]) expect(hasError(body)).toBe(false)
  })
})
