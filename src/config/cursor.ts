import { isJsonObject } from '../wire/json.ts'
import type { Path } from './problem.ts'

/**
 * A place in the parsed but not yet validated config. Reading through it never fails: what is missing or of the wrong
 * type has no children. That lets the cross checks run beside the schema, so that one pass reports every mistake.
 */
export class Cursor {
  readonly path: Path
  readonly value: unknown

  constructor(value: unknown, path: Path = []) {
    this.value = value
    this.path = path
  }

  at(...keys: readonly string[]): Cursor {
    let value = this.value
    for (const key of keys) value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
    return new Cursor(value, [...this.path, ...keys])
  }

  get exists(): boolean {
    return this.value !== undefined
  }

  /** Members of a map, in file order. */
  entries(): readonly (readonly [string, Cursor])[] {
    if (!isJsonObject(this.value)) return []
    return Object.entries(this.value).map(([key, member]) => [key, new Cursor(member, [...this.path, key])] as const)
  }

  keys(): readonly string[] {
    return isJsonObject(this.value) ? Object.keys(this.value) : []
  }

  /** Elements of a list; a single text counts as a list of one, as in `intent: math`. */
  items(): readonly Cursor[] {
    if (Array.isArray(this.value))
      return this.value.map((item: unknown, index) => new Cursor(item, [...this.path, index]))
    return typeof this.value === 'string' ? [this] : []
  }

  text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined
  }
}
