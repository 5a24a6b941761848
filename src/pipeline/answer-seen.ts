import type { ExchangeResult } from '../engine/record.ts'
import { totalOutput } from '../wire/usage.ts'
import type { Exchange } from './exchange.ts'
import type { AnswerSeen } from './ports.ts'

/** Shorter streams come in one piece, which says nothing about their pace. */
const MIN_TOKENS_FOR_PACE = 8

interface Ending {
  readonly result: Extract<ExchangeResult, { kind: 'answered' }>
  readonly flowMs: number | null
  readonly at: number
}

/** What a finished answer teaches about its model; null when its usage is not known. */
export function answerSeen(exchange: Exchange, { result, flowMs, at }: Ending): AnswerSeen | null {
  const served = exchange.attempts.findLast(({ failure }) => failure === null)
  const { usage, decided, incoming } = exchange
  const row = served === undefined ? undefined : exchange.row(served.model)
  if (served === undefined || row === undefined || usage === null) return null
  const tokens = totalOutput(usage)
  const { firstTokenMs } = served
  const paced = flowMs !== null && firstTokenMs !== null && tokens >= MIN_TOKENS_FOR_PACE
  // A length that the client's limit cut says how long the limit is, not the answer.
  const whole = result.finish === 'stop' || result.finish === 'tool_calls'
  return {
    model: row.id,
    intent: decided.decision.intent.label,
    pace: paced ? { firstTokenMs, perTokenMs: flowMs / tokens } : null,
    outputTokens: whole ? tokens / Math.max(1, incoming.request.choices) : null,
    at,
  }
}
