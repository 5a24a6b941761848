import type { Random } from '../../../../src/replay/stats/random.ts'

/** Standard normal, Box–Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** Pass/fail of two arms that are equally good; `discordant` is the share of pairs where exactly one passes. */
export function equalArms(random: Random, discordant: number): readonly [number, number] {
  if (random.next() < discordant) return random.next() < 0.5 ? [1, 0] : [0, 1]
  const both = Number(random.next() < 0.9)
  return [both, both]
}
