import type { CanonicalRequest, WireFormat } from './canonical.ts'
import { parameterName, type ParameterKey } from './parameter-names.ts'

/** Members that every translation reads from `extra`, or has under another name. */
const TRANSLATED: ReadonlySet<string> = new Set([
  'top_k',
  'safety_identifier',
  'stream_options',
  'thinking',
  'output_config',
])

/** Collects what a translation has to leave out, under the names that the client used. */
export class Dropped {
  /** The client's format. */
  readonly format: WireFormat
  readonly #names = new Set<string>()

  constructor(format: WireFormat) {
    this.format = format
  }

  add(key: ParameterKey): void {
    this.#names.add(parameterName(this.format, key))
  }

  /** A member that has no canonical key, under its own name. */
  addName(name: string): void {
    this.#names.add(name)
  }

  /** Members of the client's own format, which no other format knows; null stands for "not set". */
  addExtra({ extra }: CanonicalRequest): void {
    for (const [name, value] of Object.entries(extra)) {
      if (value !== null && !TRANSLATED.has(name)) this.addName(name)
    }
  }

  get names(): string[] {
    return [...this.#names].sort()
  }
}
