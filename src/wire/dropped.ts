import type { CanonicalRequest, WireFormat } from './canonical.ts'
import { isJsonObject, type JsonValue } from './json.ts'
import { parameterName, type ParameterKey } from './parameter-names.ts'

/** Members that translations read from `extra`, or have under a canonical name as well. */
const TRANSLATED: ReadonlySet<string> = new Set([
  'top_k',
  'safety_identifier',
  'thinking',
  'output_config.effort',
  'output_config.format',
  'generationConfig.thinkingConfig',
])

/** Members that hold parameters of their own. */
const GROUPS: ReadonlySet<string> = new Set(['output_config', 'generationConfig', 'stream_options', 'toolConfig'])

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
      if (!GROUPS.has(name) || !isJsonObject(value)) this.#addMember(name, value)
      else for (const [inner, member] of Object.entries(value)) this.#addMember(`${name}.${inner}`, member)
    }
  }

  #addMember(name: string, value: JsonValue | undefined): void {
    if (value !== null && value !== undefined && !TRANSLATED.has(name)) this.addName(name)
  }

  get names(): string[] {
    return [...this.#names].sort()
  }
}
