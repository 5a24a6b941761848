import type { Flip, FlipChange } from '../explain/flip.ts'
import { count, duration, share, usd } from './amounts.ts'

/** A change that would alter the choice, and what would be chosen then. */
export function describeFlip({ change, becomes }: Flip): string {
  return `${describeFlipChange(change)} -> ${becomes ?? 'refused'}`
}

/** A single change, as a condition: `cost weight >= .37`. */
function describeFlipChange(change: FlipChange): string {
  switch (change.kind) {
    case 'input_tokens':
      return `prompt ${direction(change)} ${exactCount(change.to)} tokens (now ${exactCount(change.from)})`
    case 'complexity':
      return `complexity ${direction(change)} ${share(change.to)} (now ${share(change.from)})`
    case 'weight':
      return `${change.axis} weight ${direction(change)} ${share(change.to)} (now ${share(change.from)})`
    case 'limit':
      return `${change.axis} limit ${direction(change)} ${limit(change.axis, change.to)} (now ${limit(change.axis, change.from)})`
    case 'price':
      return `${change.model} ${percent(change.factor)}`
    case 'health':
      return `${change.model} ${change.state}`
  }
}

function direction({ from, to }: { readonly from: number; readonly to: number }): string {
  return to > from ? '>=' : '<='
}

function limit(axis: Extract<FlipChange, { kind: 'limit' }>['axis'], value: number): string {
  switch (axis) {
    case 'quality':
      return share(value)
    case 'latency':
      return duration(value)
    case 'cost':
      return usd(value)
  }
}

/** Thresholds are exact: `1234`, not `1.2k`, up to where nobody counts any more. */
function exactCount(value: number): string {
  return value < 100_000 ? String(value) : count(value)
}

function percent(factor: number): string {
  if (factor >= 2) return `${share(factor, 1)}x the price`
  const change = (factor - 1) * 100
  return `${Math.abs(change).toFixed(1)}% ${change > 0 ? 'dearer' : 'cheaper'}`
}
