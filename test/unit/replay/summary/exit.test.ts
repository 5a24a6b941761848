import { assert, property, shuffledSubarray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exitCodeOf, runExit } from '../../../../src/replay/summary/exit.ts'
import type { ExitReason } from '../../../../src/replay/summary/types.ts'

const ONE_OF_EACH: readonly ExitReason[] = [
  { code: 'usage_error', message: 'no such flag' },
  { code: 'internal_error', message: 'bug' },
  { code: 'interrupted', signal: 'SIGINT' },
  { code: 'fixture_errors', count: 1, allowed: 0 },
  { code: 'gate_failed', candidate: 'c', gate: 'g' },
  { code: 'gate_undecided', candidate: 'c', gate: 'g' },
]

describe('the exit code', () => {
  it.each<[ExitReason, number]>([
    [{ code: 'usage_error', message: '' }, 2],
    [{ code: 'internal_error', message: '' }, 70],
    [{ code: 'interrupted', signal: 'SIGINT' }, 130],
    [{ code: 'interrupted', signal: 'SIGTERM' }, 143],
    [{ code: 'fixture_errors', count: 3, allowed: 2 }, 3],
    [{ code: 'fixture_errors', count: 2, allowed: 2 }, 0],
    [{ code: 'upstream_errors', count: 1, allowed: 0 }, 3],
    [{ code: 'spend_cap', skipped: 4 }, 3],
    [{ code: 'fixture_missing', count: 1 }, 3],
    [{ code: 'not_routable', count: 1, candidate: 'c' }, 3],
    [{ code: 'budget_refused', count: 1, candidate: 'c' }, 3],
    [{ code: 'gate_failed', candidate: 'c', gate: 'g' }, 1],
    [{ code: 'gate_undecided', candidate: 'c', gate: 'g' }, 4],
  ])('of %o is %i', (reason, code) => {
    expect(exitCodeOf(reason)).toBe(code)
    expect(runExit([reason]).code).toBe(code)
  })

  it('is 0 without a reason, and with --exit-zero in spite of reasons', () => {
    expect(runExit([])).toEqual({ code: 0, reasons: [] })
    expect(runExit(ONE_OF_EACH, true)).toMatchObject({ code: 0 })
    expect(runExit(ONE_OF_EACH, true).reasons).toHaveLength(ONE_OF_EACH.length)
  })

  it('takes 2 over 70 over an interrupt over 3 over 1 over 4, whatever the order of reasons', () => {
    const subset = shuffledSubarray([...ONE_OF_EACH], { minLength: 1 })
    assert(
      property(subset, (reasons) => {
        const strongest = ONE_OF_EACH.find((reason) => reasons.includes(reason))
        const exit = runExit(reasons)
        expect(exit.code).toBe(strongest === undefined ? 0 : exitCodeOf(strongest))
        expect(exit.reasons[0]).toBe(strongest)
      }),
      { seed: 3 },
    )
  })
})
