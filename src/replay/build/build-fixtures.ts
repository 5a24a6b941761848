// Makes fixtures/zeroeval-*.jsonl and their sidecars. Run: npm run build:fixtures -- --source DIR
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import type { TokenUsage } from '../../wire/usage.ts'
import { shortHash, fixtureId, keyOf, KEY_VERSION } from '../fixtures/key.ts'
import { requestOf } from '../fixtures/incoming.ts'
import { serializeAlternative, serializeFixture, serializeHeader } from '../fixtures/write.ts'
import type { Alternative, Fixture, FixtureHeader, FixtureRequest, FixtureResponse } from '../types.ts'
import { FIXTURE_SCHEMA } from '../types.ts'
import { dealUser, seededRandom, shuffled, thinnedArrivals } from './deal.ts'
import { readAzureArrivals, readPrices, readZeroEval } from './sources.ts'
import type { HistoricPrices, ZeroEvalRow } from './sources.ts'

const RECORDED_MODEL = 'gpt-4o-2024-08-06'
const SEED = 20_241_104
/** Day on which the outputs were made; a constant, so that a rebuild gives the same bytes. */
const CREATED = '2026-11-22T00:00:00.000Z'
const START = Date.parse('2024-11-04T14:00:00.000Z')
const NAMES = { gsm: 'zeroeval-gsm', crux: 'zeroeval-crux' } as const
const TAGS = { gsm: 'gsm8k', crux: 'crux' } as const

const SYNTHETIC = [
  `arrival times: every 161st arrival of the Azure LLM inference trace 2023 (conversation), moved to ${new Date(START).toISOString()}`,
  `users, projects and the order of the prompts: dealt with seed ${SEED}; each prompt is a session of its own`,
  'usage: counted with the o200k vocabulary at build time; approximate for models that are not from OpenAI',
  'cost: counted usage at list prices of autumn 2024',
  'no latency, finish reason or billed usage was recorded',
]
const ATTRIBUTION = [
  'answers and scores: WildEval/ZeroEval @8c1485ed, Apache-2.0',
  'gsm8k prompts: openai/grade-school-math, MIT; crux prompts: facebookresearch/cruxeval, MIT',
  'arrival times: Azure/AzurePublicDataset @b469a113, CC BY 4.0',
]

/** Chat framing as OpenAI documents it: 3 tokens a message, one for the role, 3 to start the answer. */
function countUsage(row: ZeroEvalRow, answer: string): TokenUsage {
  const prompt = row.messages.reduce((sum, message) => sum + 4 + encode(message.content).length, 3)
  const none = { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0 }
  return { input: prompt, output: encode(answer).length, ...none, basis: 'counted' }
}

/** USD per million tokens are micro-dollars per token: times a million gives pico-dollars, rounded up to nano-dollars. */
function costNanoUsd(usage: TokenUsage, price: { readonly input: number; readonly output: number }): number {
  const pico = usage.input * Math.round(price.input * 1e6) + usage.output * Math.round(price.output * 1e6)
  return Math.ceil(pico / 1000)
}

function responseOf(row: ZeroEvalRow, model: string, prices: HistoricPrices): FixtureResponse {
  const answer = row.responses[model]
  const price = prices.models[model]
  if (answer === undefined || price === undefined) throw new Error(`${row.id}: no answer or price for ${model}`)
  const usage = countUsage(row, answer.text)
  return {
    status: 200,
    model,
    finish: null,
    message: { text: answer.text },
    usage,
    cost: { nano_usd: costNanoUsd(usage, price), basis: 'counted' },
    recorded_score: answer.score,
  }
}

interface Dealt {
  readonly row: ZeroEvalRow
  readonly at: number
  readonly user: string
  readonly project: string
}

function fixtureOf({ row, at, user, project }: Dealt, prices: HistoricPrices): Fixture {
  const id = fixtureId(`zeroeval:${row.id}`)
  const req: FixtureRequest = {
    api: 'chat.completions',
    model_asked: 'auto',
    body: { messages: row.messages, ...row.params },
    stream: false,
  }
  const rights = {
    keyId: `key-${project}`,
    alias: project,
    groups: [],
    user,
    project,
    tierCeiling: null,
    models: null,
    policy: null,
  }
  return {
    id,
    key: keyOf(requestOf(req), shortHash),
    key_v: KEY_VERSION,
    session: `s_${id.slice(3)}`,
    turn: 0,
    ts: new Date(at).toISOString(),
    source: { kind: 'import', from: 'zeroeval', orig_id: row.id },
    tags: ['zeroeval', TAGS[row.dataset === 'gsm' ? 'gsm' : 'crux']],
    weight: 1,
    req,
    ctx: { rights, now: at },
    res: responseOf(row, RECORDED_MODEL, prices),
    expect: [{ scorer: 'answer', args: { ref: row.reference, field: 'answer' } }],
  }
}

function alternativesOf({ row, at }: Dealt, prices: HistoricPrices, priceHash: string): Alternative[] {
  return Object.keys(prices.models)
    .filter((model) => model !== RECORDED_MODEL)
    .map((model) => ({
      id: fixtureId(`zeroeval:${row.id}`),
      model,
      res: responseOf(row, model, prices),
      obtained: 'import',
      ts: new Date(at).toISOString(),
      price_hash: priceHash,
    }))
}

function build(source: string, target: string): void {
  const { prices, text } = readPrices(source)
  const priceHash = shortHash(text)
  const random = seededRandom(SEED)
  const rows = shuffled(readZeroEval(source), random)
  const arrivals = thinnedArrivals(readAzureArrivals(source), rows.length, START)
  const dealt = rows.map((row, index): Dealt => ({ row, at: arrivals[index] ?? START, ...dealUser(random) }))
  const header: FixtureHeader = {
    kind: 'header',
    schema: FIXTURE_SCHEMA,
    created: CREATED,
    redaction: 'none: public benchmark prompts',
    catalog: `historic@${priceHash}`,
    prices: `historic@${priceHash}`,
    synthetic: SYNTHETIC,
    attribution: ATTRIBUTION,
  }
  for (const dataset of ['gsm', 'crux'] as const) {
    const own = dealt.filter(({ row }) => row.dataset === dataset)
    const fixtures = own.map((item) => serializeFixture(fixtureOf(item, prices)))
    const others = own
      .flatMap((item) => alternativesOf(item, prices, priceHash))
      .map((item) => serializeAlternative(item))
    writeFileSync(join(target, `${NAMES[dataset]}.jsonl`), `${[serializeHeader(header), ...fixtures].join('\n')}\n`)
    writeFileSync(join(target, `${NAMES[dataset]}.alts.jsonl`), `${[serializeHeader(header), ...others].join('\n')}\n`)
    process.stdout.write(`${NAMES[dataset]}: ${fixtures.length} exchanges, ${others.length} answers of other models\n`)
  }
}

const { values } = parseArgs({ options: { source: { type: 'string' } } })
if (values.source === undefined) throw new Error('usage: npm run build:fixtures -- --source DIR')
build(values.source, join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'fixtures'))
