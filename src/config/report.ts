import type { ErrorCode } from '../wire/errors.ts'
import { plain, type ConfigProblem, type Path } from './problem.ts'
import type { ConfigSource } from './source.ts'

export interface Finding {
  readonly code: ErrorCode
  readonly severity?: 'error' | 'warning'
  readonly path: Path
  /** Point at the key instead of the value. */
  readonly on?: 'key' | 'value'
  readonly message: string
  readonly note?: string | undefined
  readonly fix?: string | undefined
}

/** Collects findings and gives them their place in the text. */
export class Report {
  readonly problems: ConfigProblem[]
  readonly #source: ConfigSource

  constructor(source: ConfigSource) {
    this.#source = source
    this.problems = source.problems.map((problem) => ({ ...problem, message: plain(problem.message) }))
  }

  add(finding: Finding): void {
    let path = finding.path
    let place = this.#source.place(path, finding.on ?? 'value')
    // What is missing has no place of its own: point at the key of what should hold it.
    while (place === undefined && path.length > 1) {
      path = path.slice(0, -1)
      place = this.#source.place(path, 'key')
    }
    this.problems.push({
      code: finding.code,
      severity: finding.severity ?? 'error',
      // Messages repeat what stands in the file, which may be a stranger's.
      message: plain(finding.message),
      note: finding.note,
      fix: finding.fix === undefined ? undefined : plain(finding.fix),
      file: this.#source.file,
      place,
    })
  }
}

/** `routing.rules[2].tier`, as people write paths. */
export function pathText(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

/** The "did you mean" that stands beside the caret. */
export function didYouMean(suggestion: string | undefined): string | undefined {
  return suggestion === undefined ? undefined : `did you mean "${suggestion}"?`
}
