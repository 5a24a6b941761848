import { jsonField, lastFence } from './extract.ts'
import { closeTo, parseLiteral, sameLiteral } from './literal.ts'
import { lastNumber, soleNumber } from './numbers.ts'

type AnswerPlace = 'auto' | 'field' | 'number' | 'fence' | 'text'

export interface AnswerRule {
  readonly ref: string
  /** JSON field that holds the final answer, dotted. */
  readonly field: string
  readonly from: AnswerPlace
  readonly tolerance: number
}

/** The final answer in a reply, or null when there is none at the place where it should be. */
export function finalAnswer(text: string, rule: Pick<AnswerRule, 'field' | 'from'>): string | null {
  switch (rule.from) {
    case 'field':
      return jsonField(text, rule.field)
    case 'number':
      return lastNumber(text)?.toString() ?? null
    case 'fence':
      return lastFence(text)?.trim() ?? null
    case 'text':
      return text.trim()
    case 'auto':
      return jsonField(text, rule.field) ?? lastFence(text)?.trim() ?? lastNumber(text)?.toString() ?? null
  }
}

/** Same as number, as literal, or as text; whichever the reference is. */
export function sameAnswer(answer: string, rule: Pick<AnswerRule, 'ref' | 'tolerance'>): boolean {
  const given = tidy(answer)
  const wanted = tidy(rule.ref)
  if (given === wanted || unquoted(given) === unquoted(wanted)) return true
  const reference = parseLiteral(rule.ref)
  if (reference?.kind === 'text') return sameText(answer, reference.value)
  const literal = parseLiteral(given)
  if (reference !== null && literal !== null && sameLiteral(literal, reference, rule.tolerance)) return true
  const wantedNumber = reference === null || reference.kind === 'number' ? soleNumber(wanted) : null
  const givenNumber = wantedNumber === null ? null : soleNumber(given)
  return wantedNumber !== null && givenNumber !== null && closeTo(givenNumber, wantedNumber, rule.tolerance)
}

/** A quoted reference is met by the same literal and by the bare text; the field's JSON may have undone its escapes. */
function sameText(answer: string, wanted: string): boolean {
  const literal = parseLiteral(tidy(answer))
  if (literal !== null && literal.kind === 'text' && literal.value === wanted) return true
  return answer === wanted || answer.trim() === wanted || unquoted(answer.trim()) === wanted
}

/** Without the outer white space, back-ticks and a full stop at the end of a sentence. */
function tidy(text: string): string {
  const trimmed = text
    .trim()
    .replace(/^`+|`+$/gu, '')
    .trim()
  return /\d\.$|[a-z]\.$/iu.test(trimmed) ? trimmed.slice(0, -1) : trimmed
}

function unquoted(text: string): string {
  const quote = text[0]
  return (quote === '"' || quote === "'") && text.length > 1 && text.endsWith(quote) ? text.slice(1, -1) : text
}
