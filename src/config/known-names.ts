import { INTENTS } from '../engine/intents.ts'
import { closest } from './closest.ts'
import type { Cursor } from './cursor.ts'
import { DEFAULTS } from './defaults.ts'
import { factsOf } from './presets.ts'
import { didYouMean, type Report } from './report.ts'

/** What the catalogue knows; handed in, because the config room does not read the catalogue. */
export interface CatalogueNames {
  /** Every model name with facts, also retired ones. */
  readonly all: readonly string[]
  /** Models that exist without a `models` section, given who serves. Null: no provider is declared. */
  served(declared: { readonly vendors: readonly string[]; readonly simulated: boolean } | null): readonly string[]
}

/** Every name that a config may refer to, read from the unvalidated data. */
export interface KnownNames {
  readonly providers: readonly string[]
  readonly models: readonly string[]
  readonly aliases: readonly string[]
  readonly tiers: readonly string[]
  readonly policies: readonly string[]
  readonly catalogue: readonly string[]
  /** True when `models` lists the matrix row by row. */
  readonly listed: boolean
}

export function knownNames(root: Cursor, catalogue: CatalogueNames): KnownNames {
  const providers = root.at('providers').entries()
  const facts = providers.map(([, provider]) =>
    factsOf({
      kind: provider.at('kind').text(),
      preset: provider.at('preset').text(),
      quirks: provider.at('quirks').text(),
    }),
  )
  const declared = {
    vendors: facts.flatMap((one) => (one.vendor === null ? [] : [one.vendor])),
    simulated: facts.some((one) => one.kind === 'simulated'),
  }
  const listed = root.at('models').exists
  const tiers = root
    .at('tiers')
    .items()
    .flatMap((tier) => tier.text() ?? [])
  return {
    providers: root.at('providers').keys(),
    models: listed ? root.at('models').keys() : catalogue.served(providers.length === 0 ? null : declared),
    aliases: root.at('aliases').keys(),
    tiers: tiers.length > 0 ? tiers : DEFAULTS.tiers,
    policies: [...new Set([...Object.keys(DEFAULTS.routing.policies), ...root.at('routing', 'policies').keys()])],
    catalogue: catalogue.all,
    listed,
  }
}

/** Complains about a model name that nothing stands behind. `where` reads like `in rule "code"`. */
export function checkModelName(cursor: Cursor, where: string, names: KnownNames, report: Report): void {
  const model = cursor.text()
  if (model === undefined || names.models.includes(model)) return
  const inCatalogue = names.catalogue.includes(model)
  const suggestion = inCatalogue ? undefined : (closest(model, names.models) ?? closest(model, names.catalogue))
  const missing = names.listed ? 'not under "models"' : 'served by none of the providers'
  const note = inCatalogue ? `in the catalogue, but ${missing}` : names.listed ? missing : 'not in the catalogue'
  report.add({
    code: 'config_unknown_model',
    path: cursor.path,
    message: `unknown model "${model}" ${where}`,
    note: [note, suggestion === undefined ? undefined : `Did you mean "${suggestion}"?`].filter(Boolean).join('. '),
    fix: inCatalogue
      ? `add "${model}" under "models" with its provider`
      : 'correct the name, or declare the model under "models"; `gateway models list` shows what there is',
  })
}

/** Complains about a provider, tier or policy name that is not declared. */
export function checkName(
  cursor: Cursor,
  known: readonly string[],
  say: { readonly what: string; readonly where: string },
  report: Report,
): void {
  const found = cursor.text()
  if (found === undefined || known.includes(found)) return
  report.add({
    code: 'config_unknown_name',
    path: cursor.path,
    message: `unknown ${say.what} "${found}" ${say.where}`,
    note: didYouMean(closest(found, known)),
    fix: known.length === 0 ? `declare the ${say.what} first` : `known: ${known.slice(0, 12).join(', ')}`,
  })
}

/** True for an intent, or for `code.*` when some intent starts with `code.`. */
function isIntentPattern(text: string): boolean {
  if (text === '*') return true
  return text.endsWith('.*')
    ? INTENTS.some((intent) => intent.startsWith(text.slice(0, -1)))
    : INTENTS.some((intent) => intent === text || intent.startsWith(`${text}.`))
}

export function checkIntents(cursor: Cursor, report: Report): void {
  for (const item of cursor.items()) {
    const text = item.text()
    if (text === undefined || isIntentPattern(text)) continue
    const suggestion = closest(text, INTENTS)
    report.add({
      code: 'config_unknown_name',
      path: item.path,
      message: `unknown intent "${text}"`,
      note: didYouMean(suggestion),
      fix: suggestion === undefined ? `known: ${INTENTS.join(', ')}, or a prefix such as code.*` : undefined,
    })
  }
}
