import { embedAnswerBody, parseEmbedRequest } from '../wire/gemini/embeddings.ts'
import { vectorsAsNumbers } from './embeddings-speaker.ts'
import { GEMINI_VOICE } from './gemini-speaker.ts'
import { EVENT_STREAM } from './openai-voice.ts'
import type { Speaker } from './speaker.ts'

/** `POST models/{model}:embedContent` and, for several inputs, `:batchEmbedContents`. */
export function geminiEmbedSpeaker(model: string, batch: boolean): Speaker {
  return {
    voice: GEMINI_VOICE,
    read: (body) => ({
      canonical: parseEmbedRequest(body, { model, batch }),
      endpoint: 'embeddings',
      // The adapters write it anew; recordings hold conversations alone.
      body: null,
      droppedParams: [],
      framing: EVENT_STREAM,
      answerBody: ({ answer }) => embedAnswerBody(vectorsAsNumbers(answer), batch),
      streamWriter: () => {
        throw new Error('embeddings are never streamed')
      },
    }),
  }
}
