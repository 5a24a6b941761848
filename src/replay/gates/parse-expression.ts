import { GatewayError } from '../../wire/errors.ts'
import type { GateObject, WhereObject } from './types.ts'

const FORM = /^([\w.-]+)(?:\{([^{}]*)\})?\s*(<=|>=|<|>|==?|non-inferior|non_inferior)\s*(\S.*)$/

/**
 * One `--gate` expression as the object it stands for: `cost.total<=+5%` (increase, because of the sign),
 * `errors.rate<=1%`, `quality.score>=0.8`, `quality.score{intent=code.*} non-inferior 0.05`.
 */
export function parseGateExpression(text: string): GateObject {
  const parts = FORM.exec(text.trim())
  if (parts === null) throw malformed(text, 'it is not "metric<=amount" or "metric non-inferior amount"')
  const [, metric = '', filter, operator = '', rest = ''] = parts
  const where = filter === undefined ? {} : { where: parseFilter(filter, text) }
  const amount = rest.trim()
  switch (operator) {
    case '<=':
      return amount.startsWith('+')
        ? { metric, ...where, max_increase: amount.slice(1) }
        : { metric, ...where, max: amount }
    case '>=':
      return { metric, ...where, min: amount }
    case 'non-inferior':
    case 'non_inferior':
      return { metric, ...where, non_inferior: amount }
    default:
      throw malformed(text, `"${operator}" is no operator of gates; use <=, >= or non-inferior`)
  }
}

function parseFilter(filter: string, text: string): WhereObject {
  const where: Record<string, string[]> = {}
  for (const part of filter.split(',')) {
    const at = part.indexOf('=')
    const key = part.slice(0, at).trim()
    if (at <= 0) throw malformed(text, `the filter "${part.trim()}" is not "name=value"`)
    if (Object.hasOwn(where, key)) throw malformed(text, `the filter names "${key}" twice; join values by "|"`)
    where[key] = part
      .slice(at + 1)
      .split('|')
      .map((value) => value.trim())
  }
  return where
}

function malformed(text: string, why: string): GatewayError {
  return new GatewayError('usage_error', `gate "${text}": ${why}`, {
    hint: `write for example 'cost.total<=+5%' or 'quality.score{intent=code.*} non-inferior 0.05'`,
  })
}
