import { readFileSync, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { loadBundledCatalog, loadCatalog } from '../../catalog/catalog-file.ts'
import type { ModelFacts } from '../../catalog/facts.ts'
import { mergeFacts } from '../../catalog/merge-facts.ts'
import { catalogDiff, catalogFaults, type CatalogChange } from '../../catalog/sync-check.ts'
import { readPriceDocument, type ReadCatalog } from '../../catalog/sync-read.ts'
import { writeSyncedCatalog } from '../../catalog/sync-write.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { readConfigFile, wantedConfigFile } from '../project/config-file.ts'
import { changeLine, summaryLine } from './sync-text.ts'

const MAX_BYTES = 64 * 1024 * 1024
const TIMEOUT_MS = 60_000
const SHOWN_CHANGES = 40

/** Fixed addresses; the variables point tests and mirrors elsewhere. */
const ADDRESSES = {
  'models.dev': { url: 'https://models.dev/api.json', variable: 'GATEWAY_MODELS_DEV_URL' },
  litellm: {
    url: 'https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json',
    variable: 'GATEWAY_LITELLM_URL',
  },
} as const

export interface SyncOptions {
  readonly from: string
  readonly check: boolean
  readonly asOf: string | undefined
}

/** `gateway models sync`: read, check, show the differences, and only then write. */
export async function runSync(context: CliContext, options: SyncOptions): Promise<void> {
  const file = wantedConfigFile(context)
  const dir = file === null ? context.cwd : readConfigFile(file).dir
  const document = await readDocument(context, options)
  const read = withoutHistoric(readPriceDocument(document.value, document.asOf))
  const known = loadCatalog(dir).models.filter((model) => model.historic !== true)
  const faults = catalogFaults(read.models, known)
  if (faults.length > 0) throw implausible(options.from, faults)
  const changes = catalogDiff(mergedWith(known, read.models), known)
  const written = options.check ? null : writeSyncedCatalog(dir, read.models, read.source)
  report(context, { read, changes, written: written === null ? null : relative(context.cwd, written) })
}

/** What the listed models would be afterwards: silence of the new list is not a change. */
function mergedWith(known: readonly ModelFacts[], listed: readonly ModelFacts[]): readonly ModelFacts[] {
  const before = new Map(known.map((model) => [`${model.vendor}/${model.id}`, model]))
  return listed.map((model) => mergeFacts(before.get(`${model.vendor}/${model.id}`), model))
}

/** The models of the bundled recordings keep the prices of their time, or the recordings would cost something else. */
function withoutHistoric(read: ReadCatalog): ReadCatalog {
  const historic = new Set(
    loadBundledCatalog()
      .models.filter(isHistoric)
      .map((model) => `${model.vendor}/${model.id}`),
  )
  const models = read.models.filter((model) => !historic.has(`${model.vendor}/${model.id}`))
  return { ...read, models, leftOut: read.leftOut + read.models.length - models.length }
}

function isHistoric(model: ModelFacts): boolean {
  return model.historic === true
}

async function readDocument(context: CliContext, options: SyncOptions): Promise<{ value: unknown; asOf: string }> {
  const { from, asOf } = options
  if (from === 'models.dev' || from === 'litellm') {
    const { url, variable } = ADDRESSES[from]
    const value = await fetchDocument(context.env[variable] ?? url)
    return { value, asOf: asOf ?? new Date().toISOString().slice(0, 10) }
  }
  const path = resolve(context.cwd, from)
  try {
    const { mtime, size } = statSync(path)
    if (size > MAX_BYTES) throw new Error('too large')
    const bytes = readFileSync(path)
    const text = path.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes
    const value: unknown = JSON.parse(text.toString('utf8'))
    return { value, asOf: asOf ?? mtime.toISOString().slice(0, 10) }
  } catch (cause) {
    throw new GatewayError('catalog_invalid', `"${from}" can not be read as JSON`, {
      hint: 'name a JSON file, `models.dev` or `litellm`',
      cause,
    })
  }
}

async function fetchDocument(url: string): Promise<unknown> {
  const { jsonHttp } = await import('../../upstream/http.ts')
  const { status, body } = await jsonHttp.request({ url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES })
  if (status === 200) return body
  throw new GatewayError('catalog_invalid', `the price list answered with status ${status}`, {
    hint: 'try again later, or sync from a file; nothing was changed',
  })
}

function implausible(from: string, faults: readonly string[]): GatewayError {
  const more = faults.length > 10 ? [`  and ${faults.length - 10} more`] : []
  return new GatewayError('catalog_invalid', `"${from}" is not plausible, so nothing was changed`, {
    hint: 'check the source, or sync from another one',
    data: { report: [...faults.slice(0, 10).map((fault) => `  ! ${fault}`), ...more].join('\n'), faults },
  })
}

interface SyncReport {
  readonly read: ReadCatalog
  readonly changes: readonly CatalogChange[]
  readonly written: string | null
}

function report(context: CliContext, { read, changes, written }: SyncReport): void {
  if (context.json) {
    const { source, models, leftOut } = read
    context.out(JSON.stringify({ source, models: models.length, leftOut, changes, written }, null, 2))
    return
  }
  const ordered = [...changes].sort((a, b) => weight(a) - weight(b))
  const shown = ordered
    .filter((change) => change.kind !== 'unlisted')
    .slice(0, context.verbose ? undefined : SHOWN_CHANGES)
  for (const change of shown) context.out(changeLine(change))
  const hidden = changes.filter((change) => change.kind !== 'unlisted').length - shown.length
  if (hidden > 0) context.out(`  and ${hidden} more; --verbose shows all`)
  context.out(summaryLine(read, changes))
  context.out(written === null ? 'nothing written (--check)' : `wrote ${written}`)
  context.note('next: gateway models check')
}

/** Suspicious prices first: they are what a person has to look at. Then what decides most bills. */
function weight(change: CatalogChange): number {
  if (change.kind === 'price') {
    if (change.suspicious) return 0
    return change.what === 'input' || change.what === 'output' ? 1 : 3
  }
  return change.kind === 'added' ? 2 : 4
}
