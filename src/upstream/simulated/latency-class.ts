import type { LatencyClass } from './latency-profiles.ts'

/** Words in model names that tell small models from large ones. */
const FAST = /(?:^|[^a-z0-9])(?:fast|mini|nano|small|lite|flash|haiku|instant|tiny|\d{1,2}b)(?:[^a-z0-9]|$)/i
const SLOW = /(?:^|[^a-z0-9])(?:slow|large|opus|pro|max|ultra|premium|\d{3,4}b)(?:[^a-z0-9]|$)/i

/** How fast a simulated model is, from its name. */
export function latencyClassOf(model: string): LatencyClass {
  if (FAST.test(model)) return 'fast'
  return SLOW.test(model) ? 'slow' : 'medium'
}
