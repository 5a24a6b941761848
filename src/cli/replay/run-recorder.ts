import type { ResponseStore, RunStore, StoredRow } from '../../replay/ports.ts'
import type { RunSummary } from '../../replay/summary/types.ts'
import type { PairRow } from '../../replay/types.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { JsonObject } from '../../wire/json.ts'
import type { CliContext } from '../context.ts'
import { databasePath } from '../state-dir.ts'

/** Rows written in one transaction. */
const GROUP = 500

export interface Stores {
  readonly runs: RunStore
  readonly responses: ResponseStore
  close(): void
}

/** The project's database; null (with a note) when the directory can not be written, since a replay works without it. */
export async function openStores(dir: string, context: CliContext): Promise<Stores | null> {
  const { openDatabase } = await import('../../store/open.ts')
  const { createRunStore } = await import('../../store/runs.ts')
  const { createResponseStore } = await import('../../store/responses.ts')
  try {
    const connection = openDatabase(databasePath(dir))
    const runs = createRunStore(connection)
    return { runs, responses: createResponseStore(connection), close: () => runs.close() }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    context.note(`the run is not kept: ${error.message}`)
    return null
  }
}

/** Keeps the rows of a run while it runs, and gives back those of an interrupted one. */
export class RunRecorder {
  readonly #store: RunStore
  readonly #id: string
  readonly #earlier = new Map<number, PairRow[]>()
  #group: StoredRow[] = []

  constructor(store: RunStore, run: { id: string; spec: JsonObject; candidates: number; resume: boolean }) {
    this.#store = store
    this.#id = run.id
    if (run.resume) this.#load(run.candidates)
    store.begin({ id: run.id, spec: run.spec, at: Date.now(), fresh: !run.resume })
  }

  #load(candidates: number): void {
    for (let candidate = 0; candidate < candidates; candidate += 1) {
      for (const { ordinal, row } of this.#store.rows(this.#id, candidate)) {
        const rows = this.#earlier.get(ordinal) ?? []
        rows.push(row)
        this.#earlier.set(ordinal, rows)
      }
    }
    // A fixture counts as done only when every candidate's row was written.
    for (const [ordinal, rows] of this.#earlier) if (rows.length !== candidates) this.#earlier.delete(ordinal)
  }

  /** Fixtures that an interrupted run had finished. */
  get resumed(): number {
    return this.#earlier.size
  }

  stored(ordinal: number): readonly PairRow[] | null {
    return this.#earlier.get(ordinal) ?? null
  }

  add(ordinal: number, rows: readonly PairRow[]): void {
    if (this.#earlier.has(ordinal)) return
    for (const [candidate, row] of rows.entries()) this.#group.push({ candidate, ordinal, row })
    if (this.#group.length >= GROUP) this.#flush()
  }

  #flush(): void {
    this.#store.append(this.#id, this.#group)
    this.#group = []
  }

  finish(summary: RunSummary): void {
    this.#flush()
    this.#store.finish(this.#id, { status: summary.complete ? 'complete' : 'interrupted', summary, at: Date.now() })
  }
}
