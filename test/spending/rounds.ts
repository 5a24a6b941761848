/** Rounds of every test with random moments in it; many more in `npm run soak:budgets`. */
const ROUNDS = Number(process.env['SOAK_ROUNDS'] ?? 1)

/** One seed for each round; the same run again with `SOAK_SEED`. */
export function seeds(rounds = ROUNDS): number[] {
  const first = Number(process.env['SOAK_SEED'] ?? 1)
  return Array.from({ length: rounds }, (_, nth) => first + nth)
}
