import type { ErrorCode } from '../wire/errors.ts'

export type Path = readonly (string | number)[]

/** A mistake in a config, with everything that is needed to show it. */
export interface ConfigProblem {
  readonly code: ErrorCode
  readonly severity: 'error' | 'warning'
  /** One sentence: what is wrong, names in quotes. Never a secret. */
  readonly message: string
  /** Said beside the caret. */
  readonly note: string | undefined
  readonly fix: string | undefined
  readonly file: string
  /** Undefined when the value does not stand in the file. */
  readonly place: Place | undefined
}

/** From 1, as editors count. */
export interface Place {
  readonly line: number
  readonly column: number
  readonly length: number
}

const FRAME_WIDTH = 110

/** One problem in the shape of all command-line errors: what, where with a code frame, what to do. */
function renderProblem(problem: ConfigProblem, lines: readonly string[], alsoAt: readonly Place[] = []): string {
  const head = `${problem.severity} ${problem.code}  ${problem.message}`
  const out = [head]
  if (problem.place === undefined) {
    out.push(`  --> ${problem.file}`)
    if (problem.note !== undefined) out.push(`   ${problem.note}`)
  } else {
    out.push(`  --> ${problem.file}:${problem.place.line}:${problem.place.column}`)
    out.push(...frame(problem.place, lines, problem.note))
  }
  if (alsoAt.length > 0) {
    const shown = alsoAt.slice(0, 5).map((place) => `${place.line}:${place.column}`)
    out.push(`   also at ${shown.join(', ')}${alsoAt.length > 5 ? ` and ${alsoAt.length - 5} more` : ''}`)
  }
  if (problem.fix !== undefined) out.push(`  fix: ${problem.fix}`)
  return out.join('\n')
}

/** All problems in file order; the same mistake in several places is shown once. */
export function renderProblems(problems: readonly ConfigProblem[], text: string): string {
  const lines = text.split(/\r\n|\r|\n/)
  const groups = new Map<string, ConfigProblem[]>()
  for (const problem of [...problems].sort(byPlace)) {
    const key = `${problem.code}|${problem.message}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [problem])
    else group.push(problem)
  }
  const shown: string[] = []
  for (const [first, ...rest] of groups.values()) {
    if (first === undefined) continue
    const places = rest.flatMap((problem) => (problem.place === undefined ? [] : [problem.place]))
    shown.push(renderProblem(first, lines, places))
  }
  return shown.join('\n\n')
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  const line = (a.place?.line ?? 0) - (b.place?.line ?? 0)
  return line === 0 ? (a.place?.column ?? 0) - (b.place?.column ?? 0) : line
}

function frame(place: Place, lines: readonly string[], note: string | undefined): string[] {
  const source = plain(lines[place.line - 1] ?? '')
  // A long line is cut around the mistake.
  const start = place.column - 1 > FRAME_WIDTH - 30 ? place.column - 31 : 0
  const shown = source.slice(start, start + FRAME_WIDTH)
  const column = place.column - 1 - start
  const carets = '^'.repeat(Math.max(1, Math.min(place.length, shown.length - column)))
  const number = String(place.line).padStart(5)
  return [
    `${number} | ${shown}`.trimEnd(),
    `${' '.repeat(number.length)} | ${' '.repeat(column)}${carets}${note === undefined ? '' : ` ${note}`}`,
  ]
}

/** Control characters could steer the terminal of whoever opens a foreign repository. Length is kept for the carets. */
export function plain(text: string): string {
  let shown = ''
  for (const unit of text.split('')) shown += unit === '\t' ? ' ' : isSteering(unit.charCodeAt(0)) ? '?' : unit
  return shown
}

/** C0, DEL, C1, and the marks that turn the direction of text. */
function isSteering(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true
  return code === 0x200e || code === 0x200f || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)
}
