import { once } from 'node:events'
import type { LedgerRow } from '../../engine/ledger.ts'
import type { SpendQuery } from '../../engine/spend.ts'
import { rowsCsv, rowsJson, rowsTable } from '../../report/spend-rows.ts'
import { createRowReader } from '../../store/ledger/rows.ts'
import { storeFailureOrBug } from '../../store/failure.ts'
import { openExisting } from '../../store/open.ts'
import type { CliContext } from '../context.ts'
import { projectDirOf } from '../keys/stores.ts'
import { modelsStyle } from '../models/texts.ts'
import { databasePath } from '../state-dir.ts'

const SHOWN = 20

/** `gateway spend --rows`. Exports are written as they are read, however many rows there are. */
export async function runRows(
  context: CliContext,
  query: SpendQuery,
  { csv, top }: { csv: boolean; top: number | null },
): Promise<void> {
  const path = databasePath(projectDirOf(context))
  const connection = openExisting(path)
  const all = connection === null ? [] : createRowReader(connection)(query)
  try {
    if (csv) await write(rowsCsv(first(all, top)))
    else if (context.json) await write(rowsJson(first(all, top)))
    else show(context, [...first(all, top ?? SHOWN)])
  } catch (error) {
    throw storeFailureOrBug(path, error)
  } finally {
    connection?.close()
  }
}

function* first(rows: Iterable<LedgerRow>, most: number | null): Generator<LedgerRow> {
  let count = 0
  for (const row of rows) {
    if (most !== null && count >= most) return
    count += 1
    yield row
  }
}

function show(context: CliContext, rows: readonly LedgerRow[]): void {
  if (rows.length === 0) context.note('no call on record here')
  else context.out(rowsTable(rows, modelsStyle(context)).join('\n'))
  if (rows.length > 0)
    context.note('times are UTC; ~ marks a cost that is not a bill. More with --top, all with --csv or --json')
}

/** Waits for a slow reader instead of filling the memory. */
async function write(pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) if (!process.stdout.write(piece)) await once(process.stdout, 'drain')
}
