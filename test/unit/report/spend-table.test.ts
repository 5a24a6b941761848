import { describe, expect, it } from 'vitest'
import type { BudgetRule } from '../../../src/engine/routing-config.ts'
import type { SpendReport, SpendTotals } from '../../../src/engine/spend.ts'
import { budgetJson, budgetTable, type BudgetLine } from '../../../src/report/spend-budgets.ts'
import { spendCsv, spendJson } from '../../../src/report/spend-data.ts'
import { spendNotes, spendTable } from '../../../src/report/spend-table.ts'
import { noPaint } from '../../../src/report/style.ts'

const NOTHING: SpendTotals = {
  calls: 0,
  failed: 0,
  refused: 0,
  orphaned: 0,
  unknown: 0,
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
  costNanoUsd: 0,
  estimatedNanoUsd: 0,
  reservedNanoUsd: 0,
}

function report(
  lines: readonly (readonly [string, Partial<SpendTotals>])[],
  over: Partial<SpendReport> = {},
): SpendReport {
  const totals = lines.map(([, changes]) => ({ ...NOTHING, ...changes }))
  const cost = totals.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
  return {
    by: ['model'],
    lines: lines.map(([name], index) => ({ values: [name], totals: totals[index] ?? NOTHING })),
    total: { ...NOTHING, calls: lines.length, costNanoUsd: cost },
    since: null,
    until: null,
    widened: false,
    tagsSince: null,
    open: { attempts: 0, reservedNanoUsd: 0 },
    ...over,
  }
}

const wide = { width: 120, ascii: false, paint: noPaint }
/** The words of the column under a heading. */
const column = (lines: readonly string[], heading: string): string[] => {
  const end = (lines[0] ?? '').indexOf(heading) + heading.length
  return lines.slice(1).map((line) => line.slice(0, end).split(' ').at(-1) ?? '')
}

describe('spend table', () => {
  it('shows every amount exactly, all with as many decimals as the finest needs', () => {
    const costs = (...nano: number[]): string[] =>
      column(spendTable(report(nano.map((costNanoUsd) => ['m', { costNanoUsd }])), wide), 'COST $')
    expect(costs(1, 9_007_199_000_000_000)).toEqual(['0.000000001', '9007199.000000000', '9007199.000000001'])
    expect(costs(1_500_000_000)).toEqual(['1.50', '1.50'])
    expect(costs(0)).toEqual(['0.00', '0.00'])
    expect(costs(120_000, 2_000_000_000)).toEqual(['0.00012', '2.00000', '2.00012'])
  })

  it('says which part of the cost is an estimate, and never rounds a small part to none', () => {
    const lines = spendTable(
      report([
        ['a', { costNanoUsd: 1000, estimatedNanoUsd: 250, reservedNanoUsd: 250 }],
        ['b', { costNanoUsd: 1_000_000, estimatedNanoUsd: 1 }],
        ['c', { costNanoUsd: 1000 }],
      ]),
      wide,
    )
    expect(lines.map((line) => line.split(' ').at(-1))).toEqual(['EST', '50%', '<1%', '0%', '0%'])
  })

  it('keeps names, calls and cost when the terminal is narrow', () => {
    const narrow = spendTable(report([['a-model-with-a-name', { calls: 123_456, costNanoUsd: 1 }]]), {
      ...wide,
      width: 64,
    })
    for (const line of narrow) expect(line.length).toBeLessThanOrEqual(64)
    expect(narrow[0]).toMatch(/MODEL +CALLS .*COST \$/u)
    expect(narrow.join('\n')).toContain('0.000000001')
  })

  it('uses only ASCII when asked', () => {
    expect(spendTable(report([['', {}]]), { ...wide, ascii: true }).join('\n')).not.toMatch(/[^\n -~]/u)
  })

  it('tells what a reader would otherwise take wrongly', () => {
    const notes = spendNotes(
      report([], {
        by: ['group', 'tag'],
        total: { ...NOTHING, unknown: 1, refused: 2 },
        widened: true,
        since: Date.UTC(2026, 0, 1),
        until: Date.UTC(2026, 0, 2, 3),
        tagsSince: Date.UTC(2026, 0, 5),
        open: { attempts: 3, reservedNanoUsd: 5 },
      }),
      [],
    ).join('\n')
    for (const fact of [
      'with several groups is in the line of each, once in the total',
      'with several tags is in the line of each',
      'whole days count: 2026-01-01 to 2026-01-02T03:00:00Z',
      'reach back to 2026-01-05',
      'the cost of 1 call is not known',
      '2 calls reached no provider',
      '3 calls not ended',
    ])
      expect(notes).toContain(fact)
    expect(spendNotes(report([['m', { calls: 1 }]]), [])).toEqual([])
  })
})

describe('spend as data', () => {
  it('holds the same amounts in JSON and CSV', () => {
    const one = report([
      ['a', { calls: 2, costNanoUsd: 1_000_000_007, input: 3 }],
      ['', { calls: 1, costNanoUsd: 5 }],
    ])
    expect(spendJson(one)).toMatchObject({
      lines: [
        { model: 'a', costNanoUsd: 1_000_000_007, costUsd: '1.000000007' },
        { model: null, costNanoUsd: 5, costUsd: '0.000000005' },
      ],
      total: { costUsd: '1.000000012' },
    })
    const [head = '', first = '', second = ''] = spendCsv(one).split('\n')
    const cell = (line: string, name: string): string | undefined => line.split(',')[head.split(',').indexOf(name)]
    expect([cell(first, 'model'), cell(first, 'cost_usd'), cell(first, 'cost_nano_usd')]).toEqual([
      'a',
      '1.000000007',
      '1000000007',
    ])
    expect([cell(second, 'model'), cell(second, 'calls')]).toEqual(['', '1'])
  })
})

describe('budget table', () => {
  const rule: BudgetRule = {
    name: 'team',
    scope: 'user',
    limitNanoUsd: 1_000_000_000,
    window: 'day',
    warnAt: 0.8,
    onExceed: 'block',
  }
  const line = (changes: Partial<BudgetLine>): BudgetLine => ({
    rule,
    subject: 'ada',
    spentNanoUsd: 0,
    reservedNanoUsd: 0,
    leftNanoUsd: 1_000_000_000,
    resetsAt: Date.UTC(2026, 0, 2),
    ...changes,
  })
  const state = (changes: Partial<BudgetLine>): unknown => budgetJson(line(changes))['state']

  it('warns from the share on, and is spent when nothing is left, also by what is held', () => {
    expect(state({ spentNanoUsd: 799_999_999, leftNanoUsd: 200_000_001 })).toBe('ok')
    expect(state({ spentNanoUsd: 800_000_000, leftNanoUsd: 200_000_000 })).toBe('warn')
    expect(state({ spentNanoUsd: 1, reservedNanoUsd: 999_999_999, leftNanoUsd: 0 })).toBe('spent')
    expect(state({ rule: { ...rule, limitNanoUsd: 0 }, leftNanoUsd: 0 })).toBe('spent')
  })

  it('names subject, models, window and reset', () => {
    const [, first = '', second = '', third = ''] = budgetTable(
      [
        line({ spentNanoUsd: 1, leftNanoUsd: 999_999_999 }),
        line({
          rule: { ...rule, scope: 'key', modelClass: { kind: 'tier', tier: 'premium' } },
          subject: 'key_x',
          alias: 'web',
        }),
        line({
          rule: { ...rule, scope: 'global', window: 'month', rolling: true },
          subject: '',
          leftNanoUsd: -5,
          resetsAt: null,
        }),
      ],
      { ...wide, width: 160 },
    )
    expect(first).toMatch(/^team +user ada +all +day +1 +0\.000000001 +0 +0\.999999999 +0% +ok +2026-01-02 00:00$/u)
    expect(second).toMatch(/^team +key web +tier:premium/u)
    expect(third).toMatch(/^team +everybody +all +month, rolling .* -0\.000000005 +0% +spent +–$/u)
  })
})
