import { describe, expect, it } from 'vitest'
import { judge } from '../../../../src/replay/summary/verdict.ts'
import type { MetricSummary } from '../../../../src/replay/summary/types.ts'
import type { ArmRow, PairRow } from '../../../../src/replay/types.ts'
import { sampleRun } from '../../report/sample-run.ts'
import { arm, pair, sampleRows } from './sample-rows.ts'

function metric(rows: readonly PairRow[], name: string, slice = 'all'): MetricSummary {
  const { summary } = sampleRun({ rows, gates: [] })
  const found = summary.candidates[0]?.metrics.find((item) => item.metric === name && item.slice.label === slice)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

function rowsOf(
  count: number,
  arms: (i: number) => { baseline?: Partial<ArmRow>; candidate: Partial<ArmRow> },
): PairRow[] {
  return Array.from({ length: count }, (_, i) => {
    const { baseline = {}, candidate } = arms(i)
    return pair(i, { routeChanged: true, baseline: arm(baseline), candidate: arm({ model: 'small', ...candidate }) })
  })
}

const score = (value: number): { metrics: Record<string, number> } => ({ metrics: { 'quality.score': value } })

describe('the verdict of an interval', () => {
  it.each([
    [{ low: 0.01, high: 0.1 }, 'better'],
    [{ low: -0.04, high: 0.03 }, 'equivalent'],
    [{ low: -0.04, high: -0.01 }, 'equivalent'],
    [{ low: -0.09, high: -0.01 }, 'worse'],
    [{ low: -0.09, high: 0.02 }, 'inconclusive'],
    [{ low: -0.05, high: 0 }, 'inconclusive'],
  ])('%o with a margin of 5 points is %s', (interval, kind) => {
    expect(judge(interval, 'higher', 0.05).kind).toBe(kind)
    expect(judge({ low: -interval.high, high: -interval.low }, 'lower', 0.05).kind).toBe(kind)
  })

  it('knows no "equivalent" without a margin, and no verdict where neither is better', () => {
    expect(judge({ low: -0.01, high: 0.01 }, 'higher', null).kind).toBe('inconclusive')
    expect(judge({ low: 0.5, high: 0.6 }, 'neither', null).kind).toBe('not_compared')
  })
})

describe('the method follows the data', () => {
  const graded = (i: number): number => ((i * 37) % 100) / 100
  it.each<[string, PairRow[], string, string]>([
    [
      'pass/fail, single turns',
      rowsOf(30, (i) => ({ baseline: score(1), candidate: score(i % 9 === 0 ? 0 : 1) })),
      'quality.score',
      'bonett_price',
    ],
    [
      'graded, few',
      rowsOf(30, (i) => ({ baseline: score(graded(i)), candidate: score(graded(i + 1)) })),
      'quality.score',
      'paired_t',
    ],
    [
      'graded, many',
      rowsOf(120, (i) => ({ baseline: score(graded(i)), candidate: score(graded(i + 1)) })),
      'quality.score',
      'bca_bootstrap',
    ],
    ['sessions', sampleRows(128), 'quality.score', 'cluster_t'],
    ['total cost', sampleRows(128), 'cost.total', 'ratio_of_sums_bootstrap'],
    ['total cost of few sessions', sampleRows(18), 'cost.total', 'ratio_of_sums_t'],
    ['total cost of very many sessions', sampleRows(15_003), 'cost.total', 'ratio_of_sums_t'],
    ['cost per request, sessions', sampleRows(128), 'cost.request', 'cluster_log_ratio_t'],
    [
      'cost per request, single turns',
      rowsOf(30, (i) => ({ candidate: { costNanoUsd: 900_000 + i * 1_000 } })),
      'cost.request',
      'log_ratio_t',
    ],
    [
      'a free model',
      rowsOf(30, (i) => ({ candidate: { costNanoUsd: i % 3 === 0 ? 0 : 500_000 } })),
      'cost.request',
      'cluster_t',
    ],
    [
      'slow answers',
      rowsOf(120, (i) => ({ candidate: { totalMs: 900 + 3 * i } })),
      'latency.p95',
      'p95_ratio_bootstrap',
    ],
    ['changed routes', sampleRows(128), 'routes.changed', 'wilson'],
  ])('%s', (_, rows, name, method) => {
    expect(metric(rows, name).method).toBe(method)
  })

  it('compares by differences where something was free', () => {
    const free = metric(
      rowsOf(30, () => ({ candidate: { costNanoUsd: 0 } })),
      'cost.total',
    )
    expect(free).toMatchObject({ changeKind: 'difference', change: -30_000_000, candidate: 0 })
    expect(free.verdict.kind).toBe('better')
  })
})

describe('quality', () => {
  it('is exactly equal where every answer is the same, scored or not', () => {
    const rows = Array.from({ length: 20 }, (_, i) => pair(i))
    expect(metric(rows, 'quality.score')).toMatchObject({ verdict: { kind: 'equal' }, interval90: { low: 0, high: 0 } })
  })

  it('is not equal just because no difference was seen on changed routes', () => {
    const rows = rowsOf(20, () => ({ baseline: score(1), candidate: score(1) }))
    const found = metric(rows, 'quality.score')
    expect(found.verdict.kind).toBe('inconclusive')
    expect(found.interval90?.low).toBeLessThan(-0.05)
  })

  it('is not measured below the coverage, and then shows bounds instead of an interval', () => {
    const rows = rowsOf(20, (i) => ({ baseline: score(1), candidate: i < 15 ? score(1) : { evidence: '-' } }))
    expect(metric(rows, 'quality.score')).toMatchObject({
      verdict: { kind: 'not_measured', reason: { code: 'below_coverage', measured: 15, of: 20, need: 0.9 } },
      interval90: null,
      bounds: { low: -0.25, high: 0 },
    })
  })

  it('does not let unchanged routes hide that changed ones were not measured', () => {
    const same = Array.from({ length: 95 }, (_, i) =>
      pair(i, { baseline: arm(score(1)), candidate: arm({ ...score(1), evidence: '=' }) }),
    )
    const changed = rowsOf(10, (i) => ({ baseline: score(1), candidate: i < 3 ? score(1) : { evidence: '-' } }))
    const rows = [...same, ...changed.map((row, i) => ({ ...row, fixture: `fx_c${i}`, session: `c_${i}` }))]
    expect(metric(rows, 'quality.score').verdict).toEqual({
      kind: 'not_measured',
      reason: { code: 'changed_unmeasured', measured: 3, of: 10, need: 0.9 },
    })
  })

  it('says what the set can see', () => {
    const found = metric(
      rowsOf(100, (i) => ({ baseline: score(1), candidate: score(i < 5 ? 0 : 1) })),
      'quality.score',
    )
    expect(found.canSee).toBeGreaterThan(0.04)
    expect(found.canSee).toBeLessThan(0.09)
    expect(found.mcnemarP).toBeCloseTo(0.0625, 10)
  })

  it('counts agreement with the old answer as information only', () => {
    const rows = rowsOf(30, () => ({
      baseline: { metrics: { 'agreement.exact': 1 } },
      candidate: { metrics: { 'agreement.exact': 0 } },
    }))
    expect(metric(rows, 'agreement.exact').verdict).toEqual({ kind: 'not_compared', reason: { code: 'informational' } })
  })
})

describe('latency', () => {
  it('is compared only when both arms were timed alike', () => {
    const live = rowsOf(30, (i) => ({
      baseline: { totalMs: 1_000 + i, latencyBasis: 'live' },
      candidate: { totalMs: 700 + i, latencyBasis: 'live' },
    }))
    expect(metric(live, 'latency.typical').verdict.kind).toBe('better')
    const mixed = rowsOf(30, (i) => ({ candidate: { totalMs: 700 + i, latencyBasis: 'live' } }))
    expect(metric(mixed, 'latency.typical')).toMatchObject({
      verdict: {
        kind: 'not_compared',
        reason: { code: 'latency_bases_differ', baseline: 'recorded', candidate: 'live' },
      },
      change: null,
      interval90: null,
    })
  })

  it('is never judged when it is an estimate', () => {
    const guess: Partial<ArmRow> = { latencyBasis: 'estimated', totalMs: 500 }
    const rows = rowsOf(30, () => ({ baseline: { ...guess, totalMs: 900 }, candidate: guess }))
    expect(metric(rows, 'latency.typical')).toMatchObject({
      verdict: { kind: 'not_compared', reason: { code: 'latency_estimated' } },
      estimated: 30,
    })
  })
})

describe('slices', () => {
  it('are exploratory unless a gate names them, and never change the exit code', () => {
    const { summary } = sampleRun({ gates: ['quality.score{intent=math} non-inferior 0.9'] })
    const [candidate] = summary.candidates
    const slices = candidate?.metrics.filter(({ slice }) => slice.label !== 'all') ?? []
    expect(
      slices.find((item) => item.slice.label === 'intent=math' && item.metric === 'quality.score')?.exploratory,
    ).toBe(false)
    expect(slices.find((item) => item.slice.label === 'intent=chat')?.exploratory).toBe(true)
    expect(slices.some(({ verdict }) => verdict.kind === 'worse')).toBe(true)
    expect(summary.exit.code).toBe(0)
  })

  it('take over the margin of the metric', () => {
    const { summary } = sampleRun({ gates: ['quality.score non-inferior 0.2'] })
    const math = summary.candidates[0]?.metrics.find(
      ({ slice, metric: name }) => slice.label === 'intent=math' && name === 'quality.score',
    )
    expect(math?.margin).toBe(0.2)
  })
})

describe('a summary', () => {
  it('is the same for the same input, and survives JSON', () => {
    const { summary } = sampleRun()
    expect(JSON.stringify(sampleRun().summary)).toBe(JSON.stringify(summary))
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary)
  })

  it('draws each figure from its own seed, so that another gate changes no other figure', () => {
    const one = sampleRun({ gates: [] }).summary.candidates[0]?.metrics.find((item) => item.metric === 'cost.total')
    const two = sampleRun({ gates: ['cost.request<=+5%'] }).summary.candidates[0]?.metrics.find(
      (item) => item.metric === 'cost.total',
    )
    expect(two?.interval90).toEqual(one?.interval90)
  })

  it('lists what got worse, worst first: errors, refusals, then the largest loss', () => {
    const rows = rowsOf(6, (i) => {
      const arms: Partial<ArmRow>[] = [
        score(0.4),
        score(0.1),
        { error: 'upstream_exhausted' },
        { refused: true },
        score(1),
        score(0.4),
      ]
      return { baseline: score(1), candidate: arms[i] ?? {} }
    })
    const [candidate] = sampleRun({ rows, gates: [] }).summary.candidates
    expect(candidate?.regressions.map(({ fixture }) => fixture)).toEqual([
      'fx_002',
      'fx_003',
      'fx_001',
      'fx_000',
      'fx_005',
    ])
    expect(candidate?.regressionCount).toBe(5)
  })

  it('tells what its figures rest on', () => {
    const codes = sampleRun().summary.assumptions.map(({ code }) => code)
    expect(codes).toEqual(['teacher_forced', 'synthetic'])
  })

  it('copes with no fixtures at all', () => {
    const { summary } = sampleRun({ rows: [] })
    expect(summary.exit.code).toBe(0)
    expect(summary.candidates[0]?.gates.every(({ status }) => status === 'undecided')).toBe(true)
  })
})
