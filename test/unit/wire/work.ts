interface Use {
  readonly self: unknown
  readonly args: readonly unknown[]
  readonly result: unknown
}

type Cost = (use: Use) => number

function length(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0
}

/** Searches count up to where they found what they looked for. */
function searched({ self, args: [, from = 0], result }: Use): number {
  return (result === -1 ? length(self) : Number(result) + 1) - Math.min(Number(from), length(self))
}

const ofResult: Cost = ({ result }) => length(result)
const ofText: Cost = ({ self }) => length(self)

const WATCHED: readonly (readonly [owner: object, name: string, cost: Cost])[] = [
  [String.prototype, 'indexOf', searched],
  [String.prototype, 'lastIndexOf', ({ self, result }) => length(self) - Math.max(Number(result), 0)],
  [String.prototype, 'slice', ofResult],
  [String.prototype, 'trim', ofText],
  [String.prototype, 'split', ofText],
  [Array.prototype, 'join', ({ self, result }) => length(self) + length(result)],
  [Array.prototype, 'concat', ofResult],
  [RegExp.prototype, 'exec', ({ args }) => length(args[0])],
  [JSON, 'parse', ({ args }) => length(args[0])],
  [JSON, 'stringify', ofResult],
]

/**
 * Runs something and counts the characters that string searches, copies, joins and JSON looked at or made on the way: a
 * measure of work that does not depend on the machine.
 */
export function charactersTouched(run: () => void): number {
  let touched = 0
  const restores = WATCHED.map(([owner, name, cost]) => {
    const original: unknown = Reflect.get(owner, name)
    if (typeof original !== 'function') throw new Error(`${name} is no function`)
    const counted = function (this: unknown, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(original, this, args)
      touched += cost({ self: this, args, result })
      return result
    }
    Reflect.defineProperty(owner, name, { value: counted, configurable: true, writable: true, enumerable: false })
    return () =>
      Reflect.defineProperty(owner, name, { value: original, configurable: true, writable: true, enumerable: false })
  })
  try {
    run()
  } finally {
    for (const restore of restores) restore()
  }
  return touched
}
