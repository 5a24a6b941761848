/** Seeded generator of uniform numbers in [0, 1) (mulberry32): the same seed deals the same users on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A shuffled copy. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

/** Synthetic users with the project they work on. */
const USERS = [
  { user: 'user-01', project: 'homework-helper' },
  { user: 'user-02', project: 'homework-helper' },
  { user: 'user-03', project: 'homework-helper' },
  { user: 'user-04', project: 'code-coach' },
  { user: 'user-05', project: 'code-coach' },
  { user: 'user-06', project: 'code-coach' },
  { user: 'user-07', project: 'back-office' },
  { user: 'user-08', project: 'back-office' },
] as const

/** Deals one of the users; the first of each project are busier than the last. */
export function dealUser(random: () => number): (typeof USERS)[number] {
  const index = Math.min(Math.floor(random() * random() * 1.6 * USERS.length), USERS.length - 1)
  return USERS[index] ?? USERS[0]
}

/**
 * Arrival times: every k-th arrival of a trace, so that the bursts of the whole recording show in a small sample.
 * Times keep their distances and are moved so that the first is at `startMs`.
 */
export function thinnedArrivals(traceMs: readonly number[], count: number, startMs: number): number[] {
  const step = Math.floor(traceMs.length / count)
  const first = traceMs[0] ?? 0
  return Array.from({ length: count }, (_, index) => Math.round(startMs + (traceMs[index * step] ?? first) - first))
}
