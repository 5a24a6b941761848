import { ask, FORMAT_NAMES, type Heard, type Leaving, type Wanted } from './asking.ts'
import { MODELS } from './gateway.ts'

export interface Load {
  readonly url: string
  /** The clients take turns with them. */
  readonly keys: readonly string[]
  readonly clients: number
  /** Requests of each client, one after the other. */
  readonly each: number
  readonly seed: number
  /** What a request asks for; the numbers are random in [0, 1). */
  readonly wanted?: (random: () => number) => Partial<Wanted>
  readonly headers?: (random: () => number) => Readonly<Record<string, string>>
  readonly leaves?: (random: () => number) => Leaving | undefined
  /** Ends the clients between two requests. */
  readonly over?: () => boolean
}

/** Many clients at once, each with a connection of its own; everything they heard. */
export async function run(load: Load): Promise<Heard[]> {
  const { url, keys, clients, each, seed, leaves, over = () => false } = load
  const random = randomOf(seed)
  const all = await Promise.all(
    Array.from({ length: clients }, async (_, nth) => {
      const heard: Heard[] = []
      const key = keys[nth % keys.length] ?? ''
      for (let count = 0; count < each && !over(); count += 1) {
        const wanted = { ...anything(random), ...load.wanted?.(random) }
        heard.push(await ask({ url, key, wanted, headers: load.headers?.(random) ?? {}, leaves: leaves?.(random) }))
      }
      return heard
    }),
  )
  return all.flat()
}

/** Any format at any model, with and without a limit, short and long. */
function anything(random: () => number): Wanted {
  return {
    format: FORMAT_NAMES[Math.floor(random() * FORMAT_NAMES.length)] ?? 'chat',
    model: MODELS[Math.floor(random() * MODELS.length)] ?? 'm-chat',
    text: 'tell me more about it, ünïcödé too. '.repeat(1 + Math.floor(random() * 20)),
    stream: random() < 0.5,
    max: random() < 0.5 ? null : 1 + Math.floor(random() * 400),
  }
}

/** The same numbers for the same seed (a linear congruential generator; good enough to mix a load). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export function byStatus(heard: readonly Heard[]): string {
  const counts = new Map<string, number>()
  for (const { status, whole } of heard) {
    const name = status === 200 && !whole ? '200 cut' : String(status)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .map(([name, count]) => `${name}: ${count}`)
    .sort()
    .join(', ')
}
