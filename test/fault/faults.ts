import { errorOf, gibberish, hangUp, healthy, HOLLOW, once, plain, refuse, reset, stall, WHOLE } from './fault-acts.ts'
import type { Fault } from './fault.ts'
import { STREAM_FAULTS } from './stream-faults.ts'

const RATE = errorOf('rate')
const GEMINI_LIMIT = {
  error: {
    code: 429,
    message: 'Resource has been exhausted',
    status: 'RESOURCE_EXHAUSTED',
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }],
  },
}
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toUTCString()
const wrongKey = refuse(401, errorOf('key'))
const noMoney = { message: 'no credit', type: 'insufficient_quota', param: null, code: 'insufficient_quota' }

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
  { name: '529', act: refuse(529, errorOf('busy')), alone: 'error 503', told: [1, 1_000] },
  {
    name: '529 with a wait',
    act: refuse(529, errorOf('busy'), { 'retry-after': '3' }),
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
    act: refuse(429, { error: noMoney }),
    alone: 'error 502',
    only: 'openai-compatible',
  },
  { name: '402', act: refuse(402), alone: 'error 502' },
  { name: '401', act: wrongKey, alone: 'error 502' },
  { name: '403', act: refuse(403), alone: 'error 502' },
  { name: '301', act: refuse(301, '', { location: 'http://127.0.0.1:9/' }), alone: 'error 502' },
  { name: '404 unknown model', act: refuse(404, errorOf('model')), alone: 'error 502' },
  {
    name: '400 context overflow',
    act: refuse(400, errorOf('long')),
    alone: 'error 400',
  },
  ...[400, 422, 413].map((status): Fault => ({
    name: `${status} bad request`,
    act: refuse(status, errorOf('wrong')),
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
  { name: 'error inside a 200', act: plain(errorOf('broken')), alone: 'error 502' },
  { name: 'rate limit inside a 200', act: plain(RATE), alone: 'error 429' },
  { name: 'empty 200', act: plain(''), alone: 'error 502' },
  { name: '200 with {}', act: plain('{}'), alone: 'error 502' },
  { name: '200 without content', act: plain(HOLLOW), alone: 'error 502' },
  { name: '200 with blanks only', act: plain(' \n\n '), alone: 'error 502' },
  { name: 'malformed JSON', act: plain('{"id":"x","choices":[{"index":0,"mess'), alone: 'error 502' },
  { name: 'an HTML page', act: plain('<html>login</html>', 'text/html'), alone: 'error 502' },
  { name: 'text that is no JSON', act: plain('all is well', 'text/plain'), alone: 'error 502' },
  {
    name: 'compressed though not asked',
    act: refuse(200, WHOLE, { 'content-encoding': 'gzip' }),
    alone: 'error 502',
  },
  { name: 'JSON as plain text', act: plain(WHOLE, 'text/plain'), alone: 'whole' },
  { name: 'a whole answer to whoever asks', act: plain(WHOLE), alone: 'whole' },
]

export const FAULTS: readonly Fault[] = [...CONNECTION, ...STATUSES, ...INSIDE_200, ...STREAM_FAULTS]
