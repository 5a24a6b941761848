import { assert, constantFrom, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gateLabel } from '../../../../src/replay/gates/gate-label.ts'
import { parseGateExpression } from '../../../../src/replay/gates/parse-expression.ts'
import { readGates, requireGates } from '../../../../src/replay/gates/read-gate.ts'
import type { Gate, GateObject } from '../../../../src/replay/gates/types.ts'
import { GatewayError } from '../../../../src/wire/errors.ts'

function fromText(text: string): Gate {
  const [gate] = requireGates([{ object: parseGateExpression(text) }])
  if (gate === undefined) throw new Error('no gate')
  return gate
}

function problemsOf(...objects: readonly GateObject[]): string[] {
  return readGates(objects.map((object) => ({ object }))).problems.map(({ path, message }) => `${path}: ${message}`)
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof GatewayError) return error.code
    throw error
  }
  return 'no error'
}

describe('gates on the command line', () => {
  it('are sugar for the objects of the config', () => {
    expect(parseGateExpression('cost.total<=+5%')).toEqual({ metric: 'cost.total', max_increase: '5%' })
    expect(parseGateExpression('errors.rate <= 1%')).toEqual({ metric: 'errors.rate', max: '1%' })
    expect(parseGateExpression('quality.score>=0.8')).toEqual({ metric: 'quality.score', min: '0.8' })
    expect(parseGateExpression('quality.score non-inferior 0.03')).toEqual({
      metric: 'quality.score',
      non_inferior: '0.03',
    })
    expect(parseGateExpression('quality.score{intent=code.*|math, tag=golden} non-inferior 5pp')).toEqual({
      metric: 'quality.score',
      where: { intent: ['code.*', 'math'], tag: ['golden'] },
      non_inferior: '5pp',
    })
  })

  it('read amounts in the unit of the metric', () => {
    expect(fromText('cost.total<=+5%').bounds).toEqual([{ kind: 'max_increase', limit: 0.05, relative: true }])
    expect(fromText('cost.total<=$0.50').bounds).toEqual([{ kind: 'max', limit: 500_000_000 }])
    expect(fromText('cost.total<=0.5').bounds).toEqual([{ kind: 'max', limit: 500_000_000 }])
    expect(fromText('latency.p95<=2s').bounds).toEqual([{ kind: 'max', limit: 2_000 }])
    expect(fromText('latency.typical<=900').bounds).toEqual([{ kind: 'max', limit: 900 }])
    expect(fromText('errors.rate<=+1pp').bounds).toEqual([{ kind: 'max_increase', limit: 0.01, relative: false }])
    expect(fromText('quality.score non-inferior 3pp').bounds).toEqual([{ kind: 'non_inferior', margin: 0.03 }])
  })

  it.each([
    ['cost.total', 'no comparison'],
    ['cost.total<5%', 'strict operator'],
    ['cost.total==5', 'equality'],
    ['quality.score{intent} non-inferior 0.1', 'filter without value'],
    ['quality.score{intent=a,intent=b}>=0.5', 'filter twice'],
    ['cost.totl<=+5%', 'unknown metric'],
    ['cost.total<=+five%', 'no number'],
    ['cost.total<=+5ms', 'wrong unit'],
    ['cost.total<=$5%', 'two units'],
    ['cost.total<=-5', 'negative'],
    ['errors.rate<=2s', 'wrong unit for a share'],
    ['quality.score{colour=red}>=0.5', 'unknown filter'],
    ['quality.score{intent=}>=0.5', 'empty filter'],
    ['quality.score<=+5%', 'increase of what should increase'],
    ['routes.changed<=+5%', 'increase without baseline'],
    ['cost.total non-inferior 0.1', 'non-inferior cost'],
    ['quality.score non-inferior 0', 'margin of nothing'],
  ])('refuses %s (%s) as a usage error', (text) => {
    expect(codeOf(() => fromText(text))).toBe('usage_error')
  })

  it('keep their meaning when the label is read again', () => {
    const texts = constantFrom(
      'cost.total<=+5%',
      'cost.request<=$0.0012',
      'errors.rate<=1%',
      'routes.changed<=30%',
      'latency.p95<=2s',
      'quality.score>=0.8',
      'quality.score{intent=code.*} non-inferior 0.05',
      'quality.score{tag=a|b,tier=free} non-inferior 3pp',
    )
    assert(
      property(texts, (text) => {
        const gate = fromText(text)
        expect(fromText(gateLabel(gate))).toEqual(gate)
      }),
      { seed: 1 },
    )
  })
})

describe('gates in a config', () => {
  it('report every problem at once, with its member', () => {
    expect(
      problemsOf(
        { metric: 'qualty.score', non_inferior: 0.03 },
        { metric: 'cost.total' },
        { metric: 'errors.rate', min: '5%', max: '1%' },
        { metric: 'latency.p95', max: '5%' },
      ),
    ).toEqual([
      expect.stringMatching(/^metric: unknown metric "qualty\.score"/),
      ': no bound: add max_increase, max, min or non_inferior',
      'min: min is larger than max, so no run could pass',
      'max: "5%" is no amount for latency.p95',
    ])
  })

  it('refuse a second gate on the same metric and filter, however the filter is written', () => {
    expect(
      problemsOf(
        { metric: 'quality.score', where: { intent: ['math', 'chat'] }, non_inferior: 0.03 },
        { metric: 'quality.score', where: { intent: ['chat', 'math'] }, min: 0.5 },
      ),
    ).toEqual([expect.stringContaining('second gate on quality.score{intent=chat|math}')])
    expect(problemsOf({ metric: 'errors.rate', max: '1%' }, { metric: 'refusals.rate', max: '1%' })).toEqual([])
  })

  it('may bound a metric in several ways in one gate', () => {
    const [gate] = requireGates([{ object: { metric: 'cost.total', max_increase: '5%', max: '$2' } }])
    expect(gate?.bounds).toHaveLength(2)
    expect(gate === undefined ? '' : gateLabel(gate)).toBe('cost.total<=+5% and <=$2')
  })

  it('carry their place and their defaults', () => {
    const origin = { file: 'gateway.yaml', line: 12 }
    const [gate] = requireGates([{ object: { metric: 'errors.rate', max: '1%' }, origin }], 'config_invalid')
    expect(gate).toMatchObject({ origin, level: 'error', onInconclusive: 'warn', scope: 'traffic' })
    expect(codeOf(() => requireGates([{ object: { metric: 'x', max: 1 } }], 'config_invalid'))).toBe('config_invalid')
  })
})
