import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { isJsonObject } from '../../wire/json.ts'
import type { Mapping } from './label-map.ts'
import { mappingOf, VLLM_CASES } from './label-map.ts'
import { parseLines, readText, textOf } from './rows.ts'

const BLOCK = 512

/** Files of an uncompressed tar archive by path: enough for regular files with short names. */
function untar(archive: Buffer): Map<string, string> {
  const files = new Map<string, string>()
  let at = 0
  while (at + BLOCK <= archive.length) {
    const name = archive.toString('utf8', at, at + 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(archive.toString('utf8', at + 124, at + 136), 8)
    if (name === '') break
    if (archive[at + 156] === 48) files.set(name, archive.toString('utf8', at + BLOCK, at + BLOCK + size))
    at += BLOCK + Math.ceil((Number.isNaN(size) ? 0 : size) / BLOCK) * BLOCK
  }
  return files
}

function pick(files: Map<string, string>, ending: string): string {
  for (const [name, text] of files) if (name.endsWith(ending)) return text
  throw new Error(`the archive has no ${ending}`)
}

function fromArray(text: string, keys: { text: string; label: string }): { text: string; mapping: Mapping | null }[] {
  const rows: unknown = JSON.parse(text)
  return (Array.isArray(rows) ? rows : [])
    .filter(isJsonObject)
    .map((row) => ({ text: textOf(row[keys.text]), mapping: mappingOf(VLLM_CASES, textOf(row[keys.label])) }))
}

/** Prompts with a domain that has a counterpart among our intents. */
export function readVllmCases(path: string): { text: string; mapping: Mapping | null }[] {
  const files = untar(gunzipSync(readFileSync(path)))
  const flow = parseLines(pick(files, 'router_flow/prompts.jsonl'))
  return [
    ...fromArray(pick(files, 'domain_classify_cases.json'), { text: 'question', label: 'category' }),
    ...fromArray(pick(files, 'bench/data/test_data.json'), { text: 'text', label: 'true_label' }),
    ...flow.map((row) => ({ text: textOf(row['prompt']), mapping: mappingOf(VLLM_CASES, textOf(row['category'])) })),
  ]
}

/** Questions to a bank, without their labels. */
export function readBankingCases(path: string): string[] {
  return readText(path)
    .split('\n')
    .slice(1)
    .filter((line) => line.includes(','))
    .map((line) => line.slice(0, line.lastIndexOf(',')).replace(/^"|"$/g, '').replaceAll('""', '"'))
}
