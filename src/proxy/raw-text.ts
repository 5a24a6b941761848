/**
 * Puts the served model's name into a provider's own event or body text without decoding it. Inside JSON strings quotes
 * are escaped, so the bare `"model":"…"` can only be a member. Null when the member is not written in a form we know.
 */
export function renameModel(raw: string, from: string, to: string): string | null {
  if (from === to) return raw
  const name = JSON.stringify(from)
  for (const gap of ['', ' ']) {
    const member = `"model":${gap}${name}`
    const at = raw.indexOf(member)
    if (at !== -1) return `${raw.slice(0, at)}"model":${gap}${JSON.stringify(to)}${raw.slice(at + member.length)}`
  }
  return null
}

/** As our own writers and as Python's put it. */
const EMPTY_USAGES = [',"usage":null', ', "usage": null'] as const

/**
 * Takes the empty usage out of an event: providers put it into every chunk once usage is asked for, which we always do, and
 * some clients that did not ask can not read it. As above, this text can only be a member.
 */
export function withoutEmptyUsage(raw: string): string {
  for (const member of EMPTY_USAGES) {
    const at = raw.lastIndexOf(member)
    if (at !== -1) return raw.slice(0, at) + raw.slice(at + member.length)
  }
  return raw
}
