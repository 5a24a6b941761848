import type { ExchangeRecord } from '../../engine/record.ts'
import type { ErrorCode } from '../../wire/errors.ts'
import { UpstreamStreamError, type ExchangeReply } from '../../pipeline/ports.ts'

/** A reply that has come to its end. */
export interface WholeReply {
  readonly record: ExchangeRecord
  /** Of the error that the client got; null when it got its answer. */
  readonly code: ErrorCode | null
  /** The budget that refused the exchange. */
  readonly budget: string | null
}

/** Reads a reply to its end. Only answers that broke off in the recording come as streams. */
export async function wholeReply(reply: ExchangeReply): Promise<WholeReply> {
  if (reply.kind === 'answer') return { record: reply.record, code: null, budget: null }
  if (reply.kind === 'error') {
    const budget = reply.error.data?.['budget']
    return { record: reply.record, code: reply.error.code, budget: typeof budget === 'string' ? budget : null }
  }
  try {
    for await (const part of reply.parts) void part
  } catch (error) {
    if (!(error instanceof UpstreamStreamError)) throw error
  }
  const record = await reply.done
  return { record, code: 'code' in record.result ? record.result.code : null, budget: null }
}
