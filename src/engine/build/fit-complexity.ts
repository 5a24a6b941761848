import { join } from 'node:path'
import { isJsonObject } from '../../wire/json.ts'
import { softmax } from '../intent/classify.ts'
import { KNOWN_INTENTS } from '../intent/known.ts'
import { parseLines, readText } from './rows.ts'
import { OUTCOME_FILES, userRequest } from './sources.ts'
import { vectorOf } from './vectors.ts'

/** Models that were cheap in their set. A prompt is hard when they fail on average. */
const CHEAP: ReadonlySet<string> = new Set([
  'mixtral-8x7b',
  'Meta-Llama-3.1-8B-Instruct',
  'claude-3-haiku-20240307',
  'gemini-1.5-flash',
  'gemma-2-9b-it',
  'gpt-3.5-turbo-0125',
  'gpt-4o-mini-2024-07-18',
  'Meta-Llama-3_1-8B-Instruct',
  'Mistral-7B-Instruct-v0.2',
  'Mixtral-8x7B-Instruct-v0.1',
  'Phi-3-mini-4k-instruct',
  'gemini-1.5-flash-002',
  'mathstral-7B',
  'qwen2.5-7b-instruct',
  'mistral-7b-instruct-v0.3',
  'codegemma-7b',
  'llama-3.1-8b-instruct',
  'llama3-chatqa-1.5-8b',
])

/** Datasets that share prompts stand in one leak group and are never on both sides. */
const LEAK_GROUPS: Readonly<Record<string, string>> = {
  mmlu: 'mmlu',
  'mmlu-pro': 'mmlu',
  gsm8k: 'gsm',
  gsm: 'gsm',
  'agentverse-mgsm': 'gsm',
  math: 'math',
  'math-l5': 'math',
  crux: 'crux',
}

/** One prompt with its outcome. */
export interface Outcome {
  readonly file: string
  readonly leakGroup: string
  readonly logTokens: number
  readonly probabilities: Float64Array
  readonly failed: boolean
}

function cheapScore(outcomes: unknown): number | null {
  if (!isJsonObject(outcomes)) return null
  const scores = Object.entries(outcomes)
    .filter(([model]) => CHEAP.has(model))
    .map(([, result]) => (isJsonObject(result) ? Number(result['score']) : Number.NaN))
    .filter((score) => !Number.isNaN(score))
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length
}

/** Recorded outcomes as the engine sees their prompts. Rules alone name the intent: the words were trained on these texts. */
export function readOutcomeRows(folder: string, rulesShare: number): Outcome[] {
  return OUTCOME_FILES.flatMap((file) =>
    parseLines(readText(join(folder, 'outcomes', `${file}.jsonl.gz`))).flatMap((row) => {
      const score = cheapScore(row['outcomes'])
      if (score === null) return []
      const request = userRequest(String(row['prompt']))
      const vector = vectorOf({ group: file, source: file, mapping: { accept: [], train: null }, request }, 1)
      return [
        {
          file,
          leakGroup: LEAK_GROUPS[String(row['dataset'])] ?? 'other',
          logTokens: Math.log1p(vector.tokens),
          probabilities: softmax(vector.rules.map((points) => points * rulesShare)),
          failed: score < 0.5,
        },
      ]
    }),
  )
}

/** Log-odds from the logarithm of the tokens and, to compare, from the intents. */
interface Model {
  readonly bias: number
  readonly logTokens: number
  readonly byIntent: Readonly<Record<string, number>>
}

/** Log-odds that cheap models fail. */
export function complexityLogit(outcome: Outcome, model: Model): number {
  let logit = model.bias + model.logTokens * outcome.logTokens
  for (const [at, intent] of KNOWN_INTENTS.entries())
    logit += (outcome.probabilities[at] ?? 0) * (model.byIntent[intent] ?? 0)
  return logit
}

const STEPS = 200
const RATE = 0.3
/** Keeps intents without outcomes at 0 and rare ones near it. */
const SHRINK = 0.01

/** Logistic regression, every file counting the same; deterministic full-batch descent. */
export function fitComplexity(rows: readonly Outcome[], withIntents: boolean): Model {
  const sizes = new Map<string, number>()
  for (const { file } of rows) sizes.set(file, (sizes.get(file) ?? 0) + 1)
  const center = rows.reduce((sum, { logTokens }) => sum + logTokens, 0) / rows.length
  const weights = new Float64Array(2 + KNOWN_INTENTS.length)
  for (let step = 0; step < STEPS; step += 1) {
    const gradient = new Float64Array(weights.length)
    for (const row of rows) {
      const weight = 1 / ((sizes.get(row.file) ?? 1) * sizes.size)
      const inputs = [1, row.logTokens - center, ...(withIntents ? row.probabilities : [])]
      const logit = inputs.reduce((sum, input, at) => sum + input * (weights[at] ?? 0), 0)
      const error = (1 / (1 + Math.exp(-logit)) - (row.failed ? 1 : 0)) * weight
      for (const [at, input] of inputs.entries()) gradient[at] = (gradient[at] ?? 0) + error * input
    }
    for (let at = 0; at < weights.length; at += 1)
      weights[at] = (weights[at] ?? 0) - RATE * 4 * ((gradient[at] ?? 0) + (at > 1 ? SHRINK * (weights[at] ?? 0) : 0))
  }
  const rounded = (value: number | undefined): number => Math.round((value ?? 0) * 1000) / 1000
  const logTokens = rounded(weights[1])
  return {
    bias: rounded((weights[0] ?? 0) - logTokens * center),
    logTokens,
    byIntent: Object.fromEntries(
      KNOWN_INTENTS.map((intent, at) => [intent, rounded(weights[at + 2])]).filter(([, value]) => value !== 0),
    ),
  }
}

/** Chance that a failed prompt is ranked above a solved one; ties count half. */
export function areaUnderCurve(rows: readonly Outcome[], score: (row: Outcome) => number): number {
  const ranked = rows.map((row) => ({ failed: row.failed, score: score(row) })).sort((a, b) => a.score - b.score)
  let rankSum = 0
  for (let from = 0; from < ranked.length;) {
    let to = from
    while (to < ranked.length && ranked[to]?.score === ranked[from]?.score) to += 1
    for (let at = from; at < to; at += 1) if (ranked[at]?.failed === true) rankSum += (from + to + 1) / 2
    from = to
  }
  const failed = rows.filter((row) => row.failed).length
  const solved = rows.length - failed
  return failed === 0 || solved === 0 ? Number.NaN : (rankSum - (failed * (failed + 1)) / 2) / (failed * solved)
}

/** Result of one file of one leak group, judged by models that never saw the group. */
export interface ComplexityResult {
  readonly leakGroup: string
  readonly file: string
  readonly rows: number
  readonly failed: number
  readonly byLength: number
  readonly byBoth: number
}

/** Leave one leak group out: length alone against length and intent. */
export function judgeComplexity(rows: readonly Outcome[]): ComplexityResult[] {
  return [...new Set(rows.map(({ leakGroup }) => leakGroup))].flatMap((leakGroup) => {
    const others = rows.filter((row) => row.leakGroup !== leakGroup)
    const length = fitComplexity(others, false)
    const both = fitComplexity(others, true)
    const held = rows.filter((row) => row.leakGroup === leakGroup)
    return [...new Set(held.map(({ file }) => file))].map((file) => {
      const mine = held.filter((row) => row.file === file)
      return {
        leakGroup,
        file,
        rows: mine.length,
        failed: mine.filter((row) => row.failed).length / mine.length,
        byLength: areaUnderCurve(mine, (row) => complexityLogit(row, length)),
        byBoth: areaUnderCurve(mine, (row) => complexityLogit(row, both)),
      }
    })
  })
}
