import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CanonicalRequest, Message, Role } from '../../wire/canonical.ts'
import { isJsonObject } from '../../wire/json.ts'
import type { KnownIntent } from '../intent/rules.ts'
import { KNOWN_INTENTS } from '../intent/known.ts'
import type { Mapping } from './label-map.ts'
import { BELLE, CLINC150, INTENT_T0, mappingOf, OUTCOMES } from './label-map.ts'
import { readBankingCases, readVllmCases } from './probe-sources.ts'
import { parseLines, readText } from './rows.ts'

/** One labelled prompt. Samples of one `group` may share prompts and are always held back together. */
export interface Sample {
  readonly group: string
  readonly source: string
  readonly mapping: Mapping
  readonly request: CanonicalRequest
}

/** A request with nothing but its messages. */
export function plainRequest(messages: readonly Message[], tools: readonly string[] = []): CanonicalRequest {
  return {
    format: 'openai-chat',
    model: 'auto',
    messages,
    tools: tools.map((name) => ({ name })),
    responseFormat: { kind: 'text' },
    sampling: {},
    choices: 1,
    stream: false,
    includeUsage: false,
    metadata: {},
    extra: {},
  }
}

/** One user message. */
export function userRequest(text: string): CanonicalRequest {
  return plainRequest([{ role: 'user', blocks: [{ kind: 'text', text }] }])
}

const ROLES: readonly Role[] = ['system', 'user', 'assistant', 'tool']

function toMessage(raw: unknown): Message {
  const message = isJsonObject(raw) ? raw : {}
  const role = ROLES.find((name) => name === message['role']) ?? 'user'
  const content = message['content']
  if (role === 'tool') {
    const text = typeof content === 'string' ? content : JSON.stringify(content ?? '')
    return { role, blocks: [{ kind: 'tool_result', toolUseId: 'call', blocks: [{ kind: 'text', text }] }] }
  }
  if (typeof content === 'string') return { role, blocks: [{ kind: 'text', text: content }] }
  const parts = Array.isArray(content) ? content : []
  return {
    role,
    blocks: parts.flatMap((part) =>
      isJsonObject(part) && typeof part['text'] === 'string' ? [{ kind: 'text' as const, text: part['text'] }] : [],
    ),
  }
}

function toolNames(raw: unknown): string[] {
  if (!Array.isArray(raw)) return []
  return raw.map((tool, index) => {
    if (typeof tool === 'string') return tool
    return isJsonObject(tool) && typeof tool['name'] === 'string' ? tool['name'] : `tool${index}`
  })
}

/** Prompts of our own from a folder of JSONL files: `{ intent, lang, messages, tools? }`. */
export function readOwnPrompts(folder: string, group: string): (Sample & { readonly language: string })[] {
  const samples: (Sample & { readonly language: string })[] = []
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()) {
    for (const row of parseLines(readText(join(folder, file)))) {
      const intent = KNOWN_INTENTS.find((name) => name === row['intent'])
      if (intent === undefined || !Array.isArray(row['messages'])) continue
      const request = plainRequest(row['messages'].map(toMessage), toolNames(row['tools']))
      const language = typeof row['lang'] === 'string' ? row['lang'] : 'und'
      samples.push({ group, source: group, mapping: { accept: [intent], train: intent }, request, language })
    }
  }
  return samples
}

function labelled(group: string, source: string, rows: readonly { text: string; mapping: Mapping | null }[]): Sample[] {
  return rows.flatMap(({ text, mapping }) =>
    mapping === null ? [] : [{ group, source, mapping, request: userRequest(text) }],
  )
}

function readClinc(path: string): Sample[] {
  const data: unknown = JSON.parse(readText(path))
  const rows: { text: string; mapping: Mapping | null }[] = []
  for (const part of ['train', 'val', 'test']) {
    const pairs: unknown = isJsonObject(data) ? data[part] : []
    for (const pair of Array.isArray(pairs) ? pairs : [])
      if (Array.isArray(pair)) rows.push({ text: String(pair[0]), mapping: mappingOf(CLINC150, String(pair[1])) })
  }
  return labelled('clinc150', 'clinc150', rows)
}

/** BELLE writes some labels with a no-break space. */
const plainLabel = (label: unknown): string => String(label).replaceAll('\u00a0', ' ')

/** Files of recorded outcomes. They share prompts among them (GSM8K, MMLU, MATH), so they are one group. */
export const OUTCOME_FILES = [
  'llmrouter-14',
  'routellm-mmlu',
  'routellm-gsm8k',
  'mmlu-pro',
  'zeroeval-gsm',
  'zeroeval-math-l5',
  'zeroeval-crux',
] as const

function readOutcomes(folder: string, name: string): Sample[] {
  const rows = parseLines(readText(join(folder, 'outcomes', `${name}.jsonl.gz`))).map((row) => ({
    text: String(row['prompt']),
    mapping:
      mappingOf(OUTCOMES, `${String(row['dataset'])}/${String(row['category'])}`) ??
      mappingOf(OUTCOMES, String(row['dataset'])),
  }))
  return labelled('outcomes', name, rows)
}

/** All foreign samples that may be trained on. */
export function readForeign(folder: string): Sample[] {
  const belle = parseLines(readText(join(folder, 'intents', 'belle-eval-zh.json.gz'))).map((row) => ({
    text: String(row['question']),
    mapping: mappingOf(BELLE, plainLabel(row['class'])),
  }))
  const t0 = parseLines(readText(join(folder, 'intents', 'intent-t0-sample.jsonl.gz'))).map((row) => ({
    text: String(row['prompt']),
    mapping: mappingOf(INTENT_T0, String(row['intent'])),
  }))
  return [
    ...readClinc(join(folder, 'intents', 'clinc150.json.gz')),
    ...labelled('belle-eval-zh', 'belle-eval-zh', belle),
    ...labelled('intent-t0', 'intent-t0', t0),
    ...OUTCOME_FILES.flatMap((name) => readOutcomes(folder, name)),
  ]
}

/** Samples that are only evaluated. */
export function readProbes(folder: string): { readonly vllm: Sample[]; readonly banking: Sample[] } {
  const vllm = readVllmCases(join(folder, 'intents', 'vllm-sr-e2e-cases.tar.gz'))
  return {
    vllm: labelled('vllm-sr', 'vllm-sr-e2e', vllm),
    banking: readBankingCases(join(folder, 'intents', 'banking77-train.csv.gz')).map((text) => ({
      group: 'banking77',
      source: 'banking77',
      mapping: { accept: [], train: null },
      request: userRequest(text),
    })),
  }
}

/** At most `limit` samples of each source and label, evenly spread, in a fixed order. */
export function cap(samples: readonly Sample[], limit: number): Sample[] {
  const byKey = new Map<string, Sample[]>()
  for (const sample of samples) {
    const key = `${sample.source}/${sample.mapping.accept.join('+')}`
    const list = byKey.get(key) ?? []
    list.push(sample)
    byKey.set(key, list)
  }
  return [...byKey.values()].flatMap((list) => {
    const step = Math.max(1, list.length / limit)
    return Array.from({ length: Math.min(limit, list.length) }, (_, index) => list[Math.floor(index * step)]).filter(
      (sample) => sample !== undefined,
    )
  })
}

/** Intent to train a sample on, null for one that is only judged. */
export const trainingLabel = (sample: Sample): KnownIntent | null => sample.mapping.train
