/** Node fires a timer with a longer wait at once. About 24.8 days. */
const MAX_TIMER_MS = 2_147_483_647

/** A wait that `setTimeout` keeps, whatever the config or an unlimited deadline says. */
export function timerMs(ms: number): number {
  return Math.min(Math.max(ms, 0), MAX_TIMER_MS)
}
