import { defineConfig } from 'vitest/config'

// Read by the suite, which else takes a part of its cases.
process.env['FAULT_CASES'] = 'all'

export default defineConfig({ test: { include: ['test/fault/faults.test.ts'], testTimeout: 30_000 } })
