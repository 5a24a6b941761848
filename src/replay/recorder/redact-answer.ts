import type { SessionRedactor } from '../../guardrails/redactor.ts'
import type { CanonicalAnswer } from '../../wire/canonical.ts'
import type { FixtureResponse } from '../types.ts'

/** The whole text is redacted at once: a key that came in pieces shows only when they are put together. */
export function redactAnswer(answer: CanonicalAnswer, session: SessionRedactor): FixtureResponse['message'] {
  const joined = (kind: 'text' | 'reasoning' | 'refusal'): string =>
    answer.blocks.flatMap((block) => (block.kind === kind ? [block.text] : [])).join('')
  const calls = answer.blocks.flatMap((block) => (block.kind === 'tool_use' ? [block] : []))
  const refusal = joined('refusal')
  const reasoning = joined('reasoning')
  return {
    text: session.text(joined('text')),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ id, name, argumentsJson }) => ({
            id: session.name(id),
            name: session.name(name),
            arguments: redactedArguments(argumentsJson, session),
          })),
        }),
    ...(refusal === '' ? {} : { refusal: session.text(refusal) }),
    ...(reasoning === '' ? {} : { reasoning: session.text(reasoning) }),
  }
}

function redactedArguments(argumentsJson: string, session: SessionRedactor): string {
  const redacted = session.json(argumentsJson)
  return typeof redacted === 'string' ? redacted : JSON.stringify(redacted)
}
