import type { FinishReason } from '../canonical.ts'

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['STOP', 'stop'],
  ['CONTINUATION', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['LANGUAGE', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['MALFORMED_FUNCTION_CALL', 'error'],
  ['UNEXPECTED_TOOL_CALL', 'error'],
  ['TOO_MANY_TOOL_CALLS', 'error'],
  ['OTHER', 'error'],
  ['IMAGE_OTHER', 'error'],
  ['NO_IMAGE', 'error'],
])

/** Null while the answer is still open. Google says STOP also after calls, so they decide. */
export function readFinishReason(value: unknown, hasCalls: boolean): FinishReason | null {
  if (typeof value !== 'string' || value === '' || value === 'FINISH_REASON_UNSPECIFIED') return null
  const reason = REASONS.get(value) ?? (value.startsWith('IMAGE_') ? 'content_filter' : 'stop')
  return reason === 'stop' && hasCalls ? 'tool_calls' : reason
}

/** A broken answer says MAX_TOKENS: of the words that clients take for an end it alone means that something is missing. */
export function writeFinishReason(reason: FinishReason): string {
  switch (reason) {
    case 'stop':
    case 'tool_calls':
      return 'STOP'
    case 'length':
    case 'error':
      return 'MAX_TOKENS'
    case 'content_filter':
      return 'SAFETY'
  }
}
