import type { PriceStep } from '../engine/matrix.ts'
import { byVendorAndId, type ModelFacts } from './facts.ts'
import { usdPerMillion } from './pico.ts'

/** A document with fewer usable models is damaged or not what it claims to be. */
const MIN_MODELS = 30
/** 0.001 USD per token. Nothing costs that much; a file in another unit does. */
const MAX_PICO_PER_TOKEN = 1_000_000_000
const FLAG_FACTOR = 3

/** Why a document can not be used; empty when it can. */
export function catalogFaults(next: readonly ModelFacts[], previous: readonly ModelFacts[]): readonly string[] {
  const faults: string[] = []
  if (next.length < MIN_MODELS) faults.push(`only ${next.length} usable models, at least ${MIN_MODELS} are expected`)
  if (next.length < previous.length / 2) {
    faults.push(`only ${next.length} usable models, less than half of the ${previous.length} known now`)
  }
  const seen = new Set<string>()
  for (const model of next) {
    const name = nameOf(model)
    if (seen.has(name)) faults.push(`"${name}" is listed twice`)
    seen.add(name)
    for (const [what, pico] of pricesOf(model)) {
      if (pico > MAX_PICO_PER_TOKEN)
        faults.push(`"${name}": ${what} of ${usdPerMillion(pico)} USD per million tokens; is the unit right?`)
    }
  }
  return faults
}

export type CatalogChange =
  | { readonly kind: 'added'; readonly model: ModelFacts }
  | { readonly kind: 'unlisted'; readonly model: ModelFacts }
  | {
      readonly kind: 'price'
      readonly model: ModelFacts
      readonly what: string
      readonly from: number | null
      readonly to: number | null
      readonly suspicious: boolean
    }
  | {
      readonly kind: 'limit'
      readonly model: ModelFacts
      readonly what: string
      readonly from: number | null
      readonly to: number | null
    }

/** What a new document would change, by vendor and id. A price that moves by more than a factor of 3 is suspicious. */
export function catalogDiff(next: readonly ModelFacts[], previous: readonly ModelFacts[]): readonly CatalogChange[] {
  const before = new Map(previous.map((model) => [nameOf(model), model]))
  const after = new Set(next.map((model) => nameOf(model)))
  const changes: CatalogChange[] = []
  for (const model of [...next].sort(byVendorAndId)) {
    const old = before.get(nameOf(model))
    if (old === undefined) changes.push({ kind: 'added', model })
    else changes.push(...priceChanges(model, old), ...limitChanges(model, old))
  }
  for (const model of [...previous].sort(byVendorAndId)) {
    if (!after.has(nameOf(model))) changes.push({ kind: 'unlisted', model })
  }
  return changes
}

function priceChanges(model: ModelFacts, old: ModelFacts): CatalogChange[] {
  const [now, was] = [new Map(pricesOf(model, true)), new Map(pricesOf(old, true))]
  return [...new Set([...now.keys(), ...was.keys()])].flatMap((what) => {
    const [from, to] = [was.get(what) ?? null, now.get(what) ?? null]
    if (from === to) return []
    return [{ kind: 'price', model, what, from, to, suspicious: isSuspicious(from, to) } as const]
  })
}

/** Also when a price becomes 0 or stops being 0: no factor describes that. */
function isSuspicious(from: number | null, to: number | null): boolean {
  if (from === null || to === null) return false
  if (from === 0 || to === 0) return true
  return Math.max(from / to, to / from) > FLAG_FACTOR
}

function limitChanges(model: ModelFacts, old: ModelFacts): CatalogChange[] {
  return (['contextWindow', 'maxInput', 'maxOutput'] as const).flatMap((what) =>
    model[what] === old[what] ? [] : [{ kind: 'limit', model, what, from: old[what], to: model[what] } as const],
  )
}

const MEMBERS = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'reasoning',
] as const satisfies readonly (keyof PriceStep)[]

/** All stated prices with what they are for. */
function pricesOf(model: ModelFacts, short = false): (readonly [string, number])[] {
  return (model.prices?.steps ?? []).flatMap((step) =>
    MEMBERS.flatMap((member) => {
      const pico = step[member]
      const above = step.aboveInputTokens === 0 ? '' : ` above ${step.aboveInputTokens} tokens`
      return pico === null ? [] : [[`${member}${short ? '' : ' price'}${above}`, pico] as const]
    }),
  )
}

function nameOf(model: ModelFacts): string {
  return `${model.vendor}/${model.id}`
}
