import {
  after,
  BEGUN,
  byKind,
  DONE,
  drip,
  errorOf,
  failure,
  FINISH,
  finishWell,
  forever,
  halfAnswer,
  hangUp,
  healthy,
  hugeEvent,
  KEEP_ALIVE,
  type Piece,
  plain,
  refuse,
  reset,
  ROLE,
  says,
  stall,
  verbatim,
  WHOLE,
  WHOLE_STREAM,
} from './fault-acts.ts'
import type { Fault } from './fault.ts'
import type { Speech } from './speech.ts'

const crlf = (speech: Speech): string => WHOLE_STREAM(speech).replaceAll('\n', '\r\n')
/** Google's own refusal of a key. */
const wrongKey400 = refuse(400, errorOf('key'))

// Where the gateway has seen enough, the provider keeps the connection open: letting go is the gateway's part.
const STREAMS: readonly Fault[] = [
  ...(
    [
      ['stall after the headers', after([], stall), 'error 504'],
      ['stall after the role', after([ROLE], stall), 'error 504'],
      ['keep-alives and nothing else', forever(KEEP_ALIVE), 'error 504'],
      ['empty stream', after([], finishWell), 'error 502'],
      ['[DONE] alone', after([DONE], finishWell), 'error 502'],
      ['role and finish without content', after([ROLE, FINISH, DONE], stall), 'error 502'],
      ['error as the first event', after([failure('broken')], stall), 'error 502'],
      ['malformed first event', after([verbatim('data: {"choices":[{"ind\n\n')], stall), 'error 502'],
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
      ['ended inside an event', after([...BEGUN, verbatim('data: {"id":"up-1","cho')], finishWell)],
      ['stall in the middle', after(BEGUN, stall)],
      ['keep-alives after the beginning', after(BEGUN, forever(KEEP_ALIVE))],
      ['error in the middle', after([...BEGUN, failure('broken')], stall)],
      [
        'error event of the other kind',
        after([...BEGUN, verbatim('event: error\ndata: {"message":"it broke"}\n\n')], stall),
      ],
      ['malformed event in the middle', after([...BEGUN, verbatim('data: {"choices":[{]\n\n')], stall)],
      ['a stream without an end', after(BEGUN, forever(says('more ')))],
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
      drip(WHOLE_STREAM, { bytes: 97, gapMs: 20, type: 'text/event-stream' }),
      drip(WHOLE, { bytes: 19, gapMs: 20, type: 'application/json' }),
    ),
    alone: 'whole',
  },
  { name: 'a stream that calls itself JSON', act: byKind(plain(WHOLE_STREAM), healthy), alone: 'whole' },
]

const WHOLE_ANSWERS: readonly Fault[] = (
  [
    ['half an answer, then reset', halfAnswer(reset), 'error 502'],
    ['half an answer, then closed', halfAnswer(hangUp), 'error 502'],
    ['half an answer, then nothing', halfAnswer(stall), 'error 504'],
    ['blanks without an end', forever(verbatim('\n')), 'error 504'],
  ] as const
).map(([name, act, alone]): Fault => ({
  name,
  act: byKind(refuse(500), act),
  alone: { stream: 'error 502', whole: alone },
}))

/** Faults that one format alone has. */
const OWN: readonly Fault[] = [
  { name: '400 for the key', act: wrongKey400, alone: 'error 502', only: 'gemini' },
  {
    name: 'the model gives up',
    act: plain(geminiEnd('MALFORMED_FUNCTION_CALL')),
    alone: 'error 502',
    only: 'gemini',
  },
  ...(
    [
      ['overloaded as the first event', after([failure('busy')], stall), 'error 503', 'anthropic'],
      ['unavailable as the first event', after([failure('busy')], stall), 'error 503', 'gemini'],
      ['limited as the first event', after([failure('rate')], stall), 'error 429', 'anthropic'],
      ['message_stop after the role', after([ROLE, DONE], stall), 'error 502', 'anthropic'],
    ] as const
  ).map(([name, act, alone, only]): Fault => ({
    name,
    act: byKind(act, refuse(500)),
    alone: { stream: alone, whole: 'error 502' },
    only,
  })),
  ...(
    [
      ['overloaded in the middle', after([...BEGUN, failure('busy')], stall), 'anthropic'],
      ['a second answer in the middle', after([...BEGUN, ROLE], stall), 'anthropic'],
      ['the model gives up in the middle', after([...BEGUN, geminiEvent('OTHER_ERROR')], stall), 'gemini'],
    ] as const
  ).map(([name, act, only]): Fault => ({
    name,
    act: byKind(act, refuse(500)),
    alone: { stream: 'late_error', whole: 'error 502' },
    rescued: { stream: 'late_error', whole: 'whole' },
    only,
  })),
]

function geminiEnd(finishReason: string): string {
  return JSON.stringify({ candidates: [{ finishReason, index: 0 }], responseId: 'up-1' })
}

function geminiEvent(finishReason: string): Piece {
  return verbatim(`data: ${geminiEnd(finishReason)}\n\n`)
}

/** Faults in the middle of an answer, streamed or whole, and those of one format. */
export const STREAM_FAULTS: readonly Fault[] = [...STREAMS, ...WHOLE_ANSWERS, ...OWN]
