import { servedAttempt } from '../engine/record-facts.ts'
import type { ExchangeRecord } from '../engine/record.ts'

/** The name under which the model that answered is known here. */
export function servedName(record: ExchangeRecord, otherwise = ''): string {
  return servedAttempt(record)?.model ?? otherwise
}

/** An id of the format's own look for an answer that has none: its prefix before what is left of the request id. */
export function answerId(prefix: string, requestId: string): string {
  return `${prefix}${requestId.slice('req_'.length)}`
}

/** When the request arrived, in seconds since the epoch. */
export function arrivedAt({ at }: ExchangeRecord): number {
  return Math.floor(at / 1000)
}
