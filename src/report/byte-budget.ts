import { cut } from './style.ts'

/** A part of a report. Rows are dropped from the end when space runs out; `noun` says what was dropped. */
export interface Section {
  /** Text before the rows, such as a table head. Without room for it the whole section goes. */
  readonly open: string
  readonly rows: readonly string[]
  readonly close: string
  /** Plural noun of the rows, for the statement of what was left out. */
  readonly noun: string
  /** Rows that were left out before, because only the first few were asked for. */
  readonly omitted?: number
}

/** Longest statement of what was left out, in characters, and the room kept for it at four bytes each. */
const STATEMENT_LENGTH = 360
const STATEMENT_BYTES = 4 * STATEMENT_LENGTH

/**
 * Joins sections within a number of UTF-8 bytes and ends with what was left out, if anything. `foot` always stays.
 * Sections come in order of importance: the first ones get the room.
 */
export function withinBudget(sections: readonly Section[], foot: string, budgetBytes: number): string {
  let left = budgetBytes - bytes(foot) - STATEMENT_BYTES
  const parts: string[] = []
  const dropped: string[] = []
  for (const section of sections) {
    const frame = bytes(section.open) + bytes(section.close)
    const kept = frame <= left ? fitting(section.rows, left - frame) : null
    const missing = section.rows.length - (kept?.length ?? 0) + (section.omitted ?? 0)
    if (missing > 0) dropped.push(`${missing} ${section.noun}`)
    if (kept === null || (kept.length === 0 && section.rows.length > 0)) continue
    const text = section.open + kept.join('') + section.close
    parts.push(text)
    left -= bytes(text)
  }
  return `${parts.join('')}${leftOut(dropped)}${foot}`
}

function fitting(rows: readonly string[], room: number): string[] {
  const kept: string[] = []
  let left = room
  for (const row of rows) {
    left -= bytes(row)
    if (left < 0) break
    kept.push(row)
  }
  return kept
}

function leftOut(dropped: readonly string[]): string {
  if (dropped.length === 0) return ''
  const text = `Left out for length: ${dropped.join(', ')}. The JSON report has them all.`
  return `\n_${cut(text, STATEMENT_LENGTH - 8, '…')}_\n`
}

function bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}
