import type { UpstreamFailureClass } from '../../engine/record.ts'
import type { UpstreamCall, UpstreamFailure } from '../../pipeline/ports.ts'
import type { FixtureResponse } from '../types.ts'
import { markOf } from './recorded-mark.ts'
import type { InFlight } from './replay-upstream.ts'
import type { Mark } from './timers.ts'

export interface RecordedFailure {
  readonly ms: number
  /** Where it settled, and where the attempt after it was admitted, among the recorded events. */
  readonly settled: Mark | null
  readonly next: Mark | null
  readonly result: UpstreamFailure
  /** The first content had arrived before. */
  readonly brokeOff: boolean
}

/**
 * An attempt that failed in the recording fails again, in the same place and with the same status. Where a target was
 * tried more often than in the recording, it goes on as it ended there, at once: that time was never spent.
 */
export function recordedFailure(flight: InFlight, call: UpstreamCall): RecordedFailure | undefined {
  const { model, provider } = call.target
  const key = `${provider}/${model}`
  const before = flight.calls.get(key) ?? 0
  flight.calls.set(key, before + 1)
  const { fixture } = flight
  const all = fixture.attempts ?? []
  const recorded = all.filter((entry) => entry.model === model && entry.provider === provider)
  const attempt = recorded[before] ?? recorded.at(-1)
  if (attempt?.error === undefined) return undefined
  const again = before < recorded.length
  const after = again ? all[all.indexOf(attempt) + 1] : undefined
  return {
    ms: again ? (attempt.total_ms ?? 0) : 0,
    settled: again ? markOf(fixture, attempt.steps?.[1]) : null,
    next: markOf(fixture, after?.steps?.[0]),
    brokeOff: attempt.ttft_ms !== undefined,
    result: {
      kind: 'failed',
      failure: attempt.error as UpstreamFailureClass,
      status: attempt.status,
      retryAfterMs: attempt.retry_after_ms ?? null,
      message: 'failed in the recording',
      injected: false,
      ...(attempt.uncalled === true ? { uncalled: true as const } : {}),
    },
  }
}

/** A recorded end that was no answer, of an import that knows no attempts. */
export function recordedError(response: FixtureResponse): UpstreamFailure {
  return {
    kind: 'failed',
    failure: response.status === 429 ? 'rate_limited' : response.status >= 500 ? 'server_error' : 'bad_request',
    status: response.status,
    retryAfterMs: null,
    message: response.error?.code ?? '',
    injected: false,
  }
}
