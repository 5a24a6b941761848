import type { FinishReason } from '../canonical.ts'

/**
 * Finish words of OpenAI-compatible hosts. `error` means that the provider gave up: clients must never see it as an end.
 * Words missing here end an answer normally.
 */
const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['model_length', 'length'],
  ['max_tokens', 'length'],
  ['tool_calls', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'content_filter'],
  ['error', 'error'],
  ['abort', 'error'],
  ['insufficient_system_resource', 'error'],
])

/** Null while the choice is still open. */
export function readFinish(value: unknown): FinishReason | null {
  if (typeof value !== 'string' || value === '') return null
  return REASONS.get(value) ?? 'stop'
}

/** A broken answer says `length`: of the words that clients accept it alone means that something is missing. */
export function writeFinish(reason: FinishReason): string {
  return reason === 'error' ? 'length' : reason
}
