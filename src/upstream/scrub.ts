/** Longest message of a provider that is passed on. */
const MAX_MESSAGE_CHARS = 300

/** Shapes of credentials, also cut or partly starred as providers print them back. */
const CREDENTIAL = /\b(?:sk|gsk|xai|key|pk|rk)[-_][\w*-]{6,}|\bAIza[\w-]{20,}|\bBearer\s+\S+/gi

/**
 * A provider's message made safe to show: our own keys removed by value, anything shaped like a credential by pattern and
 * by `redact`, as providers quote prompts; control characters (terminal escapes) turned into blanks, and the rest cut.
 */
export function scrubMessage(
  message: string,
  secrets: readonly string[],
  redact: (text: string) => string = (text) => text,
): string {
  // Cut first, generously: scrubbing works on a bounded text whatever was sent.
  let text = message.slice(0, MAX_MESSAGE_CHARS * 4)
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '[key]')
  text = redact(text)
    .replace(CREDENTIAL, '[key]')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
  return text.length > MAX_MESSAGE_CHARS ? `${text.slice(0, MAX_MESSAGE_CHARS)}…` : text
}
