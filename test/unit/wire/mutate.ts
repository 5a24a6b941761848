import * as fc from 'fast-check'
import { isJsonObject, type JsonValue } from '../../../src/wire/json.ts'

/** One change of a JSON value: where, by choices on the way down, and what comes there. */
interface Mutation {
  readonly way: readonly number[]
  readonly change: { readonly kind: 'remove' | 'double' } | { readonly kind: 'put'; readonly value: JsonValue }
}

const junk: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(null, true, false, 0, -1, 1e21, 0.5, '', 'x', '{', '[DONE]', 'data:;base64,', [], {}),
  fc.constantFrom<JsonValue>([null], [[]], [{}], { type: 'x' }, { text: 1 }, { index: 7 }, { __proto__x: 1 }),
  fc.constantFrom<JsonValue>('text', 'tool_use', 'function', 'thinking', 'image', 'function_call', 'url_citation'),
  fc.string({ unit: 'binary', maxLength: 6 }),
)

const mutation: fc.Arbitrary<Mutation> = fc.record({
  way: fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 9 }),
  change: fc.oneof(
    fc.constantFrom({ kind: 'remove' as const }, { kind: 'double' as const }),
    junk.map((value) => ({ kind: 'put' as const, value })),
  ),
})

/** Values near the given one: of the same build but with parts removed, doubled or replaced by what does not fit. */
export function mutated(samples: readonly JsonValue[]): fc.Arbitrary<JsonValue> {
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([sample, mutations]) => mutations.reduce<JsonValue>((value, one) => apply(value, one), sample))
}

function apply(value: JsonValue, { way: [step = 0, ...rest], change }: Mutation): JsonValue {
  const deeper = rest.length === 0 ? null : { way: rest, change }
  if (Array.isArray(value) && value.length > 0) {
    const at = step % value.length
    return value.flatMap((item, index) => (index === at ? changed(item, deeper, change) : [item]))
  }
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    const entries = Object.entries(value).flatMap(([name, item]): [string, JsonValue][] =>
      item === undefined ? [] : [[name, item]],
    )
    const at = step % entries.length
    return Object.fromEntries(
      entries.flatMap(([name, item], index) =>
        index === at ? changed(item, deeper, change).map((one): [string, JsonValue] => [name, one]) : [[name, item]],
      ),
    )
  }
  return change.kind === 'put' ? change.value : value
}

function changed(item: JsonValue, deeper: Mutation | null, change: Mutation['change']): JsonValue[] {
  if (deeper !== null && typeof item === 'object' && item !== null) return [apply(item, deeper)]
  if (change.kind === 'put') return [change.value]
  return change.kind === 'remove' ? [] : [item, item]
}
