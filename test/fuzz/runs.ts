import { randomInt } from 'node:crypto'

/** How the runs of all properties are chosen: the same two numbers give the same cases again. */
export interface FuzzRun {
  readonly seed: number
  readonly factor: number
}

const DEFAULT_FACTOR = 20

/** `FUZZ_SEED` and `FUZZ_FACTOR`; a seed that is not given is drawn. */
export function fuzzRun(environment: Readonly<Record<string, string | undefined>>): FuzzRun {
  const { FUZZ_SEED: seed, FUZZ_FACTOR: factor } = environment
  return {
    seed: seed === undefined ? randomInt(2 ** 31) : positive('FUZZ_SEED', seed),
    factor: factor === undefined ? DEFAULT_FACTOR : positive('FUZZ_FACTOR', factor),
  }
}

/** The seed of one property: its own one keeps two properties of a file apart. */
export function propertySeed({ seed }: FuzzRun, own: number | undefined): number {
  let mixed = Math.imul(seed ^ (own ?? 0), 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} must be a positive number, not "${text}"`)
  return value
}
