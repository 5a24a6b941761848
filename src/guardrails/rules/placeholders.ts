const EXAMPLES =
  /^(?:x{4,}|\*{3,}|\.{3,}|<[^>]*>|\$\{?[\w.]+\}?|\{\{.*\}\}|%[\w]+%|(?:your|my|the|an?|some)[-_ ].*|.*(?:example|placeholder|changeme|change_me|dummy|redacted|insert|todo).*|(?:null|none|true|false|undefined|string|required|optional|password|secret|token|test|process\.env\b.*|os\.environ\b.*|env\..*))$/iu

/**
 * True for what stands in documentation where a secret would stand: `<your key>`, `${TOKEN}`, `xxxx`, `changeme`; and for
 * a value from which an earlier redaction took something, so that a second one changes nothing more.
 */
export function isPlaceholder(value: string): boolean {
  const bare = value.slice(0, 200)
  return EXAMPLES.test(bare) || /\[[A-Z]{2,20}(?:_[A-Z]{1,20}){0,3}_\d{1,6}\]/u.test(bare) || new Set(bare).size <= 2
}

/** Bits a character by the frequencies in the text: words of a language score about 3, random keys 4 and more. */
export function entropy(text: string): number {
  const counts = new Uint32Array(256)
  for (let index = 0; index < text.length; index += 1) {
    const slot = text.charCodeAt(index) & 255
    counts[slot] = (counts[slot] ?? 0) + 1
  }
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
