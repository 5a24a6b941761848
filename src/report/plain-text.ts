/**
 * Control characters, lone surrogates and non-characters, which XML 1.0 forbids or a terminal would act on, and marks that
 * reorder what a reader sees. Tab and newline stay.
 */
const FORBIDDEN = /(?![\t\n])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u202A-\u202E\u2066-\u2069]/gu

/** Text from outside without characters that could break a report or steer a terminal. */
export function plainText(text: string): string {
  return text.replace(FORBIDDEN, '')
}

/** The same on one line. */
export function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim()
}
