import { CUES, cueIndex, type Strengths } from '../features/cue-names.ts'
import { KNOWN_INTENTS } from './known.ts'
import { RULES } from './rules.ts'

/** A rule with its cues resolved to places in the strength vector. */
interface Compiled {
  readonly intent: number
  readonly weight: number
  readonly all: readonly number[]
  readonly none: readonly number[]
}

function place(name: string): number {
  const at = cueIndex(name)
  if (at < 0) throw new Error(`no cue has the name "${name}"`)
  return at
}

const COMPILED: readonly Compiled[] = RULES.map(([intent, weight, cues]) => {
  const names = cues.split(' ')
  return {
    intent: KNOWN_INTENTS.indexOf(intent),
    weight,
    all: names.filter((name) => !name.startsWith('!')).map(place),
    none: names.filter((name) => name.startsWith('!')).map((name) => place(name.slice(1))),
  }
})

/** What one rule adds. */
function points(rule: Compiled, strengths: Strengths): number {
  let product = rule.weight
  for (const cue of rule.all) {
    const strength = strengths[cue] ?? 0
    // Most rules end here, at a cue that was not seen.
    if (strength === 0) return 0
    product *= strength
  }
  for (const cue of rule.none) product *= 1 - (strengths[cue] ?? 0)
  return product
}

/** Log-odds of every known intent by the hand-made rules. */
export function ruleScores(strengths: Strengths): Float64Array {
  const scores = new Float64Array(KNOWN_INTENTS.length)
  for (const rule of COMPILED) scores[rule.intent] = (scores[rule.intent] ?? 0) + points(rule, strengths)
  return scores
}

/** Names of the cues that added most to an intent, strongest first. */
export function decidingCues(strengths: Strengths, intent: number, limit: number): string[] {
  const share = new Map<number, number>()
  for (const rule of COMPILED) {
    if (rule.intent !== intent) continue
    const added = points(rule, strengths)
    if (added > 0.05) for (const cue of rule.all) share.set(cue, (share.get(cue) ?? 0) + added / rule.all.length)
  }
  return [...share]
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, limit)
    .map(([cue]) => CUES[cue] ?? '')
}
