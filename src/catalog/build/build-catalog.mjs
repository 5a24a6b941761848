// Makes src/catalog/data/catalog.json from the price data under --source. Run `npm run build` first: the conversion is
// the code that `gateway models sync` uses. Equal input gives equal bytes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const { values } = parseArgs({
  options: {
    source: { type: 'string' },
    out: { type: 'string', default: join(here, '..', 'data', 'catalog.json') },
    code: { type: 'string', default: join(here, '..', '..', '..', 'dist') },
  },
})
if (values.source === undefined) throw new Error('usage: build-catalog.mjs --source DIR [--out FILE] [--code DIST]')

const { factsFromModelsDev } = await import(join(values.code, 'catalog', 'models-dev.js'))
const litellm = await import(join(values.code, 'catalog', 'litellm.js'))
const { UNKNOWN_CAPABILITIES } = await import(join(values.code, 'catalog', 'facts.js'))
const { catalogText } = await import(join(values.code, 'catalog', 'catalog-file.js'))
const { picoPerToken } = await import(join(values.code, 'catalog', 'pico.js'))

const read = (name) => {
  const bytes = readFileSync(join(values.source, 'catalog', name))
  return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
}

const selected = read('models.selected.json')
const everything = read('models.dev.2026-07-02.json.gz')
const historic = read('historic.json')
const table = read('litellm-prices.2025-09.json.gz')
const HISTORIC_AS_OF = '2024-11-01'
const UNPRICED = { input: null, output: null, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, reasoning: null }

const current = selected.models.flatMap((row) => factsFromModelsDev(row.provider, row, selected.as_of) ?? [])
const old = Object.entries(historic.models).map(([id, facts]) => historicFacts(id, facts))
const sources = [
  { name: selected.source, commit: selected.commit, asOf: selected.as_of, licence: selected.license },
  { name: 'BerriAI/litellm, copy in AgentOps-AI/tokencost', commit: 'e7f7c192', asOf: '2025-09', licence: 'MIT' },
]
mkdirSync(dirname(values.out), { recursive: true })
writeFileSync(values.out, catalogText([...current, ...old], sources))
process.stdout.write(`${current.length} current and ${old.length} historic models -> ${values.out}\n`)

/**
 * A model of the bundled recordings. Prices as in autumn 2024. Capabilities and the retirement date are those of its
 * row in the table, where that row is about the same model; otherwise unknown. A release date only where models.dev
 * has the same id.
 */
function historicFacts(id, facts) {
  const row = facts.unverified === true ? {} : (table[facts.row] ?? {})
  const dated = everything[facts.provider]?.models[id] ?? {}
  // Where the table's price for long prompts is not confirmed by the compiled list, that step is unknown.
  const confirmed = facts.remark?.startsWith('prompts up to') === true
  const [, ...steps] = litellm
    .litellmSteps(row)
    .map((step) => (confirmed ? step : { ...UNPRICED, aboveInputTokens: step.aboveInputTokens }))
  const base = {
    aboveInputTokens: 0,
    input: picoPerToken(facts.input, 'per_million'),
    output: picoPerToken(facts.output, 'per_million'),
    cacheRead: picoPerToken(row.cache_read_input_token_cost, 'per_token'),
    cacheWrite5m: picoPerToken(row.cache_creation_input_token_cost, 'per_token'),
    cacheWrite1h: null,
    reasoning: null,
  }
  const notes = [facts.remark, facts.unverified === true ? 'price not verified' : undefined]
  const retires = row.deprecation_date
  if (retires === undefined) notes.push('no source states a retirement date')
  const note = notes.filter((part) => part !== undefined).join('; ')
  return {
    id,
    vendor: facts.provider,
    name: dated.name ?? id,
    family: dated.family ?? familyOf(id),
    kind: 'chat',
    contextWindow: facts.context,
    maxInput: null,
    maxOutput: facts.max_output,
    inputModalities: litellm.litellmModalities(row),
    capabilities: { ...UNKNOWN_CAPABILITIES, ...litellm.litellmCapabilities(row) },
    prices: { steps: [base, ...steps], source: 'litellm', asOf: HISTORIC_AS_OF },
    dates: {
      ...(dated.release_date === undefined ? {} : { released: dated.release_date }),
      ...(retires === undefined ? {} : { retires }),
    },
    historic: true,
    ...(note === '' ? {} : { note }),
  }
}

/** Family names as models.dev uses them for the successors. */
function familyOf(id) {
  const families = { gpt: 'gpt', gemini: 'gemini', mistral: 'mistral-large', deepseek: 'deepseek', qwen: 'qwen' }
  const start = id.toLowerCase()
  const found = Object.entries(families).find(([prefix]) => start.startsWith(prefix))
  return found === undefined ? 'llama' : found[1]
}
