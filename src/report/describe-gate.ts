import type { GateBound, GateReason, GateResult, GateStatus } from '../replay/gates/types.ts'
import { amount, change, interval, type ChangeForm } from './format.ts'

/** A word that stands without colour. */
export function gateWord(status: GateStatus): string {
  switch (status) {
    case 'pass':
      return 'ok'
    case 'warn':
      return 'WARN'
    case 'fail':
      return 'FAIL'
    case 'undecided':
      return '??'
  }
}

/** Why a gate came out as it did, with the numbers that decided. */
export function describeGate({ reason, unit }: { reason: GateReason; unit: GateResult['unit'] }): string {
  switch (reason.code) {
    case 'bound_kept':
    case 'bound_broken': {
      const { bound, value, low, high } = reason
      const range = low === null || high === null ? 'on exactly these fixtures' : range90(bound, { low, high }, unit)
      return `${valueOf(bound, value, unit)} ${range}`
    }
    case 'interval_straddles': {
      const need =
        reason.neededPairs === null ? '' : `; needs ~${reason.neededPairs} fixtures like these, have ${reason.pairs}`
      return `${valueOf(reason.bound, reason.value, unit)} ${range90(reason.bound, reason, unit)} does not settle it${need}`
    }
    case 'not_after_holm':
      return `${valueOf(reason.bound, reason.value, unit)} could be chance with ${reason.candidates} candidates (adjusted p ${reason.adjustedP.toFixed(2)})`
    case 'not_measured':
      return `not measured: known for ${reason.measured} of ${reason.of} fixtures`
    case 'nothing_recorded':
      return `no fixture has a value for ${reason.metric}`
    case 'not_compared':
      return `${reason.metric} could not be compared`
    case 'estimates_refused':
      return `cost of ${reason.estimated} of ${reason.of} fixtures is an estimate`
    case 'no_fixtures':
      return 'no fixture matches its filter'
  }
}

function valueOf(bound: GateBound, value: number, unit: GateResult['unit']): string {
  return isLevel(bound) ? amount(value, unit) : change(value, formOf(bound, unit))
}

function range90(bound: GateBound, ends: { low: number; high: number }, unit: GateResult['unit']): string {
  if (isLevel(bound)) return `[${amount(ends.low, unit)}, ${amount(ends.high, unit)}]`
  return interval(ends, formOf(bound, unit))
}

/** Whether the bound is on the candidate's value rather than on the change. */
function isLevel(bound: GateBound): boolean {
  return bound.kind === 'max' || bound.kind === 'min'
}

function formOf(bound: GateBound, unit: GateResult['unit']): ChangeForm {
  const relative = bound.kind === 'max_increase' && bound.relative
  return { unit, changeKind: relative ? 'relative' : 'difference' }
}
