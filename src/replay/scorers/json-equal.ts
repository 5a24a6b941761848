import { isJsonObject } from '../../wire/json.ts'
import { closeTo } from './literal.ts'

export interface EqualityRule {
  readonly tolerance: number
  /** Arrays are compared as bags. */
  readonly unordered: boolean
  /** Members that only the answer has do not count against it. */
  readonly ignoreExtra: boolean
}

export interface Equality {
  /** Share of the reference's leaves that are met, 0..1. */
  readonly score: number
  /** Path of the first difference. */
  readonly firstDifference: string | null
}

/** Finding the best partners in two bags takes n² comparisons; longer arrays are compared in order. */
const MAX_BAG = 200

/** Compares two JSON values field by field. */
export function jsonEquality(given: unknown, wanted: unknown, rule: EqualityRule): Equality {
  const walk = new EqualityWalk(rule)
  const score = walk.compare(given, wanted, '')
  return { score, firstDifference: walk.firstDifference }
}

class EqualityWalk {
  firstDifference: string | null = null
  readonly #rule: EqualityRule

  constructor(rule: EqualityRule) {
    this.#rule = rule
  }

  compare(given: unknown, wanted: unknown, path: string): number {
    if (isJsonObject(wanted)) return isJsonObject(given) ? this.#objects(given, wanted, path) : this.#differs(path)
    if (Array.isArray(wanted)) return Array.isArray(given) ? this.#arrays(given, wanted, path) : this.#differs(path)
    const same =
      typeof given === 'number' && typeof wanted === 'number'
        ? closeTo(given, wanted, this.#rule.tolerance)
        : given === wanted
    return same ? 1 : this.#differs(path)
  }

  #differs(path: string): 0 {
    this.firstDifference ??= path === '' ? '/' : path
    return 0
  }

  #objects(given: object, wanted: object, path: string): number {
    const givenMembers = new Map<string, unknown>(Object.entries(given))
    const wantedMembers = Object.entries(wanted)
    let sum = 0
    for (const [name, value] of wantedMembers) sum += this.compare(givenMembers.get(name), value, `${path}/${name}`)
    const wantedNames = new Set(wantedMembers.map(([name]) => name))
    const extra = this.#rule.ignoreExtra ? [] : [...givenMembers.keys()].filter((name) => !wantedNames.has(name))
    if (extra[0] !== undefined) this.#differs(`${path}/${extra[0]}`)
    const count = wantedMembers.length + extra.length
    return count === 0 ? 1 : sum / count
  }

  #arrays(given: readonly unknown[], wanted: readonly unknown[], path: string): number {
    const count = Math.max(given.length, wanted.length)
    if (count === 0) return 1
    const bag = this.#rule.unordered && count <= MAX_BAG
    const sum = bag ? this.#bags(given, wanted) : this.#sequences(given, wanted, path)
    if (sum < count) this.#differs(given.length === wanted.length ? path : `${path}/length`)
    return sum / count
  }

  #sequences(given: readonly unknown[], wanted: readonly unknown[], path: string): number {
    return wanted.reduce<number>((sum, item, index) => {
      if (index >= given.length) return sum
      return sum + this.compare(given[index], item, `${path}/${index}`)
    }, 0)
  }

  /** Each wanted item takes the best partner that is left. */
  #bags(given: readonly unknown[], wanted: readonly unknown[]): number {
    const left = new Set(given.keys())
    let sum = 0
    for (const item of wanted) {
      let best = { index: -1, score: 0 }
      for (const index of left) {
        const { score } = jsonEquality(given[index], item, this.#rule)
        if (score > best.score) best = { index, score }
        if (score === 1) break
      }
      left.delete(best.index)
      sum += best.score
    }
    return sum
  }
}
