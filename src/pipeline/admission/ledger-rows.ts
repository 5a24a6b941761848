import type { LedgerClosing, LedgerOpening } from '../../engine/ledger.ts'
import type { Cost } from '../../engine/record.ts'
import type { AdmissionRequest, Settlement } from '../ports.ts'

/** The ledger row of an attempt as it begins. */
export function openingOf(request: AdmissionRequest, reservedNanoUsd: number): LedgerOpening {
  const { incoming, decided, target, attempt, at } = request
  const { rights, asked, requestId } = incoming
  const { decision } = decided
  return {
    id: `${requestId}.${attempt}`,
    requestId,
    attempt,
    at,
    keyId: rights.keyId,
    alias: rights.alias,
    groups: rights.groups,
    user: rights.user,
    project: rights.project,
    tags: asked.hints.tags,
    endpoint: asked.endpoint,
    model: target.model,
    tier: target.tier,
    provider: target.provider,
    upstreamModel: target.upstreamModel,
    intent: decision.intent.label,
    configHash: decision.configHash,
    reservedNanoUsd,
  }
}

/** What an attempt may be charged when its bill is not known. */
export interface Held {
  readonly reservedNanoUsd: number
  /** No bill can be higher, so an estimate that is higher is wrong; null when no hard budget worked it out. */
  readonly boundNanoUsd: number | null
}

/** How the row ends. A cost that is not known is charged as it was reserved: unknown is never free. */
export function closingOf({ outcome, failure, status, usage, cost, at }: Settlement, held: Held): LedgerClosing {
  return {
    endedAt: at,
    outcome,
    failure,
    status,
    usage,
    ...charge(cost, held),
    cache: 'bypass',
  }
}

type Charge = Pick<LedgerClosing, 'costNanoUsd' | 'costBasis' | 'priceSource' | 'priceAsOf'>

function charge(cost: Cost, { reservedNanoUsd, boundNanoUsd }: Held): Charge {
  switch (cost.kind) {
    case 'known':
      return {
        costNanoUsd:
          cost.usageBasis === 'estimated' && boundNanoUsd !== null
            ? Math.min(cost.nanoUsd, boundNanoUsd)
            : cost.nanoUsd,
        costBasis: cost.usageBasis,
        priceSource: cost.priceSource,
        priceAsOf: cost.priceAsOf,
      }
    case 'none':
      return { costNanoUsd: 0, costBasis: 'none', priceSource: null, priceAsOf: null }
    case 'unknown':
    case 'pending':
      return {
        costNanoUsd: reservedNanoUsd,
        costBasis: reservedNanoUsd > 0 ? 'reserved' : 'unknown',
        priceSource: null,
        priceAsOf: null,
      }
  }
}
