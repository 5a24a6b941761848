import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunStore, StoredRun } from '../../replay/ports.ts'
import type { CandidateSummary, RunSummary } from '../../replay/summary/types.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { loadProject } from '../project.ts'
import { printResult, type RunResult } from './output.ts'
import { openStores } from './run-recorder.ts'

/** `gateway replay list`. */
export async function listRuns(context: CliContext): Promise<number> {
  return withRuns(context, (store) => {
    const runs = store.list()
    if (context.json)
      context.out(
        JSON.stringify(
          runs.map((run) => listed(run)),
          null,
          2,
        ),
      )
    else if (runs.length === 0) context.note('no stored runs; `gateway replay` makes one')
    else context.out(runs.map((run) => line(run)).join('\n'))
    return Promise.resolve(0)
  })
}

function listed({ id, status, at, summary }: StoredRun): Record<string, unknown> {
  return {
    id,
    status,
    at: new Date(at).toISOString(),
    exit: summary?.exit.code ?? null,
    candidates: summary?.candidates.map(({ name }) => name) ?? [],
  }
}

function line({ id, status, at, summary }: StoredRun): string {
  const day = new Date(at).toISOString().slice(0, 16).replace('T', ' ')
  if (summary === null) return `${id}  ${day}  ${status}`
  const names = summary.candidates.map(({ name }) => name).join(', ')
  return `${id}  ${day}  ${status}  ${names} vs ${summary.baseline.label}  ${summary.fixtures.count} fixtures  exit ${summary.exit.code}`
}

/** `gateway replay show [run]`; `--fixture` prints the stored rows of one fixture. */
export async function showRun(
  context: CliContext,
  id: string | undefined,
  options: { fixture?: string },
): Promise<number> {
  return withRuns(context, async (store) => {
    const run = requireRun(store, id)
    if (options.fixture !== undefined) return showFixture(context, store, { run, fixture: options.fixture })
    const summary = requireSummary(run)
    const rows = summary.candidates.map((_, candidate) => [...store.rows(run.id, candidate)].map(({ row }) => row))
    if (context.interactive) await showInView(context, { summary, rows })
    await printResult({ context, options: {}, reports: [] }, { summary, rows })
    return 0
  })
}

/** The view, with the answers as far as the fixture files are still there. */
async function showInView(context: CliContext, result: RunResult): Promise<void> {
  const { showStored } = await import('./view.ts')
  const { reopenFixtures } = await import('./texts.ts')
  const set = await reopenFixtures(
    result.summary.fixtures.files.map(({ path }) => path),
    context.cwd,
  )
  try {
    await showStored(context, result, set)
  } finally {
    await set?.close()
  }
}

function showFixture(
  context: CliContext,
  store: RunStore,
  { run, fixture }: { run: StoredRun; fixture: string },
): number {
  const rows = (run.summary?.candidates ?? []).flatMap(({ name }, candidate) =>
    [...store.rows(run.id, candidate)]
      .filter(({ row }) => row.fixture === fixture)
      .map(({ row }) => ({ run: run.id, name, row })),
  )
  if (rows.length === 0)
    throw new GatewayError('fixture_not_found', `run ${run.id} holds no fixture "${fixture}"`, {
      hint: 'see `gateway fixtures stats` for the ids',
    })
  context.out(JSON.stringify(rows, null, 2))
  return 0
}

/** `gateway replay diff <a> <b>`: metric by metric, nothing is run. */
export async function diffRuns(context: CliContext, first: string, second: string): Promise<number> {
  return withRuns(context, (store) => {
    const [a, b] = [requireSummary(requireRun(store, first)), requireSummary(requireRun(store, second))]
    const rows = a.candidates.flatMap((candidate) => metricRows(candidate, b))
    if (context.json) context.out(JSON.stringify({ a: a.runId, b: b.runId, rows }, null, 2))
    else context.out([...sameInputs(a, b), ...rows.map((row) => diffLine(row))].join('\n'))
    return Promise.resolve(0)
  })
}

interface DiffRow {
  readonly candidate: string
  readonly metric: string
  readonly a: number | null
  readonly b: number | null
  readonly verdictA: string
  readonly verdictB: string
}

function metricRows(candidate: CandidateSummary, other: RunSummary): DiffRow[] {
  const partner = other.candidates.find(({ name }) => name === candidate.name)
  return candidate.metrics
    .filter(({ slice }) => slice.label === 'all')
    .map((metric) => {
      const match = partner?.metrics.find((entry) => entry.metric === metric.metric && entry.slice.label === 'all')
      return {
        candidate: candidate.name,
        metric: metric.metric,
        a: metric.candidate,
        b: match?.candidate ?? null,
        verdictA: metric.verdict.kind,
        verdictB: match?.verdict.kind ?? 'absent',
      }
    })
}

function sameInputs(a: RunSummary, b: RunSummary): string[] {
  const lines = [`a ${a.runId}   b ${b.runId}`]
  if (a.fixtures.hash !== b.fixtures.hash)
    lines.push('the fixtures differ, so the figures are not comparable pair by pair')
  if (a.baseline.label !== b.baseline.label)
    lines.push(`the baselines differ: ${a.baseline.label}, ${b.baseline.label}`)
  return lines
}

function diffLine({ candidate, metric, a, b, verdictA, verdictB }: DiffRow): string {
  const verdict = verdictA === verdictB ? verdictA : `${verdictA} -> ${verdictB}`
  return `${candidate.padEnd(16)} ${metric.padEnd(20)} ${number(a).padStart(16)} ${number(b).padStart(16)}  ${verdict}`
}

function number(value: number | null): string {
  if (value === null) return '-'
  return Number.isInteger(value) ? String(value) : value.toPrecision(4)
}

/** `gateway replay accept [run]`: writes what later runs are compared with; only ever by this command. */
export async function acceptRun(context: CliContext, id: string | undefined): Promise<number> {
  const { dir } = await loadProject(context)
  return withRuns(context, async (store) => {
    const summary = requireSummary(requireRun(store, id))
    if (!summary.complete)
      throw new GatewayError('usage_error', `run ${summary.runId} is partial`, {
        hint: 'finish it with `gateway replay --resume`',
      })
    const path = join(dir, 'gateway.baseline.json')
    await writeFile(path, `${JSON.stringify(baselineOf(summary), null, 2)}\n`)
    context.note(`wrote ${path}; commit it, so that others compare with the same run`)
    return 0
  })
}

function baselineOf({ runId, fixtures, candidates }: RunSummary): Record<string, unknown> {
  return {
    schema: 'gateway.baseline/1',
    run: runId,
    fixtures: fixtures.hash,
    candidates: candidates.map(({ name, configHash, metrics }) => ({
      name,
      config: configHash,
      metrics: Object.fromEntries(
        metrics.filter(({ slice }) => slice.label === 'all').map(({ metric, candidate }) => [metric, candidate]),
      ),
    })),
  }
}

/** `gateway replay rm <run>`. */
export async function removeRun(context: CliContext, id: string): Promise<number> {
  return withRuns(context, (store) => {
    const run = requireRun(store, id)
    store.remove(run.id)
    context.note(`removed run ${run.id}`)
    return Promise.resolve(0)
  })
}

async function withRuns(context: CliContext, use: (store: RunStore) => Promise<number>): Promise<number> {
  const { dir } = await loadProject(context)
  const stores = await openStores(dir, context)
  if (stores === null)
    throw new GatewayError('store_failed', `no runs are kept under "${dir}"`, {
      hint: 'run `gateway replay` there first',
    })
  try {
    return await use(stores.runs)
  } finally {
    stores.close()
  }
}

function requireRun(store: RunStore, id: string | undefined): StoredRun {
  const run = id === undefined ? store.list()[0] : store.find(id)
  if (run !== undefined) return run
  const what = id === undefined ? 'there is no stored run' : `no stored run, or more than one, begins with "${id}"`
  throw new GatewayError('run_not_found', what, { hint: 'see `gateway replay list`' })
}

function requireSummary(run: StoredRun): RunSummary {
  if (run.summary !== null) return run.summary
  throw new GatewayError('run_not_found', `run ${run.id} has not come to an end`, {
    hint: 'continue it with `gateway replay --resume`',
  })
}
