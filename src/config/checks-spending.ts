import { checkTwice } from './checks-routing.ts'
import { limitNameAt } from './compile-spending.ts'
import type { Cursor } from './cursor.ts'
import { checkModelName, type KnownNames } from './known-names.ts'
import { pathText, type Report } from './report.ts'

/** Names, classes, zones and combinations in `budgets` and `rate_limits`. */
export function checkSpending(root: Cursor, names: KnownNames, report: Report): void {
  const budgets = root.at('budgets').items()
  const limits = root.at('rate_limits').items()
  checkTwice(
    budgets.map((budget) => budget.at('name')),
    'budget',
    report,
  )
  for (const budget of budgets) {
    checkClass(budget.at('model_class'), names, report)
    checkTimeZone(budget.at('time_zone'), report)
    checkWindow(budget, report)
    checkMode(budget, report)
  }
  checkNameless(budgets, report)
  for (const limit of limits) {
    checkClass(limit.at('model_class'), names, report)
    checkLimit(limit, report)
  }
  checkLimitNames(limits, report)
}

/** Only requests that name a user or project are under its budget; leaving the name out must not be a way around all. */
function checkNameless(budgets: readonly Cursor[], report: Report): void {
  const scopes = budgets.map((budget) => budget.at('scope').text())
  const named = scopes.findIndex((scope) => scope === 'user' || scope === 'project')
  if (named === -1 || scopes.some((scope) => scope === 'global' || scope === 'key')) return
  report.add({
    code: 'config_weak',
    severity: 'warning',
    path: budgets[named]?.at('scope').path ?? [],
    message: `requests that name no ${scopes[named]} are under no budget`,
    fix: `add a budget with scope key or global, or give keys a fixed ${scopes[named]} (\`gateway keys set\`)`,
  })
}

function checkClass(modelClass: Cursor, names: KnownNames, report: Report): void {
  const text = modelClass.text()
  if (text === undefined) return
  const where = `in "${pathText(modelClass.path)}"`
  const [, prefix, name] = /^(tier|alias):(.*)$/.exec(text) ?? []
  if (prefix === undefined || name === undefined) {
    if (!text.includes('*')) checkExactClass(modelClass, where, names, report)
    return
  }
  const known = prefix === 'tier' ? names.tiers : names.aliases
  if (known.includes(name)) return
  report.add({
    code: 'config_unknown_name',
    path: modelClass.path,
    message: `unknown ${prefix} "${name}" ${where}`,
    fix: known.length === 0 ? `declare the ${prefix} first` : `known: ${known.join(', ')}`,
  })
}

/** A class without a star names one model; a tier or alias without its prefix would bind nothing. */
function checkExactClass(modelClass: Cursor, where: string, names: KnownNames, report: Report): void {
  const text = modelClass.text() ?? ''
  const kind = names.tiers.includes(text) ? 'tier' : names.aliases.includes(text) ? 'alias' : undefined
  if (kind === undefined || names.models.includes(text)) {
    checkModelName(modelClass, where, names, report)
    return
  }
  report.add({
    code: 'config_unknown_name',
    path: modelClass.path,
    message: `unknown model "${text}" ${where}`,
    note: `that is ${kind === 'tier' ? 'a tier' : 'an alias'}`,
    fix: `write ${kind}:${text}`,
  })
}

function checkTimeZone(zone: Cursor, report: Report): void {
  const text = zone.text()
  if (text === undefined || isTimeZone(text)) return
  report.add({
    code: 'config_bad_value',
    path: zone.path,
    message: `unknown time zone "${text}"`,
    fix: 'write an IANA name such as Europe/Berlin',
  })
}

function isTimeZone(text: string): boolean {
  // Newer engines read offsets too; a name also says when its clocks change.
  if (/^[+-]/.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text }).format(0)
    return true
  } catch {
    return false
  }
}

function checkWindow(budget: Cursor, report: Report): void {
  const rolling = budget.at('rolling').value === true
  const total = budget.at('window').text() === 'total'
  if (rolling && total) {
    report.add({
      code: 'config_conflict',
      path: budget.at('rolling').path,
      message: `budget ${nameOf(budget)} has window total, which never ends, so it can not roll`,
      fix: 'remove "rolling", or choose hour, day, week or month',
    })
  }
  if (!budget.at('time_zone').exists || (!rolling && !total)) return
  report.add({
    code: 'config_conflict',
    path: budget.at('time_zone').path,
    on: 'key',
    message: `budget ${nameOf(budget)} has a time zone, but no calendar window`,
    fix: `remove "time_zone"${rolling ? ', or "rolling"' : ''}`,
  })
}

function checkMode(budget: Cursor, report: Report): void {
  if (budget.at('mode').text() !== 'hard' || budget.at('on_exceed').text() !== 'warn') return
  report.add({
    code: 'config_conflict',
    path: budget.at('mode').path,
    message: `budget ${nameOf(budget)} only warns, so it can not be hard`,
    fix: 'remove "mode", or use on_exceed: block or downgrade',
  })
}

function checkLimit(limit: Cursor, report: Report): void {
  if (!['requests', 'tokens', 'concurrent'].some((key) => limit.at(key).exists)) {
    report.add({
      code: 'config_conflict',
      path: limit.path,
      message: `"${pathText(limit.path)}" limits nothing`,
      fix: 'add at least one of requests, tokens, concurrent',
    })
  }
  if (limit.at('apply').text() !== 'referenced' || limit.at('name').exists) return
  report.add({
    code: 'config_conflict',
    path: limit.at('apply').path,
    message: `"${pathText(limit.path)}" binds only those who name it, but has no name`,
    fix: 'add "name"',
  })
}

/** Also a name of one's own may be the one that another limit gets for having none. */
function checkLimitNames(limits: readonly Cursor[], report: Report): void {
  const seen = new Set<string>()
  for (const [index, limit] of limits.entries()) {
    const name = limitNameAt(index, { name: limit.at('name').text(), scope: limit.at('scope').text() ?? '' })
    if (seen.has(name)) {
      report.add({
        code: 'config_duplicate',
        path: limit.at('name').path,
        message: `rate limit "${name}" is listed twice`,
        fix: 'choose another name for one of the two',
      })
    }
    seen.add(name)
  }
}

function nameOf(budget: Cursor): string {
  return `"${budget.at('name').text() ?? ''}"`
}
