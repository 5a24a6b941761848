import { keyView, type KeyView } from '../../auth/key-views.ts'
import type { Scopes } from '../../auth/ports.ts'
import { textTable, type Column } from '../../report/text-table.ts'
import type { CliContext } from '../context.ts'
import { modelsStyle } from '../models/texts.ts'
import { keyNamed, readState } from './stores.ts'

const COLUMNS: readonly Column[] = [
  { header: 'KEY', align: 'left' },
  { header: 'ID', align: 'left' },
  { header: 'STATUS', align: 'left' },
  { header: 'ENDS', align: 'left' },
  { header: 'FOR', align: 'left', drop: 2 },
  { header: 'GROUPS', align: 'left', drop: 3 },
  { header: 'LAST 4', align: 'left', drop: 1 },
]

/** `gateway keys list`. */
export function runList(context: CliContext, all: boolean, now: number): void {
  const { keys } = readState(context)
  const views = keys.filter(({ revokedAt }) => all || revokedAt === null).map((key) => keyView(key, now))
  if (context.json) return context.out(JSON.stringify({ keys: views }, null, 2))
  if (views.length > 0) {
    const rows = views.map((view) => ({ cells: cellsOf(view).map((text) => ({ text })) }))
    context.out(textTable(COLUMNS, rows, modelsStyle(context)).join('\n'))
  }
  const hidden = keys.length - views.length
  context.note(`${views.length} keys${hidden === 0 ? '' : `, ${hidden} revoked ones with --all`}`)
  if (views.length === 0) context.note('next: gateway keys create --alias <name>')
}

function cellsOf({ aliases, id, kind, status, expires, revoked, user, project, groups, secrets }: KeyView): string[] {
  const who = [user === null ? '' : `user ${user}`, project === null ? '' : `project ${project}`]
  return [
    aliases.join(', '),
    id,
    kind === 'admin' ? `${status}, admin` : status,
    (revoked ?? expires)?.slice(0, 16).replace('T', ' ') ?? '',
    who.filter((text) => text !== '').join(', '),
    groups.join(', '),
    secrets.map(({ lastFour }) => lastFour).join(' '),
  ]
}

/** `gateway keys show`. */
export function runShow(context: CliContext, name: string, now: number): void {
  const view = keyView(keyNamed(readState(context).keys, name), now)
  if (context.json) context.out(JSON.stringify(view, null, 2))
  else context.out(keyLines(view).join('\n'))
}

/** One key for people, a fact a line. */
export function keyLines(view: KeyView): string[] {
  const [name = view.id, ...others] = view.aliases
  const facts: readonly (readonly [string, string | null])[] = [
    ['also', others.join(', ')],
    ['status', view.kind === 'admin' ? `${view.status}, administrator` : view.status],
    ['owner', view.owner],
    ['deployed', view.deployment],
    ['user', view.user],
    ['project', view.project],
    ['groups', view.groups.join(', ')],
    ...scopeFacts(view),
    ['created', view.created],
    ['expires', view.expires],
    ['revoked', view.revoked],
    ...view.secrets.map(secretFact),
  ]
  return [`${name}   ${view.id}`, ...factLines(facts)]
}

function secretFact({ lastFour, created, worksUntil }: KeyView['secrets'][number]): readonly [string, string] {
  const end = lastFour === '' ? 'imported by digest' : `…${lastFour}`
  return ['secret', `${end}  since ${created}${worksUntil === null ? '' : `, works until ${worksUntil}`}`]
}

/** What scopes and bindings say, for keys and groups alike. */
export function scopeFacts({
  scopes,
  budgets,
  limits,
}: {
  readonly scopes: Scopes
  readonly budgets: readonly string[]
  readonly limits: readonly string[]
}): readonly (readonly [string, string | null])[] {
  const list = (names: readonly string[] | null): string | null =>
    names === null ? null : names.length === 0 ? 'none' : names.join(', ')
  return [
    ['models', list(scopes.models)],
    ['max tier', scopes.maxTier],
    ['policies', list(scopes.policies)],
    ['endpoints', list(scopes.endpoints)],
    ['hints', list(scopes.hints)],
    ['explain', scopes.explain === null ? null : scopes.explain ? 'yes' : 'no'],
    ['budgets', budgets.join(', ')],
    ['limits', limits.join(', ')],
  ]
}

/** `name  text` for every fact that says something. */
export function factLines(facts: readonly (readonly [string, string | null])[]): string[] {
  return facts.flatMap(([name, text]) => (text === null || text === '' ? [] : [`  ${name.padEnd(10)} ${text}`]))
}
