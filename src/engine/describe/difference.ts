import type { Difference } from '../explain/compare.ts'
import { share } from './amounts.ts'
import { describeBecause, describeDowngrade } from './outcome.ts'
import { describeRejection } from './rejection.ts'

/** One difference between two decisions, in English. */
export function describeDifference(difference: Difference): string {
  switch (difference.kind) {
    case 'choice':
      return `choice: ${difference.from} -> ${difference.to}`
    case 'rule':
      return `rule: ${difference.from ?? 'none'} -> ${difference.to ?? 'none'}`
    case 'policy':
      return `policy: ${difference.from ?? 'none'} -> ${difference.to ?? 'none'}`
    case 'because': {
      const { from, to } = difference
      return `because: ${from === null ? 'refused' : describeBecause(from)} -> ${to === null ? 'refused' : describeBecause(to)}`
    }
    case 'downgrade': {
      const { from, to } = difference
      return `downgrade: ${from === null ? 'none' : describeDowngrade(from)} -> ${to === null ? 'none' : describeDowngrade(to)}`
    }
    case 'relaxed':
      return `limits given up: ${difference.from.join(', ') || 'none'} -> ${difference.to.join(', ') || 'none'}`
    case 'plan':
      return `plan: ${difference.from.join(', ') || 'none'} -> ${difference.to.join(', ') || 'none'}`
    case 'admitted':
      return `${difference.model}: now a candidate (was dropped: ${describeRejection(difference.was)})`
    case 'dropped':
      return `${difference.model}: now dropped (${describeRejection(difference.now)})`
    case 'rejection':
      return `${difference.model}: dropped because ${describeRejection(difference.from)} -> ${describeRejection(difference.to)}`
    case 'score':
      return `${difference.model}: score ${share(difference.from)} -> ${share(difference.to)}`
    case 'added':
      return `${difference.model}: new in the matrix`
    case 'removed':
      return `${difference.model}: gone from the matrix`
  }
}
