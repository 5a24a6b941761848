import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { bytesText, counted } from '../../report/format.ts'
import { integrityProblems } from '../../store/integrity.ts'
import { checkLedger, type LedgerCheck, type LedgerProblem } from '../../store/ledger/check.ts'
import { openAttempts } from '../../store/ledger/orphans.ts'
import type { CliContext } from '../context.ts'
import { withStore, type OpenedStore } from './open.ts'

interface Checked {
  readonly path: string
  readonly bytes: number
  readonly schema: number
  readonly integrity: readonly string[]
  /** Null when the file is too damaged to add anything up. */
  readonly ledger: LedgerCheck | null
  readonly open: number
}

/** `gateway store check`. Returns 1 when something is wrong. */
export function runCheck(context: CliContext): number {
  const checked = withStore(context, (store) => check(store, context))
  const { integrity, ledger } = checked
  const ok = integrity.length === 0 && ledger !== null && ledger.problems.length === 0
  if (context.json) context.out(JSON.stringify({ ok, ...checked }, null, 2))
  else context.out(lines(checked, context.cwd).join('\n'))
  if (!ok) context.fail('the store is damaged: keep the file, and put the last good backup in its place')
  return ok ? 0 : 1
}

function check({ path, connection }: OpenedStore, context: CliContext): Checked {
  const integrity = integrityProblems(connection)
  const ledger = integrity.length > 0 ? null : checkLedger(connection, progress(context))
  return {
    path,
    bytes: statSync(path).size,
    schema: Number(connection.prepare('PRAGMA user_version').pluck().get()),
    integrity,
    ledger,
    open: integrity.length > 0 ? 0 : openAttempts(connection).length,
  }
}

/** A large ledger takes minutes; whoever waits sees that it goes on. */
function progress(context: CliContext): (done: number, of: number) => void {
  return (done, of) => {
    if (done % 10 === 0 && done < of && context.interactive) context.note(`${done} of ${of} days added up`)
  }
}

function lines({ path, bytes, schema, integrity, ledger, open }: Checked, cwd: string): string[] {
  return [
    `store      ${relative(cwd, path) || path}, ${bytesText(bytes)}, schema ${schema}`,
    ...(integrity.length === 0 ? ['integrity  ok'] : integrity.map((problem) => `integrity  ${problem}`)),
    ...(ledger === null ? [] : ledgerLines(ledger, open)),
  ]
}

function ledgerLines({ rows, days, daysWithRows, problems }: LedgerCheck, open: number): string[] {
  const underWay = open === 0 ? '' : `; ${counted(open, 'call')} not ended`
  const added = `${daysWithRows} of ${counted(days, 'day')} added up again`
  return [
    `ledger     ${counted(rows, 'row')}${underWay}`,
    ...(problems.length === 0
      ? [`totals     ok: ${added}`]
      : problems.map((problem) => `totals     ${problemText(problem)}`)),
  ]
}

function problemText(problem: LedgerProblem): string {
  switch (problem.kind) {
    case 'day_sums':
      return `${problem.day}: ${counted(problem.differing, 'sum')} of \`gateway spend\` differ from the rows`
    case 'budget_sums':
      return `${problem.day}: ${counted(problem.differing, 'sum')} for budgets differ from the rows`
    case 'roll_ups':
      return `${counted(problem.differing, 'sum')} for budgets and for \`gateway spend\` differ from each other`
    case 'dangling':
      return `${counted(problem.rows, 'row')} name a text or a caller that is missing`
  }
}
