import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const ROUNDS = Number(process.env['SOAK_ROUNDS'] ?? 20)
const SEED = Number(process.env['SOAK_SEED'] ?? Date.now() % 1_000_000)

// The workers read the same two numbers.
process.env['SOAK_ROUNDS'] = String(ROUNDS)
process.env['SOAK_SEED'] = String(SEED)
process.stdout.write(`the same rounds again: SOAK_SEED=${SEED} SOAK_ROUNDS=${ROUNDS} npm run soak:budgets\n`)

/** `npm run soak:budgets`: the tests under load, many rounds of each. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['budget-load', 'moving-limits', 'killed-proxy'].map((name) => `test/spending/${name}.test.ts`),
    fileParallelism: false,
    testTimeout: 120_000,
  },
})
