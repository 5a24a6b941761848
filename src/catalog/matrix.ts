import { createHash } from 'node:crypto'
import { modelId, type Matrix, type ModelRow, type Target } from '../engine/matrix.ts'
import { canonicalJson } from '../wire/json.ts'
import type { ModelFacts } from './facts.ts'
import type { ModelOverride, ServingProvider } from './ports.ts'
import { priceClass, tierAt } from './price-class.ts'
import { priorQuality, withUserQuality } from './priors.ts'
import { FIRST_RUN_MODELS } from './first-run-models.ts'
import { overriddenCapabilities, overriddenPrices, UNKNOWN_FACTS } from './override.ts'

export interface MatrixInput {
  readonly facts: readonly ModelFacts[]
  readonly providers: readonly ServingProvider[]
  /** The user's `models` section: exactly these rows. Null: every current model that a provider serves. */
  readonly models: Readonly<Record<string, ModelOverride>> | null
  /** Low to high. */
  readonly tiers: readonly string[]
}

export interface BuiltMatrix {
  readonly matrix: Matrix
  /** Things that are probably not what the user meant, one sentence each. */
  readonly warnings: readonly string[]
}

/** Builds the capability matrix: catalogue facts under the user's overrides, with default tiers and quality priors. */
export function buildMatrix(input: MatrixInput): BuiltMatrix {
  const warnings: string[] = []
  const rows =
    input.models === null
      ? servedRows(input, warnings)
      : Object.entries(input.models).map(([name, override]) => listedRow(name, override, input, warnings))
  rows.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  return { matrix: { hash: matrixHash(rows), rows }, warnings }
}

/** First 12 hex digits of SHA-256 over the canonical JSON of the rows. */
function matrixHash(rows: readonly ModelRow[]): string {
  return createHash('sha256').update(canonicalJson(rows)).digest('hex').slice(0, 12)
}

function servedRows(input: MatrixInput, warnings: string[]): ModelRow[] {
  const rows = new Map<string, ModelRow>()
  for (const provider of input.providers) {
    const served = factsServedBy(provider, input.facts)
    if (served.length === 0) warnings.push(`no known models at provider "${provider.name}"; list them under "models"`)
    for (const facts of served) {
      const same = rows.get(facts.id)
      const target = { provider: provider.name, upstreamModel: facts.id, hasCredentials: provider.hasCredentials }
      if (same === undefined) rows.set(facts.id, rowOf({ name: facts.id, facts, targets: [target] }, {}, input.tiers))
      else if (provider.simulated) continue
      else if (facts.vendor === vendorOf(same, input)) {
        rows.set(facts.id, { ...same, targets: [...same.targets, target] })
      } else {
        // Another vendor under the same name has its own prices, so it is a row of its own.
        const name = `${provider.name}/${facts.id}`
        rows.set(name, rowOf({ name, facts, targets: [target] }, {}, input.tiers))
      }
    }
  }
  return [...rows.values()]
}

function vendorOf(row: ModelRow, input: MatrixInput): string | null {
  return input.providers.find((provider) => provider.name === row.targets[0]?.provider)?.vendor ?? null
}

/** Current models of a provider. A simulated one stands in for a small, fixed choice over the tiers. */
export function factsServedBy(provider: ServingProvider, facts: readonly ModelFacts[]): readonly ModelFacts[] {
  const current = facts.filter((model) => model.historic !== true)
  if (!provider.simulated) return current.filter((model) => model.vendor === provider.vendor)
  return FIRST_RUN_MODELS.flatMap(
    ({ vendor, id }) => current.find((model) => model.vendor === vendor && model.id === id) ?? [],
  )
}

function listedRow(name: string, override: ModelOverride, input: MatrixInput, warnings: string[]): ModelRow {
  const upstreamModel = override.upstream_model ?? name
  const named = input.providers.filter((provider) => override.provider?.includes(provider.name) ?? false)
  const facts = findFacts([name, upstreamModel], named, input.facts)
  const serving = override.provider === undefined ? impliedProviders(facts, input.providers) : named
  if (serving.length === 0) warnings.push(`model "${name}" is served by no provider; give it a "provider"`)
  const order = override.provider ?? []
  const targets = [...serving]
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .map((provider) => ({ provider: provider.name, upstreamModel, hasCredentials: provider.hasCredentials }))
  return rowOf({ name, facts, targets }, override, input.tiers)
}

/** Who serves a model that names no provider: providers of its vendor, else simulated ones, else the only one there is. */
function impliedProviders(
  facts: ModelFacts | undefined,
  providers: readonly ServingProvider[],
): readonly ServingProvider[] {
  const ofVendor = providers.filter((provider) => provider.vendor !== null && provider.vendor === facts?.vendor)
  if (ofVendor.length > 0) return ofVendor
  const simulated = providers.filter((provider) => provider.simulated)
  if (simulated.length > 0) return simulated.slice(0, 1)
  return providers.length === 1 ? providers : []
}

/** By name, then by upstream name; at the vendor of the serving provider where there is a choice. */
function findFacts(
  names: readonly string[],
  serving: readonly ServingProvider[],
  facts: readonly ModelFacts[],
): ModelFacts | undefined {
  const vendors = new Set(serving.map((provider) => provider.vendor))
  for (const name of names) {
    const found = facts.filter((model) => model.id === name)
    if (found.length > 0) return found.find((model) => vendors.has(model.vendor)) ?? found[0]
  }
  return undefined
}

interface RowParts {
  readonly name: string
  readonly facts: ModelFacts | undefined
  readonly targets: readonly Target[]
}

function rowOf(parts: RowParts, override: ModelOverride, tiers: readonly string[]): ModelRow {
  const facts = parts.facts ?? UNKNOWN_FACTS
  const kind = override.kind ?? facts.kind
  const prices = overriddenPrices(facts.prices, override)
  const tier = override.tier ?? tierAt(priceClass(prices), tiers)
  // Quality is a matter of the model, so the list price decides; only without one the user's tier is the next best hint.
  const position = facts.prices === null ? positionOf(tier, tiers) : priceClass(facts.prices)
  const family = override.family ?? (facts.family === '' ? parts.name : facts.family)
  const prior = priorQuality(position, `${parts.name} ${facts.id} ${family}`)
  const dates = { released: override.released, deprecated: override.deprecated, retires: override.retires }
  const stated = Object.fromEntries(Object.entries(dates).filter(([, date]) => date !== undefined))
  return {
    id: modelId(parts.name),
    family,
    kind,
    tier,
    targets: parts.targets,
    contextWindow: override.context_window ?? facts.contextWindow,
    maxInput: override.max_input ?? facts.maxInput,
    maxOutput: override.max_output ?? facts.maxOutput,
    inputModalities: override.modalities ?? facts.inputModalities,
    capabilities: overriddenCapabilities(facts.capabilities, override),
    prices,
    dates: { ...facts.dates, ...stated },
    ...(override.region === undefined ? {} : { region: override.region }),
    latency: latencyOf(override),
    quality: kind === 'embedding' ? { overall: null, byIntent: {} } : withUserQuality(prior, override.quality),
  }
}

/** Latency is measured or stated by the user, never taken from a price list. */
function latencyOf(override: ModelOverride): ModelRow['latency'] {
  const stated = override.latency
  if (stated === undefined) return null
  return {
    firstTokenP50Ms: stated.first_token_p50,
    firstTokenP95Ms: stated.first_token_p95,
    perTokenP50Ms: stated.per_token_p50,
    perTokenP95Ms: stated.per_token_p95,
    source: 'user',
  }
}

function positionOf(tier: string, tiers: readonly string[]): 0 | 1 | 2 {
  const index = tiers.indexOf(tier)
  const scaled = tiers.length < 2 || index < 0 ? 1 : Math.round((index * 2) / (tiers.length - 1))
  return scaled <= 0 ? 0 : scaled >= 2 ? 2 : 1
}
