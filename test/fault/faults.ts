import {
  after,
  answerJson,
  BEGUN,
  byKind,
  chunk,
  DONE,
  drip,
  errorBody,
  event,
  FINISH,
  finishWell,
  forever,
  gibberish,
  halfAnswer,
  hangUp,
  healthy,
  hugeEvent,
  once,
  plain,
  refuse,
  reset,
  ROLE,
  stall,
  WHOLE_STREAM,
} from './fault-acts.ts'
import type { Act } from './fault-upstream.ts'

/** What the client gets: the whole answer, an error of a status, or an error inside the stream. */
export type Expected = 'whole' | 'late_error' | `error ${number}`

export interface Fault {
  readonly name: string
  /** Null: nobody listens. */
  readonly act: Act | null
  /** With the faulty provider alone. */
  readonly alone: Expected | { readonly stream: Expected; readonly whole: Expected }
  /** With a second provider in good health. Default: its whole answer. */
  readonly rescued?: Expected | { readonly stream: Expected; readonly whole: Expected }
  /** Bounds of the wait that the client is told when there is no second provider. */
  readonly told?: readonly [least: number, most: number]
  /** Keys of the faulty provider. Default: one. */
  readonly keys?: readonly string[]
}

const OVERLOADED = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
const RATE = errorBody('slow down', 'rate_limit_exceeded', 'requests')
const GEMINI_LIMIT = {
  error: {
    code: 429,
    message: 'Resource has been exhausted',
    status: 'RESOURCE_EXHAUSTED',
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }],
  },
}
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toUTCString()
const wrongKey = refuse(401, errorBody('Incorrect API key provided', 'invalid_api_key', 'invalid_request_error'))
const crlf = WHOLE_STREAM.join('').replaceAll('\n', '\r\n')

const CONNECTION: readonly Fault[] = [
  { name: 'connection refused', act: null, alone: 'error 502' },
  { name: 'reset before the answer', act: reset, alone: 'error 502' },
  { name: 'closed before the answer', act: hangUp, alone: 'error 502' },
  { name: 'reset once', act: once(reset), alone: 'whole', rescued: 'whole' },
  { name: 'bytes that are no HTTP', act: gibberish, alone: 'error 502' },
  { name: 'stall before the headers', act: stall, alone: 'error 504' },
]

const STATUSES: readonly Fault[] = [
  ...[500, 502, 504, 408].map((status): Fault => ({ name: `${status}`, act: refuse(status), alone: 'error 502' })),
  { name: '500 once', act: once(refuse(500)), alone: 'whole' },
  { name: '500 as HTML', act: refuse(500, '<html>Bad</html>', { 'content-type': 'text/html' }), alone: 'error 502' },
  { name: '500 with {"error":"text"}', act: refuse(500, { error: 'broken' }), alone: 'error 502' },
  { name: '500 without a body', act: refuse(500, ''), alone: 'error 502' },
  { name: '503', act: refuse(503), alone: 'error 503', told: [4_900, 5_000] },
  {
    name: '503 with a long wait',
    act: refuse(503, RATE, { 'retry-after': '20' }),
    alone: 'error 503',
    told: [20_000, 20_000],
  },
  { name: '503 once with a short wait', act: once(refuse(503, RATE, { 'retry-after-ms': '200' })), alone: 'whole' },
  { name: '529', act: refuse(529, OVERLOADED), alone: 'error 503', told: [1, 1_000] },
  {
    name: '529 with a wait',
    act: refuse(529, OVERLOADED, { 'retry-after': '3' }),
    alone: 'error 503',
    told: [3_000, 3_000],
  },
  { name: '429', act: refuse(429, RATE), alone: 'error 429', told: [4_900, 5_000] },
  { name: '429, seconds', act: refuse(429, RATE, { 'retry-after': '7' }), alone: 'error 429', told: [7_000, 7_000] },
  {
    name: '429, a date',
    act: (io) => refuse(429, RATE, { 'retry-after': inSeconds(9) })(io),
    alone: 'error 429',
    told: [5_000, 9_000],
  },
  {
    name: '429, milliseconds',
    act: refuse(429, RATE, { 'retry-after-ms': '1500' }),
    alone: 'error 429',
    told: [1_500, 1_500],
  },
  { name: '429, 0 seconds', act: refuse(429, RATE, { 'retry-after': '0' }), alone: 'error 429', told: [0, 0] },
  {
    name: '429, an hour',
    act: refuse(429, RATE, { 'retry-after': '3600' }),
    alone: 'error 429',
    told: [60_000, 60_000],
  },
  {
    name: '429, no number',
    act: refuse(429, RATE, { 'retry-after': 'soon' }),
    alone: 'error 429',
    told: [4_900, 5_000],
  },
  { name: '429, in the body', act: refuse(429, GEMINI_LIMIT), alone: 'error 429', told: [34_400, 34_400] },
  {
    name: '429 for money',
    act: refuse(429, errorBody('no credit', 'insufficient_quota', 'insufficient_quota')),
    alone: 'error 502',
  },
  { name: '402', act: refuse(402, errorBody('Insufficient Balance')), alone: 'error 502' },
  { name: '401', act: wrongKey, alone: 'error 502' },
  { name: '403', act: refuse(403, errorBody('not allowed')), alone: 'error 502' },
  { name: '301', act: refuse(301, '', { location: 'http://127.0.0.1:9/' }), alone: 'error 502' },
  { name: '404 unknown model', act: refuse(404, errorBody('no such model', 'model_not_found')), alone: 'error 502' },
  {
    name: '400 context overflow',
    act: refuse(400, errorBody('maximum context length is 8', 'context_length_exceeded', 'invalid_request_error')),
    alone: 'error 400',
  },
  ...[400, 422, 413].map((status): Fault => ({
    name: `${status} bad request`,
    act: refuse(status, errorBody('wrong field', null, 'invalid_request_error')),
    alone: `error ${status}`,
    rescued: `error ${status}`,
  })),
  {
    name: '401 for one of two keys',
    act: (io) => (io.call.key === 'key-1' ? wrongKey(io) : healthy(io)),
    keys: ['key-1', 'key-2'],
    alone: 'whole',
  },
  {
    name: '429 for one of two keys',
    act: (io) => (io.call.key === 'key-1' ? refuse(429, RATE)(io) : healthy(io)),
    keys: ['key-1', 'key-2'],
    alone: 'whole',
  },
]

const INSIDE_200: readonly Fault[] = [
  { name: 'error inside a 200', act: plain(JSON.stringify(errorBody('it broke'))), alone: 'error 502' },
  { name: 'rate limit inside a 200', act: plain(JSON.stringify(RATE)), alone: 'error 429' },
  { name: 'empty 200', act: plain(''), alone: 'error 502' },
  { name: '200 with {}', act: plain('{}'), alone: 'error 502' },
  { name: '200 with no choices', act: plain('{"id":"x","object":"chat.completion","choices":[]}'), alone: 'error 502' },
  { name: '200 with blanks only', act: plain(' \n\n '), alone: 'error 502' },
  { name: 'malformed JSON', act: plain('{"id":"x","choices":[{"index":0,"mess'), alone: 'error 502' },
  { name: 'an HTML page', act: plain('<html>login</html>', 'text/html'), alone: 'error 502' },
  { name: 'text that is no JSON', act: plain('all is well', 'text/plain'), alone: 'error 502' },
  {
    name: 'compressed though not asked',
    act: refuse(200, answerJson(), { 'content-encoding': 'gzip' }),
    alone: 'error 502',
  },
  { name: 'JSON as plain text', act: plain(answerJson(), 'text/plain'), alone: 'whole' },
  { name: 'a whole answer to whoever asks', act: plain(answerJson()), alone: 'whole' },
]

// Where the gateway has seen enough, the provider keeps the connection open: letting go is the gateway's part.
const STREAMS: readonly Fault[] = [
  ...(
    [
      ['stall after the headers', after([''], stall), 'error 504'],
      ['stall after the role', after([ROLE], stall), 'error 504'],
      ['keep-alives and nothing else', forever(': keep-alive\n\n'), 'error 504'],
      ['empty stream', after([''], finishWell), 'error 502'],
      ['[DONE] alone', after([DONE], finishWell), 'error 502'],
      ['role and finish without content', after([ROLE, FINISH, DONE], stall), 'error 502'],
      ['error as the first event', after([event(JSON.stringify(errorBody('overloaded')))], stall), 'error 502'],
      ['malformed first event', after([event('{"choices":[{"ind')], stall), 'error 502'],
      ['cut after the role', after([ROLE], reset), 'error 502'],
    ] as const
  ).map(([name, act, alone]): Fault => ({
    name,
    act: byKind(act, refuse(500)),
    alone: { stream: alone, whole: 'error 502' },
  })),
  ...(
    [
      ['reset in the middle', after(BEGUN, reset)],
      ['closed in the middle', after(BEGUN, hangUp)],
      ['ended in the middle, in good order', after(BEGUN, finishWell)],
      ['[DONE] without a finish', after([...BEGUN, DONE], finishWell)],
      ['ended inside an event', after([...BEGUN, 'data: {"id":"up-1","cho'], finishWell)],
      ['stall in the middle', after(BEGUN, stall)],
      ['keep-alives after the beginning', after(BEGUN, forever(': keep-alive\n\n'))],
      ['error in the middle', after([...BEGUN, event(JSON.stringify(errorBody('it broke')))], stall)],
      ['error event of the other kind', after([...BEGUN, `event: error\n${event('{"message":"it broke"}')}`], stall)],
      ['malformed event in the middle', after([...BEGUN, event('{"choices":[{]')], stall)],
      ['a stream without an end', after(BEGUN, forever(chunk({ content: 'more ' })))],
      ['an event without an end', after(BEGUN, hugeEvent(20))],
    ] as const
  ).map(([name, act]): Fault => ({
    name,
    act: byKind(act, refuse(500)),
    alone: { stream: 'late_error', whole: 'error 502' },
    rescued: { stream: 'late_error', whole: 'whole' },
  })),
  {
    name: 'bytes one at a time',
    act: byKind(drip(crlf, { bytes: 1, gapMs: 0, type: 'text/event-stream' }), healthy),
    alone: 'whole',
  },
  {
    name: 'slow drip',
    act: byKind(
      drip(WHOLE_STREAM.join(''), { bytes: 97, gapMs: 20, type: 'text/event-stream' }),
      drip(answerJson(), { bytes: 19, gapMs: 20, type: 'application/json' }),
    ),
    alone: 'whole',
  },
  { name: 'a stream that calls itself JSON', act: byKind(plain(WHOLE_STREAM.join('')), healthy), alone: 'whole' },
]

const WHOLE: readonly Fault[] = (
  [
    ['half an answer, then reset', halfAnswer(reset), 'error 502'],
    ['half an answer, then closed', halfAnswer(hangUp), 'error 502'],
    ['half an answer, then nothing', halfAnswer(stall), 'error 504'],
    ['blanks without an end', forever('\n'), 'error 504'],
  ] as const
).map(([name, act, alone]): Fault => ({
  name,
  act: byKind(refuse(500), act),
  alone: { stream: 'error 502', whole: alone },
}))

export const FAULTS: readonly Fault[] = [...CONNECTION, ...STATUSES, ...INSIDE_200, ...STREAMS, ...WHOLE]
