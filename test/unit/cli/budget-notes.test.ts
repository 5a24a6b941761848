import { describe, expect, it } from 'vitest'
import { BudgetNotes } from '../../../src/cli/dev/budget-notes.ts'
import { modelId } from '../../../src/engine/matrix.ts'
import type { ExchangeRecord } from '../../../src/engine/record.ts'
import type { BudgetRule } from '../../../src/engine/routing-config.ts'
import type { BudgetLeft } from '../../../src/engine/state.ts'
import { incomingRequest, recordOf } from '../proxy/test-proxy.ts'

const DAY = Date.parse('2026-11-23T00:00:00Z')

function rule(changes: Partial<BudgetRule> = {}): BudgetRule {
  const plain = { name: 'per user', scope: 'user', window: 'day', onExceed: 'downgrade' } as const
  return { ...plain, limitNanoUsd: 5_000_000_000, warnAt: 0.8, ...changes }
}

interface Seen {
  readonly left: number
  readonly resetsAt?: number | null
  readonly subject?: string
  readonly exhausted?: true
  readonly of?: BudgetRule
}

/** A finished exchange after which so many dollars are left. */
function finished({ left, resetsAt = DAY, subject = 'anna', exhausted, of = rule() }: Seen): {
  record: ExchangeRecord
  budgets: readonly BudgetLeft[]
} {
  const record = recordOf(incomingRequest())
  const { name: budget, scope, limitNanoUsd } = of
  const leftNanoUsd = left * 1e9
  const spent = { code: 'budget_exhausted', budget, subject, leftNanoUsd, neededNanoUsd: 1 } as const
  const candidate = { model: modelId('dear'), tier: 'premium', rejected: spent }
  return {
    record: {
      ...record,
      decision: { ...record.decision, ...(exhausted === undefined ? {} : { candidates: [candidate] }) },
      budget: {
        reservedNanoUsd: 0,
        settledNanoUsd: 0,
        left: [{ budget, scope, subject, leftNanoUsd, limitNanoUsd, resetsAt }],
      },
    },
    // What the decision saw is older than what the record says.
    budgets: [{ rule: of, subject, leftNanoUsd: limitNanoUsd, resetsAt }],
  }
}

function speaker(): (seen: Seen) => readonly string[] {
  const notes = new BudgetNotes()
  return (seen) => {
    const { record, budgets } = finished(seen)
    return notes.of(record, budgets)
  }
}

describe('notes about budgets', () => {
  it('warn once in a window and for each subject', () => {
    const say = speaker()
    expect(say({ left: 1.1 })).toEqual([])
    expect(say({ left: 0.9 })).toEqual([
      'budget "per user" of anna has used 82% of $5.00; $.900 left until 2026-11-23T00:00:00Z',
    ])
    expect(say({ left: 0.5 })).toEqual([])
    expect(say({ left: 0.5, subject: 'ben' })).toHaveLength(1)
    expect(say({ left: 0.9, resetsAt: DAY + 86_400_000 })).toHaveLength(1)
    expect(say({ left: 0.8, resetsAt: DAY + 86_400_000 })).toEqual([])
  })

  it('say once that one is spent, and what happens then', () => {
    const say = speaker()
    expect(say({ left: 0.001, exhausted: true })).toEqual([
      'budget "per user" of anna is spent, $.0010 of $5.00 left: requests go to lower tiers where they fit until 2026-11-23T00:00:00Z',
    ])
    expect(say({ left: 0.001, exhausted: true })).toEqual([])
    expect(say({ left: 0.0005 })).toEqual([])
    const stop = rule({ name: 'stop', scope: 'global', onExceed: 'block' })
    const [text] = speaker()({ left: 0, exhausted: true, subject: '', of: stop, resetsAt: null })
    expect(text).toBe('budget "stop" is spent, $0 of $5.00 left: requests are refused')
  })

  it('begin anew when a window that rolls is free again', () => {
    const say = speaker()
    const rolling = rule({ rolling: true })
    const lefts = [0.5, 0.4, 4, 0.5]
    expect(lefts.map((left) => say({ left, resetsAt: null, of: rolling }).length)).toEqual([1, 0, 0, 1])
  })

  it('take the balances of the decision where nothing was spent, and are silent without budgets', () => {
    const { record } = finished({ left: 5 })
    const { budget: _budget, ...refused } = record
    const empty = { rule: rule({ limitNanoUsd: 0 }), subject: 'anna', leftNanoUsd: 0, resetsAt: DAY }
    expect(new BudgetNotes().of(refused, [empty])).toHaveLength(1)
    expect(new BudgetNotes().of(record, [])).toEqual([])
  })

  it('let no name steer the terminal', () => {
    const [text = ''] = speaker()({ left: 0, subject: `a\u001B[2J\n${'x'.repeat(200)}` })
    for (const control of ['\u001B', '\n']) expect(text).not.toContain(control)
    expect(text.length).toBeLessThan(250)
  })
})
