import type { ModelRow } from '../../engine/matrix.ts'
import { noPaint, type TextStyle } from '../../report/style.ts'
import type { CliContext } from '../context.ts'

/** `128k`, `1.05M`; `?` when unknown. */
export function tokensText(tokens: number | null): string {
  if (tokens === null) return '?'
  if (tokens >= 1_000_000) return `${trim(tokens / 1_000_000)}M`
  return tokens >= 1_000 ? `${trim(tokens / 1_000)}k` : String(tokens)
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** One letter for each capability that is known to exist. */
export function capabilityLetters(model: Pick<ModelRow, 'capabilities' | 'inputModalities'>): string {
  const { capabilities, inputModalities } = model
  const letters: readonly (readonly [string, boolean])[] = [
    ['T', capabilities.tools === true],
    ['S', capabilities.jsonSchema === true],
    ['R', capabilities.reasoning === true],
    ['V', inputModalities.includes('image')],
    ['P', inputModalities.includes('pdf')],
    ['A', inputModalities.includes('audio')],
    ['C', capabilities.promptCaching === true],
  ]
  return letters.flatMap(([letter, has]) => (has ? [letter] : [])).join('')
}

/** Plain text; whole width when nobody's terminal has to hold it. */
export function modelsStyle(context: CliContext): TextStyle {
  return { width: process.stdout.isTTY ? context.columns : 160, ascii: context.ascii, paint: noPaint }
}
