import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

/** Most elements that a path may ask for in one array. */
const MAX_INDEX = 10_000
const STEP = /\.([^.[\]]+)|\[(\d{1,6})\]|\['([^']*)'\]/gy

type Mutable = { [key: string]: MutableValue } | MutableValue[]
type MutableValue = JsonValue | Mutable

/**
 * Arguments of a call that come in pieces, each a JSON path with a value or a piece of text. Members that are no plain
 * steps, and names that would reach the prototype, are ignored.
 */
export class PartialArguments {
  readonly #root: { [key: string]: MutableValue } = Object.create(null)

  add(piece: unknown): void {
    if (!isJsonObject(piece) || typeof piece['jsonPath'] !== 'string') return
    const steps = stepsOf(piece['jsonPath'])
    const last = steps?.pop()
    if (steps === null || last === undefined) return
    const owner = this.#owner(steps, last)
    if (owner === null) return
    const value = valueOf(piece)
    const before = read(owner, last)
    write(owner, last, typeof value === 'string' && typeof before === 'string' ? before + value : value)
  }

  json(): string {
    return JSON.stringify(this.#root)
  }

  /** The object or array that holds the last step, made on the way. */
  #owner(steps: readonly (string | number)[], last: string | number): Mutable | null {
    let at: Mutable = this.#root
    for (const [index, step] of steps.entries()) {
      const next = steps[index + 1] ?? last
      const inner = read(at, step)
      if (isMutable(inner)) at = inner
      else {
        const made: Mutable = typeof next === 'number' ? [] : Object.create(null)
        if (!write(at, step, made)) return null
        at = made
      }
    }
    return at
  }
}

function stepsOf(path: string): (string | number)[] | null {
  if (!path.startsWith('$')) return null
  const steps: (string | number)[] = []
  STEP.lastIndex = 1
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path)
    if (match === null) return null
    const [, name, index, quoted] = match
    steps.push(index === undefined ? (name ?? quoted ?? '') : Number(index))
  }
  return steps
}

function valueOf(piece: JsonObject): JsonValue {
  const { stringValue, numberValue, boolValue } = piece
  return stringValue ?? numberValue ?? boolValue ?? null
}

function isMutable(value: unknown): value is Mutable {
  return typeof value === 'object' && value !== null
}

function read(owner: Mutable, step: string | number): unknown {
  if (Array.isArray(owner)) return typeof step === 'number' ? owner[step] : undefined
  return typeof step === 'string' ? owner[step] : undefined
}

function write(owner: Mutable, step: string | number, value: MutableValue): boolean {
  if (Array.isArray(owner)) {
    if (typeof step !== 'number' || step > MAX_INDEX) return false
    while (owner.length < step) owner.push(null)
    owner[step] = value
    return true
  }
  if (typeof step !== 'string') return false
  owner[step] = value
  return true
}
