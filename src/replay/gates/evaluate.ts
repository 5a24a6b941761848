import { holm } from '../stats/multiple.ts'
import { normalQuantile } from '../stats/special.ts'
import type { Estimate } from '../stats/estimate.ts'
import { metricFacts } from '../summary/metric-facts.ts'
import type { Measured } from '../summary/measured.ts'
import { gateLabel } from './gate-label.ts'
import type { Gate, GateBound, GateReason, GateResult } from './types.ts'

/** Each side of the interval that decides. */
const ALPHA = 0.05

/** A bound for one candidate before the correction for several candidates. */
interface BoundFinding {
  readonly outcome: 'pass' | 'fail' | 'undecided'
  readonly reason: GateReason
  /** One-sided p of the failure; 1 where nothing fails, 0 where plain numbers decide. */
  readonly failP: number
}

/**
 * One gate over all candidates, in their order. A failure must survive Holm's correction over the candidates, or the
 * build would turn red too often just because many were tried.
 */
export function evaluateGate(gate: Gate, candidates: readonly Measured[], strict: boolean): GateResult[] {
  const findings = candidates.map((measured) => gate.bounds.map((bound) => findBound(gate, bound, measured)))
  for (const [index] of gate.bounds.entries()) {
    const column = findings.map((row) => row[index])
    const adjusted = holm(column.map((finding) => finding?.failP ?? 1))
    for (const [i, row] of findings.entries()) {
      const finding = row[index]
      const p = adjusted[i] ?? 1
      if (finding?.outcome === 'fail' && p > ALPHA) row[index] = spared(finding, p, candidates.length)
    }
  }
  return findings.map((row) => gateResult(gate, row, strict))
}

function spared(finding: BoundFinding, adjustedP: number, candidates: number): BoundFinding {
  const { reason } = finding
  if (reason.code !== 'bound_broken') return finding
  const { bound, value } = reason
  return { ...finding, outcome: 'undecided', reason: { code: 'not_after_holm', bound, value, adjustedP, candidates } }
}

function gateResult(gate: Gate, findings: readonly BoundFinding[], strict: boolean): GateResult {
  const order = { fail: 0, undecided: 1, pass: 2 }
  const [worst] = findings.toSorted((a, b) => order[a.outcome] - order[b.outcome])
  const { outcome, reason } = worst ?? { outcome: 'undecided' as const, reason: { code: 'no_fixtures' } as const }
  return {
    label: gateLabel(gate),
    gate,
    unit: metricFacts(gate.metric).unit,
    reason,
    ...statusOf(gate, outcome, strict),
  }
}

/** A `warn` gate never changes the exit code; an undecided one does so under `--strict` or `on_inconclusive: fail`. */
function statusOf(gate: Gate, outcome: BoundFinding['outcome'], strict: boolean): Pick<GateResult, 'status' | 'exit'> {
  if (outcome === 'pass') return { status: 'pass', exit: 0 }
  if (outcome === 'fail') return gate.level === 'warn' ? { status: 'warn', exit: 0 } : { status: 'fail', exit: 1 }
  const blocks = gate.level === 'error' && (strict || gate.onInconclusive === 'fail')
  if (blocks) return { status: 'undecided', exit: 4 }
  return { status: gate.onInconclusive === 'pass' ? 'pass' : 'undecided', exit: 0 }
}

function findBound(gate: Gate, bound: GateBound, measured: Measured): BoundFinding {
  const missing = notDecidable(measured)
  if (missing !== null) return undecided(missing)
  if (gate.scope === 'fixtures') return plainNumbers(bound, measured)
  switch (bound.kind) {
    case 'non_inferior':
      return nonInferior(bound, measured)
    case 'max_increase':
      return upperLimit(bound, measured.estimate, changeLimit(bound, measured), measured)
    case 'max':
      return upperLimit(bound, measured.level(), bound.limit, measured)
    case 'min':
      return lowerLimit(bound, measured.level(), measured)
  }
}

function undecided(reason: GateReason): BoundFinding {
  return { outcome: 'undecided', reason, failP: 1 }
}

function notDecidable({ summary }: Measured): GateReason | null {
  const { verdict, metric } = summary
  if (summary.of === 0) return { code: 'no_fixtures' }
  if (verdict.kind === 'not_measured') {
    if (verdict.reason.code === 'nothing_recorded') return { code: 'nothing_recorded', metric }
    return { code: 'not_measured', metric, measured: summary.n, of: summary.of }
  }
  if (verdict.kind !== 'not_compared') return null
  if (verdict.reason.code === 'informational') return null
  if (verdict.reason.code === 'cost_estimated') {
    return { code: 'estimates_refused', estimated: verdict.reason.estimated, of: verdict.reason.of }
  }
  return { code: 'not_compared', metric }
}

/** A relative limit on a metric that could only be compared by differences is turned into an amount. */
function changeLimit(bound: Extract<GateBound, { kind: 'max_increase' }>, { summary }: Measured): number {
  const byAmount = bound.relative && summary.changeKind === 'difference'
  return byAmount ? bound.limit * (summary.baseline ?? 0) : bound.limit
}

/** The interval decides; interpolation between bootstrap replicates must not make its p say otherwise by a hair. */
function failureP(p: number, failed: boolean): number {
  return failed ? Math.min(p, ALPHA) : p
}

/** Only a verdict "worse" fails: not shown to be within the margin, and shown to be below the baseline. */
function nonInferior(bound: Extract<GateBound, { kind: 'non_inferior' }>, measured: Measured): BoundFinding {
  const { estimate } = measured
  if (estimate === null) return undecided({ code: 'not_compared', metric: measured.summary.metric })
  const { low, high } = estimate.interval(0.9)
  const numbers = { bound, value: estimate.point, low, high }
  if (low > -bound.margin) return { outcome: 'pass', reason: { code: 'bound_kept', ...numbers }, failP: 1 }
  const failP = failureP(estimate.pBelow(0), high < 0)
  if (high < 0) return { outcome: 'fail', reason: { code: 'bound_broken', ...numbers }, failP }
  const { neededPairs, n } = measured.summary
  return { outcome: 'undecided', reason: { code: 'interval_straddles', ...numbers, neededPairs, pairs: n }, failP }
}

function upperLimit(bound: GateBound, estimate: Estimate | null, limit: number, measured: Measured): BoundFinding {
  if (estimate === null) return undecided({ code: 'not_compared', metric: measured.summary.metric })
  const { low, high } = estimate.interval(0.9)
  const numbers = { bound, value: estimate.point, low, high }
  if (high <= limit) return { outcome: 'pass', reason: { code: 'bound_kept', ...numbers }, failP: 1 }
  const failP = failureP(estimate.pAbove(limit), low > limit)
  if (low > limit) return { outcome: 'fail', reason: { code: 'bound_broken', ...numbers }, failP }
  return straddling(numbers, { failP, passP: estimate.pBelow(limit) }, measured)
}

function lowerLimit(
  bound: Extract<GateBound, { kind: 'min' }>,
  estimate: Estimate | null,
  measured: Measured,
): BoundFinding {
  if (estimate === null) return undecided({ code: 'not_compared', metric: measured.summary.metric })
  const { low, high } = estimate.interval(0.9)
  const numbers = { bound, value: estimate.point, low, high }
  if (low >= bound.limit) return { outcome: 'pass', reason: { code: 'bound_kept', ...numbers }, failP: 1 }
  const failP = failureP(estimate.pBelow(bound.limit), high < bound.limit)
  if (high < bound.limit) return { outcome: 'fail', reason: { code: 'bound_broken', ...numbers }, failP }
  return straddling(numbers, { failP, passP: estimate.pAbove(bound.limit) }, measured)
}

/** `passP` is the one-sided p of "the bound is kept"; the interval keeps it once that p falls to 5 %. */
function straddling(
  numbers: { bound: GateBound; value: number; low: number; high: number },
  p: { readonly failP: number; readonly passP: number },
  measured: Measured,
): BoundFinding {
  const { n } = measured.summary
  const z = -normalQuantile(p.passP)
  // Errors shrink with the square root of the pairs; nothing helps when the value itself is beyond the limit.
  const neededPairs = z > 0.01 ? Math.ceil(n * (normalQuantile(1 - ALPHA) / z) ** 2) : null
  const reason = { code: 'interval_straddles', ...numbers, neededPairs, pairs: n } as const
  return { outcome: 'undecided', reason, failP: p.failP }
}

/** Scope `fixtures`: the question is about exactly these fixtures, so there is no interval. */
function plainNumbers(bound: GateBound, measured: Measured): BoundFinding {
  const { summary } = measured
  const value = bound.kind === 'max' || bound.kind === 'min' ? summary.candidate : summary.change
  if (value === null) return undecided({ code: 'not_compared', metric: summary.metric })
  const kept = keeps(bound, value, measured)
  const reason = { code: kept ? 'bound_kept' : 'bound_broken', bound, value, low: null, high: null } as const
  return kept ? { outcome: 'pass', reason, failP: 1 } : { outcome: 'fail', reason, failP: 0 }
}

function keeps(bound: GateBound, value: number, measured: Measured): boolean {
  switch (bound.kind) {
    case 'max':
      return value <= bound.limit
    case 'min':
      return value >= bound.limit
    case 'max_increase':
      return value <= changeLimit(bound, measured)
    case 'non_inferior':
      return value >= -bound.margin
  }
}
