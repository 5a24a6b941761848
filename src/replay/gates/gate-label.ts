import type { Gate, GateBound } from './types.ts'
import { metricFacts } from '../summary/metric-facts.ts'
import type { MetricUnit } from '../summary/types.ts'
import { whereLabel } from './where.ts'

/** `quality.score{intent=code}`: what a gate is about; two gates must not share it. */
export function gateSubject(gate: Pick<Gate, 'metric' | 'where'>): string {
  const where = whereLabel(gate.where)
  return where === '' ? gate.metric : `${gate.metric}{${where}}`
}

/** The gate in the form of `--gate`, such as `cost.total<=+5%`; bounds joined by ` and `. */
export function gateLabel(gate: Gate): string {
  const { unit } = metricFacts(gate.metric)
  const bounds = gate.bounds.map((bound) => boundLabel(bound, unit)).join(' and ')
  const space = gate.bounds[0]?.kind === 'non_inferior' ? ' ' : ''
  return `${gateSubject(gate)}${space}${bounds}${gate.scope === 'fixtures' ? ' (these fixtures)' : ''}`
}

function boundLabel(bound: GateBound, unit: MetricUnit): string {
  switch (bound.kind) {
    case 'max_increase':
      return `<=+${bound.relative ? percent(bound.limit) : amountLabel(bound.limit, unit)}`
    case 'max':
      return `<=${amountLabel(bound.limit, unit)}`
    case 'min':
      return `>=${amountLabel(bound.limit, unit)}`
    case 'non_inferior':
      return `non-inferior ${short(bound.margin)}`
  }
}

function amountLabel(value: number, unit: MetricUnit): string {
  switch (unit) {
    case 'nano_usd':
      return `$${short(value / 1e9)}`
    case 'ms':
      return `${short(value)}ms`
    case 'share':
      return percent(value)
    case 'score':
    case 'tokens':
      return short(value)
  }
}

function percent(share: number): string {
  return `${short(share * 100)}%`
}

/** Without the tail of binary fractions. */
function short(value: number): string {
  return String(Number(value.toPrecision(10)))
}
