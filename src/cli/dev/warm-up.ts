import { DEVELOPMENT_PRINCIPAL } from '../../auth/authenticator.ts'
import type { Pipeline } from '../../pipeline/ports.ts'
import { parseChatRequest } from '../../wire/openai-chat/parse-request.ts'

/** Longer than most first prompts and of several kinds, so that the paths they take are compiled. */
const SAMPLES = [
  'Write a function in Python that parses a CSV file.\n```python\nimport csv\n```',
  'Summarise the following report in three sentences: the third quarter was better than the second one.',
  'Hallo, wie geht es dir?',
]

/** Decides a few made-up requests, as the first decision of a process takes fifty times longer than later ones. */
export function warmUp(pipeline: Pipeline, now: number): void {
  for (const [index, content] of SAMPLES.entries()) {
    const request = parseChatRequest({ model: 'auto', messages: [{ role: 'user', content }] })
    pipeline.decide(
      {
        requestId: `warm-up-${index}`,
        exchangeId: `warm-up-${index}`,
        request,
        asked: { model: request.model, endpoint: 'chat', stream: false, hints: { tags: [] } },
        rights: DEVELOPMENT_PRINCIPAL.rights,
        sessionId: 'warm-up',
        body: null,
        clientRetry: 0,
        parseMs: null,
        authMs: null,
      },
      now,
    )
  }
}
