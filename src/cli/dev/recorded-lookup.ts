import { canonicalAnswer } from '../../replay/driver/replay-upstream.ts'
import { openFixtureSet } from '../../replay/fixtures/fixture-set.ts'
import { currentKey, requestOf } from '../../replay/fixtures/incoming.ts'
import { keyOf, shortHash } from '../../replay/fixtures/key.ts'
import { asRecorded } from '../../replay/recorder/recorded-body.ts'
import type { Fixture, FixtureResponse } from '../../replay/types.ts'
import type { RecordedAnswer, RecordedFailure, RecordedLookup } from '../../upstream/ports.ts'
import type { CanonicalRequest } from '../../wire/canonical.ts'
import { nearest, outlineOf, type Outline } from './request-outline.ts'

/** One recorded exchange as the lookup keeps it: its answers by model, and hashes of what was asked. */
interface Recorded {
  readonly id: string
  readonly outline: Outline
  readonly answers: ReadonlyMap<string, FixtureResponse>
}

export interface OpenedLookup extends RecordedLookup {
  readonly exchanges: number
  /** Lines that could not be used. */
  readonly problems: number
}

/** Reads fixture files and their sidecars into a lookup by request and model. */
export async function openRecordedLookup(patterns: readonly string[], cwd: string): Promise<OpenedLookup> {
  const set = await openFixtureSet(patterns, { cwd })
  const byKey = new Map<string, Recorded>()
  const all: Recorded[] = []
  let problems = set.alternatives.problems.length
  try {
    for await (const event of set.events()) {
      if (event.kind === 'problem') problems += 1
      if (event.kind !== 'fixture') continue
      const recorded = recordedOf(event.fixture, set.alternatives.of(event.fixture.id))
      all.push(recorded)
      const key = currentKey(event.fixture)
      // The first recording of a request stands; a later one of the same request adds the models it lacks.
      const known = byKey.get(key)
      byKey.set(key, known === undefined ? recorded : merged(known, recorded))
    }
  } finally {
    await set.close()
  }
  return { exchanges: all.length, problems, find: (request, model) => find({ byKey, all }, request, model) }
}

function recordedOf(fixture: Fixture, alternatives: readonly { model: string; res: FixtureResponse }[]): Recorded {
  const answers = new Map<string, FixtureResponse>()
  for (const { model, res } of alternatives) if (!answers.has(model)) answers.set(model, res)
  if (fixture.res !== undefined) answers.set(fixture.res.model, fixture.res)
  return { id: fixture.id, outline: outlineOf(requestOf(fixture.req)), answers }
}

function merged(first: Recorded, later: Recorded): Recorded {
  return { ...first, answers: new Map([...later.answers, ...first.answers]) }
}

interface Index {
  readonly byKey: ReadonlyMap<string, Recorded>
  readonly all: readonly Recorded[]
}

function find(index: Index, asked: CanonicalRequest, model: string): ReturnType<RecordedLookup['find']> {
  const request = asRecorded(asked)
  const recorded = index.byKey.get(keyOf(request, shortHash))
  const response = recorded?.answers.get(model)
  if (recorded !== undefined && response !== undefined) return hit(recorded.id, response)
  if (recorded !== undefined)
    return { kind: 'miss', reason: 'model_not_recorded', closest: { id: recorded.id, differs: [] } }
  const near = nearest(outlineOf(request), index.all)
  const closest = near === null ? null : { id: near.id, differs: near.differs }
  // A shared opening means the conversation was recorded and took another turn; else nobody ever asked this.
  return { kind: 'miss', reason: near !== null && near.shared > 0 ? 'diverged' : 'never_recorded', closest }
}

function hit(id: string, response: FixtureResponse): RecordedAnswer | RecordedFailure {
  if (response.status !== 200) {
    const failure = response.status === 429 ? 'rate_limited' : response.status >= 500 ? 'server_error' : 'bad_request'
    return { kind: 'failed', id, failure, status: response.status, retryAfterMs: null }
  }
  const { timing, chunks } = response
  return {
    kind: 'hit',
    id,
    answer: canonicalAnswer(response),
    firstTokenMs: timing?.ttft_ms ?? null,
    totalMs: timing?.total_ms ?? null,
    chunks: chunks === undefined ? null : { atMs: chunks.at_ms, length: chunks.len },
  }
}
