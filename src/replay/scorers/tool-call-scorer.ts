import { isJsonObject } from '../../wire/json.ts'
import type { JsonValue } from '../../wire/json.ts'
import type { FixtureResponse } from '../types.ts'
import { jsonEquality } from './json-equal.ts'
import { ArgumentMistake } from './scorer.ts'
import type { Scorer } from './scorer.ts'

interface WantedCall {
  readonly name: string
  /** Undefined: any arguments will do. */
  readonly args: JsonValue | undefined
}

type Call = NonNullable<FixtureResponse['message']['tool_calls']>[number]

/** F1 over the calls: a call is right when its name is and, where given, its arguments are. */
export const toolCalls: Scorer = {
  binary: false,
  metric: 'quality.score',
  make(args) {
    const wanted = wantedCalls(args.any('calls'))
    const ordered = args.flag('ordered')
    const rule = { tolerance: args.number('tol', 1e-9), unordered: false, ignoreExtra: args.flag('ignore_extra') }
    const fits = (call: Call, want: WantedCall): boolean =>
      call.name === want.name && (want.args === undefined || jsonEquality(parsed(call), want.args, rule).score === 1)
    return (response) => {
      const given = response.message.tool_calls ?? []
      const right = ordered ? longestCommon(given, wanted, fits) : matched(given, wanted, fits)
      const total = given.length + wanted.length
      const score = total === 0 ? 1 : (2 * right) / total
      return score === 1 ? { score } : { score, detail: `${right} of ${wanted.length} right, ${given.length} made` }
    }
  },
}

function wantedCalls(value: JsonValue): WantedCall[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : []
  if (!Array.isArray(value)) throw new ArgumentMistake('argument `calls` must be a list of {name, args}')
  return list.map((item) => {
    if (!isJsonObject(item) || typeof item['name'] !== 'string')
      throw new ArgumentMistake('argument `calls` must be a list of {name, args}')
    return { name: item['name'], args: item['args'] }
  })
}

function parsed(call: Call): unknown {
  try {
    return JSON.parse(call.arguments)
  } catch {
    return undefined
  }
}

type Fits = (call: Call, want: WantedCall) => boolean

/** Calls with stricter expectations choose first, so that a loose one does not take their partner. */
function matched(given: readonly Call[], wanted: readonly WantedCall[], fits: Fits): number {
  const left = new Set(given)
  let right = 0
  for (const want of [...wanted].sort((a, b) => Number(a.args === undefined) - Number(b.args === undefined))) {
    for (const call of left) {
      if (!fits(call, want)) continue
      left.delete(call)
      right += 1
      break
    }
  }
  return right
}

/** Length of the longest common subsequence. */
function longestCommon(given: readonly Call[], wanted: readonly WantedCall[], fits: Fits): number {
  let previous = Array.from({ length: wanted.length + 1 }, () => 0)
  for (const call of given) {
    const row = [0]
    for (const [index, want] of wanted.entries()) {
      const diagonal = previous[index] ?? 0
      row.push(fits(call, want) ? diagonal + 1 : Math.max(previous[index + 1] ?? 0, row[index] ?? 0))
    }
    previous = row
  }
  return previous.at(-1) ?? 0
}
