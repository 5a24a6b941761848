import { GatewayError } from '../wire/errors.ts'
import { isJsonObject, type JsonObject } from '../wire/json.ts'
import { VENDORS, type CatalogSource, type ModelFacts } from './facts.ts'
import { factsFromLiteLlm, litellmRows } from './litellm.ts'
import { factsFromModelsDev } from './models-dev.ts'

/** What a price document says about the models that the gateway can reach. */
export interface ReadCatalog {
  readonly source: CatalogSource
  readonly models: readonly ModelFacts[]
  /** Rows of other vendors or kinds. */
  readonly leftOut: number
}

/** Recognises the shape of a price document and reads it. `asOf` counts when the document has no date of its own. */
export function readPriceDocument(document: unknown, asOf: string): ReadCatalog {
  if (isJsonObject(document)) {
    if (Array.isArray(document['models'])) return readSelection(document, asOf)
    const rows = litellmRows(document)
    if (rows.some(([, row]) => typeof row['litellm_provider'] === 'string')) return readLiteLlm(rows, asOf)
    if (Object.values(document).some((vendor) => isJsonObject(vendor) && isJsonObject(vendor['models']))) {
      return readModelsDev(document, asOf)
    }
  }
  throw new GatewayError('catalog_invalid', 'the document has none of the known shapes', {
    hint: 'give models.dev `api.json`, a list of its models, or the price table of LiteLLM',
  })
}

/** `api.json` of models.dev: vendors by name, each with its models by id. */
function readModelsDev(document: JsonObject, asOf: string): ReadCatalog {
  const rows = Object.entries(document).flatMap(([vendor, entry]) =>
    isJsonObject(entry) && isJsonObject(entry['models'])
      ? Object.values(entry['models']).map((row) => ({ vendor, row }))
      : [],
  )
  return collect(
    'models.dev',
    asOf,
    rows.map(({ vendor, row }) =>
      isJsonObject(row) && isVendor(vendor) ? factsFromModelsDev(vendor, row, asOf) : null,
    ),
  )
}

/** A list of models of models.dev with their provider, such as the one the bundled snapshot is made from. */
function readSelection(document: JsonObject, fallbackAsOf: string): ReadCatalog {
  const asOf = typeof document['as_of'] === 'string' ? document['as_of'] : fallbackAsOf
  const rows: readonly unknown[] = Array.isArray(document['models']) ? document['models'] : []
  const models = rows.map((row) => {
    const vendor = isJsonObject(row) ? row['provider'] : undefined
    return isJsonObject(row) && typeof vendor === 'string' && isVendor(vendor)
      ? factsFromModelsDev(vendor, row, asOf)
      : null
  })
  return collect('models.dev', asOf, models)
}

function readLiteLlm(rows: readonly (readonly [string, JsonObject])[], asOf: string): ReadCatalog {
  const models = rows.map(([key, row]) => factsFromLiteLlm(key, row, asOf))
  return collect('litellm', asOf, preferDirect(models))
}

/** The table lists some models twice, with and without the provider in front of the name; the first one counts. */
function preferDirect(models: readonly (ModelFacts | null)[]): readonly (ModelFacts | null)[] {
  const seen = new Set<string>()
  return models.filter((model) => {
    if (model === null) return true
    const key = `${model.vendor}/${model.id}`
    const first = !seen.has(key)
    seen.add(key)
    return first
  })
}

function collect(name: string, asOf: string, models: readonly (ModelFacts | null)[]): ReadCatalog {
  const kept = models.filter((model) => model !== null)
  return { source: { name, asOf, licence: 'MIT' }, models: kept, leftOut: models.length - kept.length }
}

function isVendor(name: string): boolean {
  return VENDORS.some((vendor) => vendor === name)
}
