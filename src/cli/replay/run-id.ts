import { createHash } from 'node:crypto'
import type { Gate } from '../../replay/gates/types.ts'
import type { FixtureSet } from '../../replay/fixtures/fixture-set.ts'
import { canonicalJson, type JsonObject } from '../../wire/json.ts'
import { packageVersion } from '../version.ts'
import type { ReplayOptions } from './options.ts'
import type { ArmSpec, ReplaySetup } from './setup.ts'

/** Id of a run, from all that can change its result: equal inputs have equal ids, on every machine. */
export function runIdOf(facts: JsonObject): string {
  return createHash('sha256').update(canonicalJson(facts)).digest('hex').slice(0, 12)
}

/** One hash over the contents of all fixture files, in the order given. */
export function fixturesHash(set: FixtureSet): string {
  const hash = createHash('sha256')
  for (const file of set.files) hash.update(file.hash)
  return hash.digest('hex').slice(0, 12)
}

/** What the run id is made of; stored with the run. */
export function runFacts(input: {
  setup: ReplaySetup
  set: FixtureSet
  gates: readonly Gate[]
  options: ReplayOptions
}): JsonObject {
  const { setup, set, gates, options } = input
  const facts = {
    version: packageVersion(),
    fixtures: fixturesHash(set),
    baseline: armFacts(setup.baseline),
    candidates: setup.candidates.map((spec) => armFacts(spec)),
    gates: gates.map(({ origin: _place, ...gate }) => gate),
    seed: options.seed,
    where: options.where,
    sample: options.sample ?? null,
    shard: options.shard ?? null,
    scorers: options.scorer,
    plan: options.plan ?? false,
    strict: options.strict ?? false,
  }
  return JSON.parse(JSON.stringify(facts))
}

function armFacts({ name, project }: ArmSpec): JsonObject {
  return { name, config: project?.configHash ?? null, catalog: project?.matrix.hash ?? null }
}
