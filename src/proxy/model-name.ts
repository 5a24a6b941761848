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
