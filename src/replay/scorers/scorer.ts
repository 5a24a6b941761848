import { isJsonObject } from '../../wire/json.ts'
import type { JsonObject, JsonValue } from '../../wire/json.ts'
import type { FixtureResponse } from '../types.ts'

export interface Verdict {
  /** 0..1. */
  readonly score: number
  readonly detail?: string
}

/** Scores one answer. Null: the answer holds nothing to measure by (for example no recorded time), so there is no score. */
export type ScoreFunction = (response: FixtureResponse) => Verdict | null

export interface Scorer {
  /** Only 0 and 1 can come out. */
  readonly binary: boolean
  /** Metric it counts for unless the expectation names another. */
  readonly metric: string
  /** Reads the arguments; throws `ArgumentMistake`. */
  make(args: Arguments): ScoreFunction
}

/** An argument of a scorer is missing or has the wrong type. The message names it, never its value. */
export class ArgumentMistake extends Error {
  override readonly name = 'ArgumentMistake'
}

/** Typed access to the arguments of an expectation. */
export class Arguments {
  readonly #args: Readonly<Record<string, JsonValue | undefined>>

  constructor(args: Readonly<Record<string, JsonValue | undefined>>) {
    this.#args = args
  }

  has(name: string): boolean {
    return this.#args[name] !== undefined
  }

  any(name: string): JsonValue {
    const value = this.#args[name]
    if (value === undefined) throw new ArgumentMistake(`argument \`${name}\` is missing`)
    return value
  }

  text(name: string, fallback?: string): string {
    return this.#read(name, 'text', fallback, (value) => (typeof value === 'string' ? value : undefined))
  }

  number(name: string, fallback?: number): number {
    return this.#read(name, 'a number', fallback, (value) =>
      typeof value === 'number' && Number.isFinite(value) ? value : undefined,
    )
  }

  flag(name: string): boolean {
    return this.#read(name, 'true or false', false, (value) => (typeof value === 'boolean' ? value : undefined))
  }

  object(name: string): JsonObject {
    return this.#read(name, 'an object', undefined, (value) => (isJsonObject(value) ? value : undefined))
  }

  /** One text or a list of texts. */
  texts(name: string): readonly string[] {
    return this.#read<readonly string[]>(name, 'text or a list of texts', undefined, (value) => {
      const list: readonly unknown[] = Array.isArray(value) ? value : [value]
      const texts = list.filter((item) => typeof item === 'string')
      return texts.length === list.length && texts.length > 0 ? texts : undefined
    })
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const wanted = `one of ${choices.join(', ')}`
    return this.#read<T>(name, wanted, fallback, (value) => choices.find((choice) => choice === value))
  }

  #read<T>(name: string, wanted: string, fallback: T | undefined, read: (value: JsonValue) => T | undefined): T {
    const value = this.#args[name]
    const found = value === undefined ? fallback : read(value)
    if (found === undefined)
      throw new ArgumentMistake(`argument \`${name}\` ${value === undefined ? 'is missing' : `must be ${wanted}`}`)
    return found
  }
}

/** 1 or 0, with the detail only for a failure. */
export function passIf(passed: boolean, detail: string): Verdict {
  return passed ? { score: 1 } : { score: 0, detail }
}
