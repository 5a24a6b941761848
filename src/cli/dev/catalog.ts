import { nameFilter } from '../../engine/eligibility/asked.ts'
import { compile } from '../../engine/eligibility/compiled.ts'
import type { ModelRow } from '../../engine/matrix.ts'
import type { Generation } from '../../pipeline/ports.ts'
import type { CatalogPort, ModelEntry } from '../../proxy/ports.ts'

/** Everything a caller may write into `model`: `auto`, aliases, tiers, policies, then models that can be called now. */
export function catalogOf(generation: () => Generation): CatalogPort {
  return {
    models(rights) {
      const { routing, matrix } = generation()
      const ours = ['auto', ...Object.keys(routing.policies).map((policy) => `auto:${policy}`)]
      const groups = [...Object.keys(routing.aliases), ...routing.tiers.map((tier) => `tier:${tier}`)]
      const callable = matrix.rows.filter((row) => isCallable(row))
      const entries = [...[...ours, ...groups].map(groupEntry), ...callable.map(modelEntry)]
      const mayName = nameFilter(rights, compile(routing, matrix))
      return entries.filter(({ id }) => mayName(id))
    },
  }
}

/** True when some configured provider serves the model and has a credential for it. */
export function isCallable(row: ModelRow): boolean {
  return row.targets.some(({ hasCredentials }) => hasCredentials)
}

function groupEntry(id: string): ModelEntry {
  return { id, ownedBy: 'gateway', created: 0 }
}

function modelEntry(row: ModelRow): ModelEntry {
  const inputTokens = row.maxInput ?? row.contextWindow
  const released = row.dates.released === undefined ? Number.NaN : Date.parse(row.dates.released)
  return {
    id: row.id,
    ownedBy: row.targets[0]?.provider ?? 'gateway',
    created: Number.isNaN(released) ? 0 : Math.floor(released / 1000),
    kind: row.kind,
    ...(inputTokens === null ? {} : { inputTokens }),
    ...(row.maxOutput === null ? {} : { outputTokens: row.maxOutput }),
  }
}
