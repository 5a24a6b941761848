import { rollOf } from '../../engine/roll.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { FixtureSet } from '../fixtures/fixture-set.ts'
import { currentKey, incomingOf } from '../fixtures/incoming.ts'
import type { FixtureEvent } from '../fixtures/reader.ts'
import type { ReplayItem } from './run.ts'

export interface ItemProblem {
  readonly file: string
  readonly line: number
  readonly message: string
}

export interface ItemOptions {
  /** Takes this many fixtures, chosen by the seed; null takes all. */
  readonly sample: number | null
  readonly shard: { readonly index: number; readonly of: number } | null
  readonly seed: number
  onProblem(problem: ItemProblem): void
}

/** The fixtures of a set as arrivals, in order. What can not be read or parsed is reported and left out. */
export async function* replayItems(set: FixtureSet, options: ItemOptions): AsyncGenerator<ReplayItem> {
  const limit = options.sample === null ? null : await sampleLimit(set, options.sample, options.seed)
  let ordinal = 0
  for await (const event of set.events()) {
    if (event.kind === 'header') continue
    if (event.kind === 'problem') {
      options.onProblem({ file: event.file, line: event.line, message: event.message })
      continue
    }
    const { id } = event.fixture
    if (limit !== null && rollOf(options.seed, id) > limit) continue
    if (options.shard !== null && Math.floor(rollOf(0, id) * options.shard.of) !== options.shard.index) continue
    const item = itemOf(event, ordinal, options)
    if (item !== null) yield item
    ordinal += 1
  }
}

function itemOf(
  event: Extract<FixtureEvent, { kind: 'fixture' }>,
  ordinal: number,
  options: ItemOptions,
): ReplayItem | null {
  const { file, line } = event
  try {
    // Ids may repeat over files; inside a run every exchange needs a name of its own.
    const incoming = { ...incomingOf(event.fixture), requestId: `${event.fixture.id}#${ordinal}` }
    const key = currentKey(event.fixture)
    const fixture = key === event.fixture.key ? event.fixture : { ...event.fixture, key }
    return { fixture, incoming, ordinal, file, line }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const where = error.param === undefined ? '' : ` (${error.param})`
    options.onProblem({ file, line, message: `the request body is not valid: ${error.message}${where}` })
    return null
  }
}

/** The roll up to which exactly `count` fixtures lie: the same seed always picks the same ones. */
async function sampleLimit(set: FixtureSet, count: number, seed: number): Promise<number> {
  const rolls: number[] = []
  for await (const event of set.events()) if (event.kind === 'fixture') rolls.push(rollOf(seed, event.fixture.id))
  rolls.sort((a, b) => a - b)
  if (count <= 0) return -1
  return rolls[Math.min(count, rolls.length) - 1] ?? -1
}
