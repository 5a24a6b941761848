import type { ExchangeRecord } from '../engine/record.ts'
import { logFields, type LogFields, type LogValue } from './log-fields.ts'

export interface LogStyle {
  readonly json: boolean
  /** Takes secrets out of a text that a client or a config chose. */
  readonly redact: (text: string) => string
}

const MAX_TEXT = 120
/** Nothing to escape, as in almost every value; much faster to see than the classes of all of Unicode. */
const PRINTABLE = /^[\u0020-\u007e]*$/

/** One finished exchange as one line without its line end: logfmt, or JSON with the same names. */
export function logLine(record: ExchangeRecord, style: LogStyle): string {
  return fieldsLine(logFields(record), style)
}

/** Any allow-listed fields as one line; absent ones are left out. */
export function fieldsLine(fields: LogFields, style: LogStyle): string {
  let line = ''
  const json: Record<string, string | number | boolean> = {}
  for (const name of Object.keys(fields)) {
    const given = fields[name] ?? null
    if (given === null) continue
    const value = safe(given, style)
    if (style.json) json[name] = value
    else line += `${line === '' ? '' : ' '}${name}=${typeof value === 'string' ? quoted(value) : value}`
  }
  return style.json ? JSON.stringify(json) : line
}

function safe(value: Exclude<LogValue, null>, style: LogStyle): string | number | boolean {
  if (typeof value !== 'string') return value
  // Redacted before it is cut: half a key must not slip through because its pattern does not match any more.
  const text = escapeControls(style.redact(value))
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`
}

function quoted(value: string): string {
  return /[\s"=\\]/.test(value) || value === '' ? JSON.stringify(value) : value
}

/**
 * Makes line ends, terminal escapes, other control characters and direction marks visible, so that no value can forge
 * a line or move the cursor.
 */
export function escapeControls(text: string): string {
  if (PRINTABLE.test(text)) return text
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
