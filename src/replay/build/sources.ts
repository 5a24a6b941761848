import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { JsonObject } from '../../wire/json.ts'

/** One prompt of ZeroEval with the answers of ten models. */
export interface ZeroEvalRow {
  readonly id: string
  readonly dataset: 'gsm' | 'crux' | 'math-l5'
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly params: JsonObject
  readonly reference: string
  readonly responses: Readonly<Record<string, { readonly text: string; readonly score: number }>>
}

/** List prices in USD per million tokens. */
export interface HistoricPrices {
  readonly models: Readonly<
    Record<string, { readonly provider: string; readonly input: number; readonly output: number }>
  >
}

/** GSM8K and CRUX rows. The licence of MATH is disputed, so its rows never get past this point. */
export function readZeroEval(source: string): ZeroEvalRow[] {
  const text = gunzipSync(readFileSync(join(source, 'fixtures', 'replay-zeroeval.jsonl.gz'))).toString('utf8')
  const rows: ZeroEvalRow[] = text
    .trim()
    .split('\n')
    .map((line): ZeroEvalRow => JSON.parse(line))
  return rows.filter((row) => row.dataset !== 'math-l5')
}

/** Prices of the ten models in autumn 2024, with the file's text for hashing. */
export function readPrices(source: string): { readonly prices: HistoricPrices; readonly text: string } {
  const text = readFileSync(join(source, 'catalog', 'historic.json'), 'utf8')
  return { prices: JSON.parse(text), text }
}

/** Arrival times of the Azure 2023 conversation trace in ms, in order. */
export function readAzureArrivals(source: string): number[] {
  const text = gunzipSync(readFileSync(join(source, 'traffic', 'azure-2023-conv.csv.gz'))).toString('utf8')
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Date.parse(`${line.split(',', 1)[0]?.trim().replace(' ', 'T').slice(0, 23)}Z`))
    .sort((a, b) => a - b)
}
