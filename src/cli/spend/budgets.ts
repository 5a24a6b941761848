import { principalOf } from '../../auth/rights.ts'
import { adopt, leftOf, openAccount, spentRange, type Account } from '../../engine/budgets/account.ts'
import { budgetSubjects, inClass } from '../../engine/budgets/concerns.ts'
import type { Rights } from '../../engine/decision.ts'
import { compile } from '../../engine/eligibility/compiled.ts'
import type { LedgerOpening, SpentPart, SpentQuery } from '../../engine/ledger.ts'
import type { BudgetRule, BudgetScope } from '../../engine/routing-config.ts'
import type { SpendDimension } from '../../engine/spend.ts'
import { budgetJson, budgetTable, type BudgetLine } from '../../report/spend-budgets.ts'
import { storeFailureOrBug } from '../../store/failure.ts'
import { openAttempts } from '../../store/ledger/orphans.ts'
import { createSpendReader } from '../../store/ledger/spend.ts'
import { createSpentReader } from '../../store/ledger/spent.ts'
import { openExisting, type Connection } from '../../store/open.ts'
import type { CliContext } from '../context.ts'
import { modelsStyle } from '../models/texts.ts'
import { openKeyStores } from '../open-store.ts'
import { loadProject, type Project } from '../project.ts'
import { databasePath } from '../state-dir.ts'

/** What the store knows of those who spend. */
interface Books {
  spent(query: SpentQuery): readonly SpentPart[]
  /** Who spent anything since a moment. */
  spenders(scope: BudgetScope, since: number): readonly string[]
  readonly open: readonly LedgerOpening[]
  readonly holders: readonly Rights[]
}

const NO_BOOKS: Books = { spent: () => [], spenders: () => [], open: [], holders: [] }

/** `gateway spend --budgets`: every budget of the config, for everybody whom it is known to bind. */
export async function runBudgets(context: CliContext, now: number): Promise<void> {
  const project = await loadProject(context)
  const lines = readLines(project, now)
  if (context.json) context.out(JSON.stringify({ budgets: lines.map((line) => budgetJson(line)) }, null, 2))
  else if (lines.length > 0) context.out(budgetTable(lines, modelsStyle(context)).join('\n'))
  if (project.routing.budgets.length === 0) context.note('the config has no budgets')
  else context.note('FOR lists known keys and whoever spent in the window; times are UTC')
}

function readLines(project: Project, now: number): BudgetLine[] {
  const path = databasePath(project.dir)
  const connection = openExisting(path)
  if (connection === null) return budgetLines(project, NO_BOOKS, now)
  try {
    // One read transaction: every line is of the same moment.
    return connection.transaction(() => budgetLines(project, openBooks(connection, project), now))()
  } catch (error) {
    throw storeFailureOrBug(path, error)
  } finally {
    connection.close()
  }
}

const DIMENSION: Readonly<Record<Exclude<BudgetScope, 'global'>, SpendDimension>> = {
  key: 'key',
  user: 'user',
  project: 'project',
  group: 'group',
}

function openBooks(connection: Connection, project: Project): Books {
  const spend = createSpendReader(connection)
  const { keys } = openKeyStores(connection, project.dir)
  const groups = new Map(keys.groups().map((group) => [group.name, group]))
  const world = { groups, tiers: project.routing.tiers }
  const alive = keys.keys().filter(({ revokedAt }) => revokedAt === null)
  return {
    spent: createSpentReader(connection),
    spenders(scope, since) {
      if (scope === 'global') return []
      const { lines } = spend({ by: [DIMENSION[scope]], since, until: null, filter: {} })
      return lines.flatMap(({ values }) => values).filter((subject) => subject !== '')
    },
    open: openAttempts(connection),
    holders: alive.flatMap((key) => principalOf(key, world)?.rights ?? []),
  }
}

function budgetLines({ routing, matrix }: Project, books: Books, now: number): BudgetLine[] {
  const { aliases } = compile(routing, matrix)
  const names = new Map(books.holders.map(({ keyId, alias }) => [keyId, alias]))
  return routing.budgets.flatMap((rule) => {
    const counts = ({ model, tier }: SpentPart | LedgerOpening): boolean =>
      inClass({ id: model, tier }, rule.modelClass, aliases)
    return subjectsUnder(rule, books, now).map((subject): BudgetLine => {
      const account = accountOf(rule, { subject, books, counts, now })
      const { spentNanoUsd, reservedNanoUsd, window } = account
      const alias = rule.scope === 'key' ? names.get(subject) : undefined
      return {
        rule,
        subject,
        ...(alias === undefined ? {} : { alias }),
        spentNanoUsd,
        reservedNanoUsd,
        leftNanoUsd: leftOf(account, rule),
        resetsAt: window.to,
      }
    })
  })
}

/** A budget that binds by name binds nobody else, however much they spent. */
function subjectsUnder(rule: BudgetRule, books: Books, now: number): string[] {
  if (rule.scope === 'global') return ['']
  const bound = books.holders.flatMap((rights) => budgetSubjects(rule, rights))
  const spent = rule.byReference === true ? [] : books.spenders(rule.scope, spentRange(rule, now).from)
  return [...new Set([...bound, ...spent])].sort()
}

interface Asked {
  readonly subject: string
  readonly books: Books
  readonly counts: (part: SpentPart | LedgerOpening) => boolean
  readonly now: number
}

function accountOf(rule: BudgetRule, { subject, books, counts, now }: Asked): Account {
  const spent = books.spent({ scope: rule.scope, subject, ...spentRange(rule, now) }).filter(counts)
  const underWay = books.open.filter((opening) => counts(opening) && drawsOn(rule, subject, opening))
  return underWay.reduce(
    (account, { reservedNanoUsd, at }) => adopt(account, rule, { nanoUsd: reservedNanoUsd, now, at }).account,
    openAccount(rule, spent, now),
  )
}

/** Whether an attempt under way is the subject's. That it is bound is known already. */
function drawsOn(rule: BudgetRule, subject: string, opening: LedgerOpening): boolean {
  const { keyId, alias, groups, user, project } = opening
  const rights = { keyId, alias, groups, user, project, tierCeiling: null, models: null, policy: null }
  return budgetSubjects(rule, { ...rights, budgets: [rule.name] }).includes(subject)
}
