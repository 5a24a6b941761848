import type { Tone } from '../report/style.ts'
import type { Line } from '../report/view/frame.ts'

/** Terminal attributes by meaning (SGR parameters). The words on screen say the same, so colour is never needed. */
const ATTRIBUTES: Readonly<Record<Tone, string>> = {
  good: '32',
  bad: '31',
  warn: '33',
  dim: '2',
  strong: '1',
  plain: '',
}

/** A line as text for the terminal; without colour there is no escape byte in it. */
export function paintLine(line: Line, color: boolean): string {
  return line.map(({ text, tone }) => paint(text, color ? ATTRIBUTES[tone ?? 'plain'] : '')).join('')
}

function paint(text: string, attributes: string): string {
  return attributes === '' || text === '' ? text : `\u001b[${attributes}m${text}\u001b[0m`
}
