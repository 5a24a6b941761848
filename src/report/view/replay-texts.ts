import { usd } from '../../engine/describe/amounts.ts'
import type { ArmRow, EvidenceLabel } from '../../replay/types.ts'

/** What an evidence label means, in a word or two. */
export function evidenceWord(label: EvidenceLabel): string {
  switch (label) {
    case '=':
      return 'same answer'
    case 'R':
      return 'recorded'
    case 'C':
      return 'earlier replay'
    case 'L':
      return 'live'
    case 'E':
      return 'estimated'
    case '-':
      return 'no answer'
  }
}

/** `standard qwen3-coder`, or why there is no model. */
export function armRoute({ model, tier, refused, error }: ArmRow): string {
  if (model === null) return refused ? 'refused' : (error ?? 'not routed')
  return tier === null ? model : `${tier} ${model}`
}

export function armCost({ costNanoUsd, costBasis }: ArmRow): string {
  if (costNanoUsd === null) return 'unknown'
  return costBasis === null || costBasis === 'reported' ? usd(costNanoUsd) : `${usd(costNanoUsd)} ${costBasis}`
}
