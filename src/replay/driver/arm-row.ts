import type { Decision, ExpectedCost } from '../../engine/decision.ts'
import { expectedCostOf, reasonCode } from '../../engine/record-facts.ts'
import { totalInput, totalOutput } from '../../wire/usage.ts'
import type { ArmRow } from '../types.ts'
import type { InFlight } from './replay-upstream.ts'
import type { WholeReply } from './whole-reply.ts'

type Row = Omit<ArmRow, 'metrics' | 'scores'>

/** What an arm did on one fixture, as reports count it. */
export function rowOf(reply: WholeReply, flight: InFlight): Row {
  const { record } = reply
  const { decision } = record
  const chosen = decision.outcome.kind === 'chosen' ? decision.outcome : null
  const served = record.attempts.at(-1)
  const answered = reply.code === null
  return {
    model: served?.model ?? chosen?.model ?? null,
    tier: tierOf(decision, served?.model) ?? chosen?.tier ?? null,
    provider: served?.provider ?? chosen?.provider ?? null,
    rule: decision.outcome.rule?.name ?? null,
    reason: reasonCode(decision),
    evidence: answered ? flight.evidence : estimateLabel(reply, decision),
    ...costAndTokens(reply),
    firstTokenMs: flight.firstTokenMs,
    totalMs: flight.totalMs,
    latencyBasis: flight.latencyBasis,
    error: errorOf(reply),
    refused: decision.outcome.kind === 'refused',
    ...(flight.tooLong ? { tooLong: true as const } : {}),
  }
}

function tierOf(decision: Decision, model: string | undefined): string | null {
  return decision.candidates.find((candidate) => candidate.model === model)?.tier ?? null
}

/** A gap in the evidence is not an error of the config: it is reported as missing evidence instead. */
function errorOf({ code }: WholeReply): string | null {
  return code === 'response_missing' ? null : code
}

function estimateLabel({ code }: WholeReply, decision: Decision): 'E' | '-' {
  return code === 'response_missing' && expectedCost(decision) !== null ? 'E' : '-'
}

function expectedCost(decision: Decision): ExpectedCost | null {
  return decision.outcome.kind === 'chosen' ? expectedCostOf(decision, decision.outcome.model) : null
}

export type Costs = Pick<ArmRow, 'costNanoUsd' | 'costBasis' | 'inputTokens' | 'outputTokens'>

function costAndTokens({ code, record }: WholeReply): Costs {
  if (code === 'response_missing') {
    const expected = expectedCost(record.decision)
    return {
      costNanoUsd: expected?.nanoUsd ?? null,
      costBasis: expected === null ? null : 'estimated',
      inputTokens: expected?.inputTokens ?? null,
      outputTokens: expected?.outputTokens ?? null,
    }
  }
  // A refusal or a failed attempt costs nothing; an answer without a known price is unknown, not free.
  if (record.cost.kind === 'none') return { costNanoUsd: 0, costBasis: null, inputTokens: null, outputTokens: null }
  return {
    costNanoUsd: record.cost.kind === 'known' ? record.cost.nanoUsd : null,
    costBasis: record.cost.kind === 'known' ? record.cost.usageBasis : null,
    inputTokens: record.usage === null ? null : totalInput(record.usage),
    outputTokens: record.usage === null ? null : totalOutput(record.usage),
  }
}
