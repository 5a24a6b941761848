/**
 * Puts the served model's name into a provider's own events or body text without decoding them. Inside JSON strings quotes
 * are escaped, so the bare `"model":"…"` can only be a member. Null for a text that writes it in a form we do not know.
 */
export function modelRenamer(from: string, to: string): (raw: string) => string | null {
  if (from === to) return (raw) => raw
  const members = ['', ' '].map((gap) => ({
    given: `"model":${gap}${JSON.stringify(from)}`,
    wanted: `"model":${gap}${JSON.stringify(to)}`,
  }))
  return (raw) => {
    for (const { given, wanted } of members) {
      const at = raw.indexOf(given)
      if (at !== -1) return raw.slice(0, at) + wanted + raw.slice(at + given.length)
    }
    return null
  }
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
