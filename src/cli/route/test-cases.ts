import { readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { closestNames } from '../../engine/eligibility/closest-names.ts'
import { GatewayError } from '../../wire/errors.ts'
import { isJsonObject, type JsonObject } from '../../wire/json.ts'

/** One row of a table of expectations. */
export interface RouteCase {
  readonly name: string
  /** Chat body; a prompt stands as its only message. */
  readonly body: JsonObject
  /** As `--expect` takes it. */
  readonly expect: string
  readonly model: string | undefined
  readonly as: readonly string[]
  readonly tier: string | undefined
  readonly tags: readonly string[]
  /** In USD. */
  readonly budgetLeft: number | undefined
}

const MEMBERS = ['name', 'prompt', 'request', 'expect', 'model', 'as', 'tier', 'tags', 'budget_left']
const NAME_LENGTH = 48

/** Reads a table of cases (YAML or JSON list, or JSONL); throws one error with all mistakes in it. */
export async function readCases(cwd: string, file: string): Promise<readonly RouteCase[]> {
  const values = await parseTable(file, readTable(cwd, file))
  const problems: string[] = []
  const cases = values.flatMap((value, index) => {
    const found = readCase(value, index + 1)
    if (Array.isArray(found)) problems.push(...found)
    return Array.isArray(found) ? [] : [found]
  })
  if (values.length === 0) problems.push('it holds no case')
  if (problems.length > 0)
    throw new GatewayError(
      'usage_error',
      `"${file}" is no table of cases${problems.map((one) => `\n  ${one}`).join('')}`,
      {
        hint: 'a case is {prompt: "…", expect: "tier:free"} or {request: {messages: […]}, expect: "<model>"}',
      },
    )
  return cases
}

function readTable(cwd: string, file: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
  } catch (cause) {
    throw new GatewayError('usage_error', `"${file}" can not be read`, { cause })
  }
}

async function parseTable(file: string, text: string): Promise<readonly unknown[]> {
  try {
    if (extname(file) === '.jsonl') {
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      return lines.map((line): unknown => JSON.parse(line))
    }
    const { parse } = await import('yaml')
    const value: unknown = extname(file) === '.json' ? JSON.parse(text) : parse(text)
    const list: unknown = isJsonObject(value) ? value['cases'] : value
    if (Array.isArray(list)) return list
  } catch (cause) {
    throw new GatewayError('usage_error', `"${file}" can not be parsed as ${extname(file).slice(1) || 'YAML'}`, {
      cause,
    })
  }
  throw new GatewayError('usage_error', `"${file}" holds no list of cases`, {
    hint: 'start it with `- prompt: …`, or put the list under `cases:`',
  })
}

function readCase(value: unknown, number: number): RouteCase | string[] {
  if (!isJsonObject(value)) return [`case ${number}: is no object`]
  const problems = Object.keys(value)
    .filter((member) => !MEMBERS.includes(member))
    .map((member) => unknownMember(member, number))
  const { prompt, request, budget_left: budgetLeft } = value
  const expect = textList(value['expect'])
  if (expect === null || expect.length === 0 || expect.includes('')) problems.push(expectProblem(value, number))
  if (budgetLeft !== undefined && !(typeof budgetLeft === 'number' && budgetLeft >= 0))
    problems.push(`case ${number}: "budget_left" must be an amount in USD`)
  if ((typeof prompt === 'string') === isJsonObject(request))
    problems.push(`case ${number}: needs either "prompt" (text) or "request" (a chat body)`)
  for (const member of ['name', 'model', 'tier'])
    if (value[member] !== undefined && typeof value[member] !== 'string')
      problems.push(`case ${number}: "${member}" must be text`)
  const as = textList(value['as'])
  const tags = textList(value['tags'])
  if (as === null) problems.push(`case ${number}: "as" must be text or a list of texts`)
  if (tags === null) problems.push(`case ${number}: "tags" must be text or a list of texts`)
  if (problems.length > 0) return problems
  return {
    name: textOf(value['name']) ?? caseName(prompt, number),
    body: isJsonObject(request) ? request : { messages: [{ role: 'user', content: textOf(prompt) ?? '' }] },
    expect: (expect ?? []).join(','),
    model: textOf(value['model']),
    as: as ?? [],
    tier: textOf(value['tier']),
    tags: tags ?? [],
    budgetLeft: typeof budgetLeft === 'number' ? budgetLeft : undefined,
  }
}

function expectProblem({ expect }: JsonObject, number: number): string {
  return expect === undefined || expect === ''
    ? `case ${number}: "expect" is missing`
    : `case ${number}: "expect" must be text or a list of texts`
}

function unknownMember(member: string, number: number): string {
  const [closest] = closestNames(member, MEMBERS)
  return `case ${number}: unknown member "${member}"${closest === undefined ? '' : `; did you mean "${closest}"?`}`
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function textList(value: unknown): readonly string[] | null {
  if (value === undefined) return []
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) return null
  const texts = value.filter((entry): entry is string => typeof entry === 'string')
  return texts.length === value.length ? texts : null
}

/** The user's own table may show its prompts; one line of them is enough to find the case. */
function caseName(prompt: unknown, number: number): string {
  const line = typeof prompt === 'string' ? prompt.replaceAll(/\s+/g, ' ').trim().slice(0, NAME_LENGTH) : ''
  return line === '' ? `case ${number}` : line
}
