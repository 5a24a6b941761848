/**
 * The outline of a text: each character becomes a stand-in of its class. Length, lines and the estimate of tokens stay
 * about the same; nothing can be read. Placeholders such as `[EMAIL_1]` are put in by the caller.
 */
export function outlineOf(text: string): string {
  return text
    .replaceAll(/\p{Lu}/gu, 'X')
    .replaceAll(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu, '\u6587')
    .replaceAll(/[^\P{L}X\u6587]/gu, 'x')
    .replaceAll(/\p{N}/gu, '0')
    .replaceAll(/[^\p{L}\p{N}\s]/gu, '.')
}
