import { BUILT_IN_METRICS, metricFacts, type MetricFacts } from '../summary/metric-facts.ts'
import { GatewayError } from '../../wire/errors.ts'
import { readAmount } from './amounts.ts'
import { gateSubject } from './gate-label.ts'
import type { Gate, GateBound, GateObject, Where, WhereObject } from './types.ts'
import { WHERE_KEYS } from './where.ts'

/** What is wrong with one gate; `path` is the member at fault, empty for the whole gate. */
interface GateProblem {
  /** Position in the list. */
  readonly index: number
  readonly path: string
  readonly message: string
}

export interface GateReading {
  readonly gates: readonly Gate[]
  readonly problems: readonly GateProblem[]
}

/** A gate with the place it came from. */
export interface GateSource {
  readonly object: GateObject
  readonly origin?: { readonly file: string; readonly line: number }
}

/** Checks gates: known metrics, readable amounts, no contradiction, no second gate on the same metric and filter. */
export function readGates(sources: readonly GateSource[]): GateReading {
  const gates: Gate[] = []
  const problems: GateProblem[] = []
  const firstOf = new Map<string, number>()
  for (const [index, source] of sources.entries()) {
    const read = readGate(source)
    if ('problems' in read) {
      problems.push(...read.problems.map((problem) => ({ index, ...problem })))
      continue
    }
    const subject = gateSubject(read.gate)
    const first = firstOf.get(subject)
    if (first === undefined) {
      firstOf.set(subject, index)
      gates.push(read.gate)
    } else {
      const message = `second gate on ${subject}; the first is number ${first + 1}: merge them into one`
      problems.push({ index, path: '', message })
    }
  }
  return { gates, problems }
}

/** `readGates` for callers that can not go on: throws one error that lists every problem. */
export function requireGates(
  sources: readonly GateSource[],
  code: 'usage_error' | 'config_invalid' = 'usage_error',
): readonly Gate[] {
  const { gates, problems } = readGates(sources)
  if (problems.length === 0) return gates
  const lines = problems.map(
    ({ index, path, message }) => `gate ${index + 1}${path === '' ? '' : ` ${path}`}: ${message}`,
  )
  throw new GatewayError(code, lines.join('; '), {
    hint: `write for example 'cost.total<=+5%' or 'quality.score non-inferior 0.03'`,
  })
}

type Problem = Omit<GateProblem, 'index'>

function readGate({ object, origin }: GateSource): { gate: Gate } | { problems: Problem[] } {
  if (!knownMetric(object.metric)) return { problems: [unknownMetric(object.metric)] }
  const facts = metricFacts(object.metric)
  const problems: Problem[] = []
  const bounds = readBounds(object, facts, problems)
  const where = readWhere(object.where ?? {}, problems)
  problems.push(...contradictions(object, bounds, facts))
  if (problems.length > 0) return { problems }
  return {
    gate: {
      metric: object.metric,
      where,
      bounds,
      level: object.level ?? 'error',
      onInconclusive: object.on_inconclusive ?? 'warn',
      scope: object.scope ?? 'traffic',
      ...(origin === undefined ? {} : { origin }),
    },
  }
}

/** Scorers may count for any metric of their own under these two heads. */
function knownMetric(metric: string): boolean {
  return Object.hasOwn(BUILT_IN_METRICS, metric) || /^(quality|agreement)\.[a-z][\w.-]*$/.test(metric)
}

function unknownMetric(metric: string): Problem {
  const known = [...Object.keys(BUILT_IN_METRICS), 'quality.<name>', 'agreement.<name>'].join(', ')
  return { path: 'metric', message: `unknown metric "${metric}"; known are ${known}` }
}

function readBounds(object: GateObject, facts: MetricFacts, problems: Problem[]): GateBound[] {
  const relative = facts.changeKind === 'relative'
  const amount = (name: 'max_increase' | 'max' | 'min' | 'non_inferior'): number | undefined => {
    const value = object[name]
    if (value === undefined) return undefined
    const read = readAmount(value, facts, name === 'max_increase' && relative ? 'relative' : 'absolute')
    if (read === undefined) problems.push({ path: name, message: `"${value}" is no amount for ${object.metric}` })
    else if (read < 0) problems.push({ path: name, message: `"${value}" is negative` })
    return read
  }
  const bounds: GateBound[] = []
  const increase = amount('max_increase')
  if (increase !== undefined) bounds.push({ kind: 'max_increase', limit: increase, relative })
  const max = amount('max')
  if (max !== undefined) bounds.push({ kind: 'max', limit: max })
  const min = amount('min')
  if (min !== undefined) bounds.push({ kind: 'min', limit: min })
  const margin = amount('non_inferior')
  if (margin !== undefined) bounds.push({ kind: 'non_inferior', margin })
  return bounds
}

function contradictions(object: GateObject, bounds: readonly GateBound[], facts: MetricFacts): Problem[] {
  const problems: Problem[] = []
  const has = (kind: GateBound['kind']): boolean => bounds.some((bound) => bound.kind === kind)
  const written = object.max_increase ?? object.max ?? object.min ?? object.non_inferior
  if (written === undefined) {
    problems.push({ path: '', message: 'no bound: add max_increase, max, min or non_inferior' })
  }
  const max = bounds.find((bound) => bound.kind === 'max')
  const min = bounds.find((bound) => bound.kind === 'min')
  if (max !== undefined && min !== undefined && min.limit > max.limit) {
    problems.push({ path: 'min', message: 'min is larger than max, so no run could pass' })
  }
  if (has('max_increase') && facts.good === 'higher') {
    problems.push({ path: 'max_increase', message: `more ${object.metric} is better; use non_inferior or min` })
  }
  if (has('max_increase') && object.metric === 'routes.changed') {
    problems.push({ path: 'max_increase', message: 'routes.changed has no baseline value; use max' })
  }
  if (has('non_inferior') && facts.good !== 'higher') {
    problems.push({ path: 'non_inferior', message: `needs a metric where more is better; use max_increase or max` })
  }
  if (bounds.some((bound) => bound.kind === 'non_inferior' && bound.margin === 0)) {
    problems.push({ path: 'non_inferior', message: 'a margin of 0 can not be shown with any number of fixtures' })
  }
  return problems
}

function readWhere(object: WhereObject, problems: Problem[]): Where {
  const where: { -readonly [Key in keyof Where]: Where[Key] } = {}
  for (const key of Object.keys(object)) {
    if (!WHERE_KEYS.some((known) => known === key)) {
      problems.push({ path: `where.${key}`, message: `unknown filter; known are ${WHERE_KEYS.join(', ')}` })
    }
  }
  for (const key of WHERE_KEYS) {
    const value = object[key]
    if (value === undefined) continue
    const list = typeof value === 'string' ? [value] : [...value]
    if (list.length === 0 || list.includes('')) problems.push({ path: `where.${key}`, message: 'is empty' })
    where[key] = list.toSorted()
  }
  return where
}
