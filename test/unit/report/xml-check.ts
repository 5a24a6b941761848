/** Why a text is not a well-formed XML document of the kind we write (elements, attributes, text); null when it is. */
export function xmlFault(text: string): string | null {
  const forbidden = /(?![\t\n])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.exec(text)
  if (forbidden !== null) return `forbidden character at ${forbidden.index}`
  const body = text.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, '')
  if (body === text) return 'no declaration'
  const open: string[] = []
  let roots = 0
  for (const token of body.matchAll(/<[^>]*>|[^<]+/g)) {
    const [part] = token
    if (!part.startsWith('<')) {
      if (/&(?!(?:amp|lt|gt|quot|#\d+);)/.test(part)) return `bare ampersand in ${JSON.stringify(part.slice(0, 40))}`
      if (open.length === 0 && part.trim() !== '') return 'text outside the root'
      continue
    }
    const tag = /^<(\/?)([\w-]+)((?: [\w.-]+="(?:[^"<&]|&(?:amp|lt|gt|quot|#\d+);)*")*)(\/?)>$/.exec(part)
    if (tag === null) return `malformed tag ${part.slice(0, 60)}`
    const [, closing, name = '', , empty] = tag
    if (open.length === 0 && closing === '') roots += 1
    if (closing === '/') {
      if (open.pop() !== name) return `</${name}> closes nothing`
    } else if (empty === '') open.push(name)
  }
  if (open.length > 0) return `<${open.at(-1) ?? ''}> is not closed`
  return roots === 1 ? null : `${roots} roots`
}
