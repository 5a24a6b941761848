import type { Assumption, ExitReason, Method, NotCompared, NotMeasured, Verdict } from '../replay/summary/types.ts'
import { counted, percent } from './format.ts'

/** One or two words for a table cell. */
export function verdictLabel(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'better':
    case 'equivalent':
    case 'worse':
    case 'inconclusive':
    case 'equal':
      return verdict.kind
    case 'not_measured':
      return 'not measured'
    case 'not_compared':
      return verdict.reason.code === 'informational' ? 'for information' : 'not compared'
  }
}

/** Why there is no verdict; empty when there is one. */
export function verdictReason(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'better':
    case 'equivalent':
    case 'worse':
    case 'inconclusive':
    case 'equal':
      return ''
    case 'not_measured':
      return describeNotMeasured(verdict.reason)
    case 'not_compared':
      return describeNotCompared(verdict.reason)
  }
}

function describeNotMeasured(reason: NotMeasured): string {
  switch (reason.code) {
    case 'below_coverage':
      return `known for ${reason.measured} of ${reason.of} fixtures, ${percent(reason.need, 0)} needed`
    case 'changed_unmeasured':
      return `known for ${reason.measured} of ${reason.of} changed routes, ${percent(reason.need, 0)} needed`
    case 'too_few':
      return `${reason.have} ${reason.what}, at least ${reason.need} needed`
    case 'nothing_recorded':
      return 'nothing on record'
  }
}

function describeNotCompared(reason: NotCompared): string {
  switch (reason.code) {
    case 'latency_estimated':
      return 'latency is an estimate, not a measurement'
    case 'latency_bases_differ':
      return `baseline timed ${basis(reason.baseline)}, candidate ${basis(reason.candidate)}`
    case 'cost_estimated':
      return `cost of ${reason.estimated} of ${reason.of} fixtures is an estimate`
    case 'informational':
      return 'says nothing about better or worse'
  }
}

function basis(name: string): string {
  return name === 'recorded' ? 'when recorded' : name
}

export function describeMethod(method: Method): string {
  switch (method) {
    case 'exact':
      return 'exact'
    case 'bonett_price':
      return 'Bonett-Price, paired shares'
    case 'paired_t':
      return 'paired t'
    case 'bca_bootstrap':
      return 'BCa bootstrap'
    case 'cluster_t':
      return 't, clustered by session'
    case 'log_ratio_t':
      return 'paired t on log ratios'
    case 'cluster_log_ratio_t':
      return 't on log ratios, clustered by session'
    case 'ratio_of_sums_bootstrap':
      return 'ratio of sums, bootstrap over sessions'
    case 'ratio_of_sums_t':
      return 'ratio of sums, t over sessions'
    case 'p95_ratio_bootstrap':
      return 'ratio of p95, bootstrap over sessions'
    case 'wilson':
      return 'Wilson'
  }
}

/** What a reader must know, as one clause. */
export function describeAssumption(assumption: Assumption): string {
  switch (assumption.code) {
    case 'teacher_forced':
      return `${counted(assumption.sessions, 'session')} of several turns: each turn sees the recorded history, so nothing is said about whole conversations`
    case 'latency_estimated':
      return 'latency was not recorded; figures are estimates without a verdict'
    case 'usage_counted':
      return 'tokens were counted with a tokenizer, not reported by the provider; costs follow from that'
    case 'usage_estimated':
      return 'some tokens are estimated from text length; costs follow from that'
    case 'synthetic':
      return `made up in these fixtures: ${assumption.what}`
    case 'cost_estimated':
      return `${counted(assumption.pairs, 'cost')} estimated from typical answer lengths, shown as a range`
    case 'answers_missing':
      return `${counted(assumption.pairs, 'answer')} of the chosen model not on record; quality bounds take them as worst and as best`
    case 'answers_too_long':
      return `${counted(assumption.pairs, 'recorded answer')} longer than a budget would have let them become; taken as missing`
    case 'budgets_partial':
      return 'budgets are spent by the chosen part of the fixtures alone, so they last longer than they would'
    case 'spend_missing':
      return `${counted(assumption.exchanges, 'exchange')} between the fixtures not among them; what they spent drains no budget`
    case 'amounts_redacted':
      return `redaction changed the size of ${counted(assumption.fixtures, 'prompt')}, so what budgets reserve for them differs a little`
    case 'balances_differ':
      return `under the config that recorded them, ${assumption.fixtures} of ${assumption.of} fixtures find other balances than then`
    case 'several_candidates':
      return `a gate fails only if that survives Holm's correction over ${assumption.candidates} candidates`
  }
}

export function describeExit(reason: ExitReason): string {
  switch (reason.code) {
    case 'usage_error':
    case 'internal_error':
      return reason.message
    case 'interrupted':
      return `stopped by ${reason.signal} before the end`
    case 'fixture_errors':
      return `${counted(reason.count, 'bad fixture line')}${reason.count > reason.allowed ? '' : ' (tolerated)'}`
    case 'upstream_errors':
      return `${counted(reason.count, 'upstream error')}${reason.count > reason.allowed ? '' : ' (tolerated)'}`
    case 'spend_cap':
      return `spend cap reached, ${counted(reason.skipped, 'fixture')} skipped`
    case 'fixture_missing':
      return `${counted(reason.count, 'answer')} not on record`
    case 'not_routable':
      return `${reason.candidate}: ${counted(reason.count, 'request')} not routable`
    case 'budget_refused':
      return `${reason.candidate}: ${counted(reason.count, 'request')} refused by a budget`
    case 'gate_failed':
      return `${reason.candidate}: gate ${reason.gate} failed`
    case 'gate_undecided':
      return `${reason.candidate}: gate ${reason.gate} is undecided`
  }
}
