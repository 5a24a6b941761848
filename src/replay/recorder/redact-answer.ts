import type { SessionRedactor } from '../../guardrails/redactor.ts'
import type { Block, CanonicalAnswer, Signed } from '../../wire/canonical.ts'
import type { JsonObject } from '../../wire/json.ts'
import { writeCallSeal, writeDetails } from '../../wire/openai-chat/seals.ts'
import type { FixtureResponse } from '../types.ts'

type Reasoning = Extract<Block, { kind: 'reasoning' }>
type Message = FixtureResponse['message']

/**
 * The answer of a fixture. The whole text is redacted at once: a key that came in pieces shows only when they are put
 * together. A provider's seals stay as chat clients know them, as long as what they seal does: over a changed text it
 * would refuse them.
 */
export function redactAnswer(answer: CanonicalAnswer, session: SessionRedactor): Message {
  const joined = (kind: 'text' | 'reasoning' | 'refusal'): string =>
    answer.blocks.flatMap((block) => (block.kind === kind ? [block.text] : [])).join('')
  const calls = answer.blocks.flatMap((block) => (block.kind === 'tool_use' ? [block] : []))
  const refusal = joined('refusal')
  const reasoning = joined('reasoning')
  const text = joined('text')
  const redacted = session.text(text)
  const last = answer.blocks.findLast((block) => block.kind === 'text')
  return {
    text: redacted,
    ...(redacted === text ? sealOf(last ?? {}, session) : {}),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => redactedCall(call, session)) }),
    ...(refusal === '' ? {} : { refusal: session.text(refusal) }),
    ...redactedThoughts(answer, reasoning, session),
  }
}

function redactedCall(
  call: Extract<Block, { kind: 'tool_use' }>,
  session: SessionRedactor,
): NonNullable<Message['tool_calls']>[number] {
  const { id, name, argumentsJson } = call
  const written = redactedArguments(argumentsJson, session)
  const seal = written === argumentsJson ? sealOf(call, session) : {}
  return { id: session.name(id), name: session.name(name), arguments: written, ...seal }
}

function redactedThoughts(
  { blocks }: CanonicalAnswer,
  reasoning: string,
  session: SessionRedactor,
): Pick<Message, 'reasoning' | 'reasoning_details'> {
  const redacted = session.text(reasoning)
  const said = reasoning === '' ? {} : { reasoning: redacted }
  if (redacted !== reasoning) return said
  const thoughts = blocks.filter((block): block is Reasoning => block.kind === 'reasoning')
  const details = writeDetails(thoughts.flatMap((thought) => withCleanSeal(thought, session)))
  return details === null ? said : { ...said, reasoning_details: details }
}

/** A seal is nobody's text, but what looks like a secret in it goes all the same. */
function withCleanSeal(thought: Reasoning, session: SessionRedactor): Reasoning[] {
  const { redacted, signature, signedBy: _signedBy, ...words } = thought
  const seal = redacted ?? signature
  if (seal === undefined || session.text(seal) === seal) return [thought]
  return redacted === undefined ? [words] : []
}

function sealOf(signed: Signed, session: SessionRedactor): { extra_content?: JsonObject } {
  const { signature } = signed
  if (signature === undefined || session.text(signature) !== signature) return {}
  return writeCallSeal(signed)
}

function redactedArguments(argumentsJson: string, session: SessionRedactor): string {
  const redacted = session.json(argumentsJson)
  return typeof redacted === 'string' ? redacted : JSON.stringify(redacted)
}
