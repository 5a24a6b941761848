import { plainText } from './plain-text.ts'

/** Finished XML; made only by `element`, so that nothing unescaped gets in. */
export interface XmlElement {
  readonly text: string
}

/** An element with attributes and either children or text. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  inside: readonly XmlElement[] | string,
): XmlElement {
  const head = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`)
    .join('')
  if (typeof inside === 'string') return { text: `<${name}${head}>${escapeText(inside)}</${name}>` }
  if (inside.length === 0) return { text: `<${name}${head}/>` }
  const children = inside.map((child) => child.text.replaceAll(/^( *<)/gm, '  $1')).join('\n')
  return { text: `<${name}${head}>\n${children}\n</${name}>` }
}

function escapeText(text: string): string {
  return plainText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Newlines and tabs are kept as references; a parser would turn them into spaces. */
function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
}
