import { describe, expect, it } from 'vitest'
import { GateForecaster, type GateForecast } from '../../../../src/replay/gates/foresee.ts'
import { parseGateExpression } from '../../../../src/replay/gates/parse-expression.ts'
import { requireGates } from '../../../../src/replay/gates/read-gate.ts'
import type { GateObject, GateResult } from '../../../../src/replay/gates/types.ts'
import type { SummaryOptions } from '../../../../src/replay/summary/summarise.ts'
import type { PairRow } from '../../../../src/replay/types.ts'
import { arm, pair } from '../summary/sample-rows.ts'
import { describeForecast } from '../../../../src/report/describe-forecast.ts'
import { sampleRun } from '../../report/sample-run.ts'

/** `lost` of `count` fixtures are right in the baseline and wrong in the candidate. */
function scored(count: number, lost: number): PairRow[] {
  return Array.from({ length: count }, (_, i) =>
    pair(i, {
      routeChanged: true,
      baseline: arm({ metrics: { 'quality.score': 1 } }),
      candidate: arm({ model: 'small', metrics: { 'quality.score': i < lost ? 0 : 1 } }),
    }),
  )
}

/** Every candidate request costs `factor` times the baseline's, give or take. */
function priced(count: number, factor: number): PairRow[] {
  return Array.from({ length: count }, (_, i) =>
    pair(i, {
      baseline: arm({ costNanoUsd: 1_000_000 + 10_000 * (i % 7) }),
      candidate: arm({ costNanoUsd: Math.round(1_000_000 * factor) + 10_000 * (i % 5) }),
    }),
  )
}

function evaluate(object: GateObject, rows: readonly PairRow[], options: SummaryOptions = {}): GateResult {
  const { summary } = sampleRun({ rows, gates: [], over: { gates: requireGates([{ object }]), options } })
  const [result] = summary.candidates[0]?.gates ?? []
  if (result === undefined) throw new Error('no result')
  return result
}

const MARGIN: GateObject = { metric: 'quality.score', non_inferior: 0.05 }

describe('a gate', () => {
  it('passes, fails or stays undecided by the 90 % interval', () => {
    expect(evaluate(MARGIN, scored(200, 0))).toMatchObject({ status: 'pass', exit: 0, reason: { code: 'bound_kept' } })
    expect(evaluate(MARGIN, scored(200, 30))).toMatchObject({
      status: 'fail',
      exit: 1,
      reason: { code: 'bound_broken' },
    })
    expect(evaluate(MARGIN, scored(20, 0))).toMatchObject({ status: 'undecided', exit: 0 })
  })

  it('follows on_inconclusive, level and --strict', () => {
    const small = scored(20, 0)
    expect(evaluate({ ...MARGIN, on_inconclusive: 'pass' }, small)).toMatchObject({ status: 'pass', exit: 0 })
    expect(evaluate({ ...MARGIN, on_inconclusive: 'fail' }, small)).toMatchObject({ status: 'undecided', exit: 4 })
    expect(evaluate(MARGIN, small, { strict: true })).toMatchObject({ status: 'undecided', exit: 4 })
    expect(evaluate({ ...MARGIN, level: 'warn' }, small, { strict: true })).toMatchObject({ exit: 0 })
    expect(evaluate({ ...MARGIN, level: 'warn' }, scored(200, 30))).toMatchObject({ status: 'warn', exit: 0 })
  })

  it('limits the increase of costs and their absolute amount', () => {
    const increase: GateObject = { metric: 'cost.total', max_increase: '5%' }
    expect(evaluate(increase, priced(60, 0.9)).status).toBe('pass')
    expect(evaluate(increase, priced(60, 1.3)).status).toBe('fail')
    expect(evaluate(increase, priced(60, 1.06)).status).toBe('undecided')
    expect(evaluate({ metric: 'cost.total', max: '$0.09' }, priced(60, 1)).status).toBe('pass')
    expect(evaluate({ metric: 'cost.total', max: '$0.01' }, priced(60, 1)).status).toBe('fail')
  })

  it('asks about exactly these fixtures when told so', () => {
    const exact: GateObject = { ...MARGIN, scope: 'fixtures' }
    expect(evaluate(exact, scored(20, 0))).toMatchObject({ status: 'pass', reason: { low: null, high: null } })
    expect(evaluate(exact, scored(20, 2))).toMatchObject({ status: 'fail' })
    const errors: GateObject = { metric: 'errors.rate', max: '1%' }
    expect(evaluate(errors, scored(20, 0)).status).toBe('undecided')
    expect(evaluate({ ...errors, scope: 'fixtures' }, scored(20, 0)).status).toBe('pass')
  })

  it('is never decided by what was not measured or not compared', () => {
    const unmeasured = scored(20, 0).map((row) => ({ ...row, candidate: arm({ evidence: '-' as const }) }))
    expect(evaluate(MARGIN, unmeasured)).toMatchObject({ status: 'undecided', reason: { code: 'nothing_recorded' } })
    const half = scored(20, 0).map((row, i) => (i < 10 ? row : { ...row, candidate: arm({ evidence: '-' as const }) }))
    expect(evaluate(MARGIN, half)).toMatchObject({
      status: 'undecided',
      reason: { code: 'not_measured', measured: 10, of: 20 },
    })
    const misspelt: GateObject = { metric: 'quality.scor', min: 0.5 }
    expect(evaluate(misspelt, scored(20, 0), { strict: true })).toMatchObject({
      exit: 4,
      reason: { code: 'nothing_recorded' },
    })
    const guessed = scored(20, 0).map((row) => ({ ...row, candidate: arm({ latencyBasis: 'estimated' }) }))
    const latency: GateObject = { metric: 'latency.typical', max: '5s' }
    expect(evaluate(latency, guessed)).toMatchObject({ status: 'undecided', reason: { code: 'not_compared' } })
    const nowhere: GateObject = { ...MARGIN, where: { intent: 'translate' } }
    expect(evaluate(nowhere, scored(20, 0))).toMatchObject({ status: 'undecided', reason: { code: 'no_fixtures' } })
  })

  it('does not let estimated costs decide under --strict', () => {
    const range = { lowNanoUsd: 400_000, highNanoUsd: 500_000 }
    const rows = priced(60, 1).map((row) => ({
      ...row,
      candidate: arm({ evidence: 'E' as const, costNanoUsd: 450_000, costRange: range }),
    }))
    const gate: GateObject = { metric: 'cost.total', max_increase: '5%' }
    expect(evaluate(gate, rows).status).toBe('pass')
    expect(evaluate(gate, rows, { strict: true })).toMatchObject({ exit: 4, reason: { code: 'estimates_refused' } })
    const wide = rows.map((row) => ({
      ...row,
      candidate: { ...row.candidate, costRange: { lowNanoUsd: 1, highNanoUsd: 9e6 } },
    }))
    expect(evaluate(gate, wide).status).toBe('undecided')
  })

  it('does not fail one of many candidates for what one alone would fail', () => {
    const gates = requireGates([{ object: MARGIN }])
    const candidates = (count: number): { name: string; label: string; configHash: null; rows: PairRow[] }[] =>
      Array.from({ length: count }, (_, i) => ({
        name: `c${i}`,
        label: `c${i}`,
        configHash: null,
        rows: scored(60, i === 0 ? 6 : 0),
      }))
    const run = (count: number): GateResult[] =>
      sampleRun({ gates: [], over: { gates, candidates: candidates(count) } }).summary.candidates.flatMap(
        (candidate) => candidate.gates,
      )
    expect(run(1)[0]).toMatchObject({ status: 'fail' })
    expect(run(8)[0]).toMatchObject({ status: 'undecided', reason: { code: 'not_after_holm', candidates: 8 } })
  })
})

describe('before money is spent', () => {
  const foresee = (text: string, rows: readonly PairRow[]): GateForecast[] => {
    const forecaster = new GateForecaster(requireGates([{ object: parseGateExpression(text) }]))
    for (const row of rows) forecaster.add(row)
    return forecaster.forecasts()
  }

  it('says which gates these fixtures can not decide, and how many would be needed', () => {
    expect(foresee('quality.score non-inferior 0.03', scored(40, 0))).toMatchObject([
      { code: 'can_not_be_decided', fixtures: 40, needed: 76 },
    ])
    expect(foresee('quality.score non-inferior 0.03', scored(100, 0))).toMatchObject([
      { code: 'unlikely_to_be_decided', fixtures: 100, changed: 100 },
    ])
    expect(foresee('errors.rate<=1%', scored(100, 0))).toMatchObject([{ code: 'can_not_be_decided', needed: 268 }])
  })

  it('is silent about gates that can be decided', () => {
    expect(foresee('quality.score non-inferior 0.03', scored(2_000, 0))).toEqual([])
    expect(foresee('errors.rate<=1%', scored(300, 0))).toEqual([])
    expect(foresee('cost.total<=+5%', scored(5, 0))).toEqual([])
    const unchanged = scored(5, 0).map((row) => ({ ...row, routeChanged: false }))
    expect(foresee('quality.score non-inferior 0.03', unchanged)).toEqual([])
  })

  it('says so in a sentence', () => {
    const [wide] = foresee('quality.score non-inferior 0.03', scored(40, 0))
    expect(wide === undefined ? '' : describeForecast(wide)).toBe(
      'gate quality.score non-inferior 0.03 can not pass with 40 independent fixtures, even without one bad answer: it needs at least 76',
    )
    const [narrow] = foresee('quality.score non-inferior 0.03', scored(100, 0))
    expect(narrow === undefined ? '' : describeForecast(narrow)).toContain('needs ~1374 fixtures')
    const [empty] = foresee('quality.score{intent=math}>=0.5', scored(4, 0))
    expect(empty === undefined ? '' : describeForecast(empty)).toContain('no fixture matches its filter')
  })

  it('keeps its promise: with the named number and no bad answer the gate passes', () => {
    expect(evaluate({ metric: 'quality.score', non_inferior: 0.03 }, scored(76, 0)).status).toBe('pass')
    expect(evaluate({ metric: 'quality.score', non_inferior: 0.03 }, scored(75, 0)).status).toBe('undecided')
    expect(evaluate({ metric: 'errors.rate', max: '1%' }, scored(268, 0)).status).toBe('pass')
    expect(evaluate({ metric: 'errors.rate', max: '1%' }, scored(267, 0)).status).toBe('undecided')
  })
})
