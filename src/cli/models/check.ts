import type { ModelRow } from '../../engine/matrix.ts'
import type { CliContext } from '../context.ts'
import { loadProject, type Project } from '../project.ts'

interface Finding {
  readonly level: 'error' | 'warning'
  readonly code:
    | 'retired'
    | 'retires_soon'
    | 'deprecated'
    | 'unpriced'
    | 'unknown_window'
    | 'unserved'
    | 'no_credentials'
    | 'stale_prices'
  readonly model: string
  readonly text: string
}

const DAY_MS = 86_400_000
const SOON_DAYS = 60
const STALE_DAYS = 180

/** `gateway models check`: what in the matrix will fail or mislead. Returns 1 when a model is retired. */
export async function runCheck(context: CliContext, now: number): Promise<number> {
  const project = await loadProject(context, { credentials: 'present' })
  const findings = [
    ...project.matrix.rows.flatMap((row) => findingsFor(row, project, now)),
    ...staleFindings(project, now),
  ]
  const failed = findings.some((finding) => finding.level === 'error')
  if (context.json) context.out(JSON.stringify({ ok: !failed, findings }, null, 2))
  else {
    for (const { level, code, text } of findings)
      context.out(`${level === 'error' ? '!' : '-'} ${code.padEnd(14)}  ${text}`)
    const errors = findings.filter((finding) => finding.level === 'error').length
    context.out(`${project.matrix.rows.length} models: ${errors} errors, ${findings.length - errors} warnings`)
  }
  return failed ? 1 : 0
}

function findingsFor(row: ModelRow, project: Project, now: number): Finding[] {
  const findings: Finding[] = []
  const add = (level: Finding['level'], code: Finding['code'], text: string): void => {
    findings.push({ level, code, model: row.id, text: `${row.id} ${text}` })
  }
  const { retires, deprecated } = row.dates
  const daysLeft = retires === undefined ? undefined : Math.ceil((Date.parse(retires) - now) / DAY_MS)
  if (daysLeft !== undefined && daysLeft <= 0) add('error', 'retired', `was retired on ${retires}`)
  else if (daysLeft !== undefined && daysLeft <= SOON_DAYS) add('warning', 'retires_soon', `retires on ${retires}`)
  const status = project.catalog.models.find((model) => model.id === row.id)?.status
  if (deprecated !== undefined) add('warning', 'deprecated', `is deprecated since ${deprecated}`)
  else if (status === 'deprecated') add('warning', 'deprecated', 'is marked deprecated; no date is stated')
  const base = row.prices?.steps[0]
  if (base === undefined || base.input === null || (row.kind === 'chat' && base.output === null)) {
    add('warning', 'unpriced', 'has no price: budgets refuse it, and its cost is unknown, not zero')
  }
  if (row.contextWindow === null)
    add('warning', 'unknown_window', 'has no context window: long prompts are not kept away from it')
  if (row.targets.length === 0) add('warning', 'unserved', 'is served by no provider')
  else if (row.targets.every((target) => !target.hasCredentials)) {
    add(
      'warning',
      'no_credentials',
      `can not be called: ${row.targets.map((target) => target.provider).join(', ')} has no key`,
    )
  }
  return findings
}

/** Prices grow old even when nothing else happens. */
function staleFindings(project: Project, now: number): Finding[] {
  const newest = project.matrix.rows
    .map((row) => row.prices?.asOf ?? '')
    .filter((date) => /^\d{4}-/.test(date))
    .sort()
    .at(-1)
  if (newest === undefined) return []
  const days = Math.floor((now - Date.parse(newest)) / DAY_MS)
  if (days <= STALE_DAYS) return []
  const text = `the newest price is ${days} days old (${newest}); update with \`gateway models sync\``
  return [{ level: 'warning', code: 'stale_prices', model: '', text }]
}
