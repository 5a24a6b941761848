import type { FinishReason } from '../canonical.ts'

/** Words missing here end an answer normally. */
const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'content_filter'],
])

/** Null while the answer is still open. */
export function readStopReason(value: unknown): FinishReason | null {
  if (typeof value !== 'string' || value === '') return null
  return REASONS.get(value) ?? 'stop'
}

/** A broken answer says `max_tokens`: of the words that clients know it alone means that something is missing. */
export function writeStopReason(reason: FinishReason, stopSequence?: string): string {
  switch (reason) {
    case 'stop':
      return stopSequence === undefined ? 'end_turn' : 'stop_sequence'
    case 'length':
    case 'error':
      return 'max_tokens'
    case 'tool_calls':
      return 'tool_use'
    case 'content_filter':
      return 'refusal'
  }
}
