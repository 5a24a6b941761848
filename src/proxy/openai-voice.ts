import { errorBody } from '../wire/error-body.ts'
import { SSE_KEEP_ALIVE } from '../wire/sse.ts'
import type { ErrorVoice, Framing } from './speaker.ts'

/** Errors as OpenAI's clients read them; also the voice for paths that no format owns. */
export const OPENAI_VOICE: ErrorVoice = {
  status: ({ status }) => status,
  body: (error) => errorBody(error),
  headers: () => ({}),
}

export const EVENT_STREAM: Framing = {
  contentType: 'text/event-stream; charset=utf-8',
  keepAlive: SSE_KEEP_ALIVE,
}
