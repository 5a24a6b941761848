import { Cursor } from './cursor.ts'
import { checkIntents, checkModelName, checkName, type KnownNames } from './known-names.ts'
import { closest } from './closest.ts'
import { didYouMean, type Report } from './report.ts'

/** Names and combinations in `models`, `aliases`, `tiers`, `routing`. */
export function checkRouting(root: Cursor, names: KnownNames, report: Report): void {
  checkModels(root, names, report)
  checkAliases(root, names, report)
  checkTwice(root.at('tiers').items(), 'tier', report)
  checkPolicies(root, report)
  checkRules(root, names, report)
  checkName(root.at('routing', 'default_policy'), names.policies, { what: 'policy', where: 'as default' }, report)
}

function checkModels(root: Cursor, names: KnownNames, report: Report): void {
  for (const [name, model] of root.at('models').entries()) {
    const where = `for model "${name}"`
    for (const provider of model.at('provider').items()) {
      checkName(provider, names.providers, { what: 'provider', where }, report)
    }
    checkName(model.at('tier'), names.tiers, { what: 'tier', where }, report)
    for (const [key, quality] of model.at('quality').entries()) {
      if (key !== 'overall') checkIntents(new Cursor(key, quality.path), report)
    }
    warnUnknownFacts(name, model, names, report)
  }
}

/** A row without catalogue facts, price and window is probably a typing mistake. */
function warnUnknownFacts(name: string, model: Cursor, names: KnownNames, report: Report): void {
  const upstream = model.at('upstream_model').text()
  if (names.catalogue.includes(name) || (upstream !== undefined && names.catalogue.includes(upstream))) return
  if (model.at('price').exists || model.at('context_window').exists) return
  report.add({
    code: 'config_weak',
    severity: 'warning',
    path: model.path,
    on: 'key',
    message: `nothing is known of model "${name}"`,
    note: didYouMean(closest(name, names.catalogue)),
    fix: 'correct the name, or add at least context_window and price',
  })
}

function checkAliases(root: Cursor, names: KnownNames, report: Report): void {
  for (const [name, alias] of root.at('aliases').entries()) {
    const taken = names.listed && names.models.includes(name)
    if (taken || name === 'auto' || name.startsWith('auto:') || name.startsWith('tier:')) {
      report.add({
        code: 'config_conflict',
        path: alias.path,
        on: 'key',
        message: `alias "${name}" has the name of ${taken ? 'a model' : 'something built in'}`,
        fix: 'choose another name',
      })
    }
    for (const model of alias.at('models').items()) checkModelName(model, `in alias "${name}"`, names, report)
    checkTwice(alias.at('models').items(), 'model', report)
  }
}

function checkPolicies(root: Cursor, report: Report): void {
  for (const [name, policy] of root.at('routing', 'policies').entries()) {
    const aims = ['minimize', 'maximize', 'weights'].filter((key) => policy.at(key).exists)
    checkWeights(name, policy.at('weights'), report)
    if (aims.length === 1) continue
    report.add({
      code: 'config_conflict',
      path: policy.path,
      on: 'key',
      message:
        aims.length === 0
          ? `policy "${name}" has no aim`
          : `policy "${name}" has ${aims.length} aims: ${aims.join(' and ')}`,
      fix: 'keep one of minimize, maximize and weights; limits go under "require"',
    })
  }
}

/** Without any weight every model scores the same, and the name would decide. */
function checkWeights(name: string, weights: Cursor, report: Report): void {
  if (!weights.exists || weights.entries().some(([, weight]) => weight.value !== 0)) return
  report.add({
    code: 'config_conflict',
    path: weights.path,
    message: `policy "${name}" gives no axis any weight`,
    fix: 'give quality, cost or latency a weight above 0',
  })
}

function checkRules(root: Cursor, names: KnownNames, report: Report): void {
  const rules = root.at('routing', 'rules').items()
  checkTwice(
    rules.map((rule) => rule.at('name')),
    'rule',
    report,
  )
  for (const [index, rule] of rules.entries()) {
    const where = `in rule "${rule.at('name').text() ?? index}"`
    for (const model of rule.at('models').items()) {
      if (!names.aliases.includes(model.text() ?? '')) checkModelName(model, where, names, report)
    }
    checkName(rule.at('tier'), names.tiers, { what: 'tier', where }, report)
    checkName(rule.at('policy'), names.policies, { what: 'policy', where }, report)
    checkIntents(rule.at('when', 'intent'), report)
    checkOrder(rule, where, report)
  }
}

function checkOrder(rule: Cursor, where: string, report: Report): void {
  if (rule.at('order').text() !== 'listed') return
  if (rule.at('models').exists && !rule.at('policy').exists) return
  report.add({
    code: 'config_conflict',
    path: rule.at('order').path,
    message: `"order: listed" ${where} needs "models" and excludes "policy"`,
    fix: 'list the models, or remove "order"',
  })
}

/** The same text twice in a list of names. */
export function checkTwice(cursors: readonly Cursor[], what: string, report: Report): void {
  const seen = new Set<string>()
  for (const cursor of cursors) {
    const text = cursor.text()
    if (text === undefined) continue
    if (seen.has(text)) {
      report.add({
        code: 'config_duplicate',
        path: cursor.path,
        message: `${what} "${text}" is listed twice`,
        fix: 'keep one of the two',
      })
    }
    seen.add(text)
  }
}
