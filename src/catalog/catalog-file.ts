import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GatewayError } from '../wire/errors.ts'
import { canonicalJson, isJsonObject } from '../wire/json.ts'
import { mergeModels } from './merge-facts.ts'
import { byVendorAndId, CATALOG_SCHEMA, type CatalogFile, type CatalogSource, type ModelFacts } from './facts.ts'

/** Where `gateway models sync` keeps its result. */
export function syncedCatalogPath(dir: string): string {
  return join(dir, '.gateway', 'catalog.json')
}

/** Facts of all layers below the user's own: bundled, then synced over it, by vendor and id. */
export interface Catalog {
  readonly models: readonly ModelFacts[]
  readonly sources: readonly CatalogSource[]
  readonly synced: boolean
}

/** Loads the bundled snapshot and, when the project has one, the synced file over it. Never touches the network. */
export function loadCatalog(dir: string): Catalog {
  const bundled = loadBundledCatalog()
  const synced = loadSyncedCatalog(dir)
  if (synced === null) return { models: bundled.models, sources: bundled.sources, synced: false }
  return {
    models: [...mergeModels(bundled.models, synced.models)].sort(byVendorAndId),
    sources: [...synced.sources, ...bundled.sources],
    synced: true,
  }
}

let bundledOnce: CatalogFile | undefined

/** The snapshot that ships with this version. */
export function loadBundledCatalog(): CatalogFile {
  bundledOnce ??= readCatalog(
    readFileSync(new URL('data/catalog.json', import.meta.url), 'utf8'),
    'the bundled catalogue',
  )
  return bundledOnce
}

/** The synced file of a project; null when it has none. */
function loadSyncedCatalog(dir: string): CatalogFile | null {
  let text: string
  try {
    text = readFileSync(syncedCatalogPath(dir), 'utf8')
  } catch {
    return null
  }
  return readCatalog(text, syncedCatalogPath(dir), true)
}

/** Serialises a catalogue with its checksum, one model a line. */
export function catalogText(models: readonly ModelFacts[], sources: readonly CatalogSource[]): string {
  const sorted = [...models].sort(byVendorAndId)
  const head = JSON.stringify({ schema: CATALOG_SCHEMA, sources, sha256: checksum(sorted) })
  return `${head.slice(0, -1)},"models":[\n${sorted.map((model) => JSON.stringify(model)).join(',\n')}\n]}\n`
}

function readCatalog(text: string, file: string, verify = false): CatalogFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw damaged(file, 'is not JSON', cause)
  }
  if (!isCatalogFile(value)) throw damaged(file, `is not of the form ${CATALOG_SCHEMA}`)
  // The bundled file is checked by a test instead: hashing it would cost every start.
  if (verify && checksum(value.models) !== value.sha256) throw damaged(file, 'does not match its checksum')
  return value
}

function checksum(models: readonly ModelFacts[]): string {
  return createHash('sha256').update(canonicalJson(models)).digest('hex')
}

function isCatalogFile(value: unknown): value is CatalogFile {
  if (!isJsonObject(value) || value['schema'] !== CATALOG_SCHEMA || typeof value['sha256'] !== 'string') return false
  const models: unknown = value['models']
  return Array.isArray(value['sources']) && Array.isArray(models) && models.every((model) => isFacts(model))
}

function isFacts(value: unknown): boolean {
  if (!isJsonObject(value)) return false
  const named = ['id', 'vendor', 'name', 'family', 'kind'].every((key) => typeof value[key] === 'string')
  return (
    named &&
    isJsonObject(value['capabilities']) &&
    isJsonObject(value['dates']) &&
    Array.isArray(value['inputModalities'])
  )
}

function damaged(file: string, fault: string, cause?: unknown): GatewayError {
  return new GatewayError('catalog_invalid', `${file} ${fault}`, {
    hint: 'delete it, or run `gateway models sync` again',
    cause,
  })
}
