import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vitest/config'
import { fuzzRun } from './runs.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SUITES = 'test/unit'
const WRAPPER = fileURLToPath(new URL('./fast-check.ts', import.meta.url))

/** Every suite that states properties. */
function suites(): string[] {
  return readdirSync(`${ROOT}${SUITES}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.test\.tsx?$/.test(file))
    .map((file) => `${SUITES}/${file}`)
    .filter((file) => readFileSync(`${ROOT}${file}`, 'utf8').includes('fc.assert('))
}

const scaled: Plugin = {
  name: 'scaled-fast-check',
  enforce: 'pre',
  resolveId: (source, importer) => (source === 'fast-check' && importer !== WRAPPER ? WRAPPER : null),
}

const { seed, factor } = fuzzRun(process.env)
// The workers read the same two numbers.
process.env['FUZZ_SEED'] = String(seed)
process.env['FUZZ_FACTOR'] = String(factor)
process.stdout.write(`the same cases again: FUZZ_SEED=${seed} FUZZ_FACTOR=${factor} npm run fuzz\n`)

export default defineConfig({
  root: ROOT,
  plugins: [scaled],
  test: {
    include: suites(),
    // Time is what this run is meant to spend.
    testTimeout: 60 * 60_000,
  },
})
