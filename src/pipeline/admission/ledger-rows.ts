import type { LedgerClosing, LedgerOpening, LedgerRow } from '../../engine/ledger.ts'
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
  /** No bill can be higher; null when no hard budget worked it out. */
  readonly boundNanoUsd: number | null
}

/** How the row ends. A cost that is not known is charged as it was reserved: unknown is never free. */
export function closingOf(settlement: Settlement, held: Held): LedgerClosing {
  const { outcome, failure, status, usage, at } = settlement
  return {
    endedAt: at,
    outcome,
    failure,
    status,
    usage,
    ...charge(settlement, held),
    cache: 'bypass',
  }
}

/** The whole row. Written out: V8 takes a microsecond for every member that follows a spread in front. */
export function closedRow(opening: LedgerOpening, closing: LedgerClosing): LedgerRow {
  return {
    endedAt: closing.endedAt,
    outcome: closing.outcome,
    failure: closing.failure,
    status: closing.status,
    usage: closing.usage,
    costNanoUsd: closing.costNanoUsd,
    costBasis: closing.costBasis,
    priceSource: closing.priceSource,
    priceAsOf: closing.priceAsOf,
    cache: closing.cache,
    ...opening,
  }
}

type Charge = Pick<LedgerClosing, 'costNanoUsd' | 'costBasis' | 'priceSource' | 'priceAsOf'>

function charge(settlement: Settlement, held: Held): Charge {
  const { cost } = settlement
  switch (cost.kind) {
    case 'known': {
      const { usageBasis, priceSource, priceAsOf } = cost
      const costNanoUsd = usageBasis === 'estimated' ? highEstimate(settlement, cost.nanoUsd, held) : cost.nanoUsd
      const costBasis = costNanoUsd === cost.nanoUsd ? usageBasis : 'reserved'
      return { costNanoUsd, costBasis, priceSource, priceAsOf }
    }
    case 'none':
      return { costNanoUsd: 0, costBasis: 'none', priceSource: null, priceAsOf: null }
    case 'unknown':
    case 'pending':
      return {
        costNanoUsd: held.reservedNanoUsd,
        costBasis: held.reservedNanoUsd > 0 ? 'reserved' : 'unknown',
        priceSource: null,
        priceAsOf: null,
      }
  }
}

/**
 * What the provider did not report. A hard budget takes no estimate for a bill: some providers write an answer to its end
 * and bill all of it though nobody listens any more. Of a client that left, any budget takes what it had reserved, so that
 * leaving before the end makes nothing cheaper.
 */
function highEstimate({ outcome }: Settlement, nanoUsd: number, { reservedNanoUsd, boundNanoUsd }: Held): number {
  return boundNanoUsd ?? (outcome === 'client_gone' ? Math.max(nanoUsd, reservedNanoUsd) : nanoUsd)
}
