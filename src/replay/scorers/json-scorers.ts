import { createRequire } from 'node:module'
import type { ValidateFunction } from 'ajv'
import type { Ajv2020 as AjvClass } from 'ajv/dist/2020.js'
import { canonicalJson } from '../../wire/json.ts'
import type { JsonObject } from '../../wire/json.ts'
import type { FixtureResponse } from '../types.ts'
import { lastJson } from './extract.ts'
import { jsonEquality } from './json-equal.ts'
import { ArgumentMistake, passIf } from './scorer.ts'
import type { Scorer, Verdict } from './scorer.ts'

const QUALITY = 'quality.score'

export const jsonValid: Scorer = {
  binary: true,
  metric: QUALITY,
  make(args) {
    const strict = args.flag('strict')
    return (response) => {
      const { text } = response.message
      return passIf(strict ? isJson(text) : lastJson(text) !== null, 'not valid JSON')
    }
  },
}

export const jsonSchema: Scorer = {
  binary: true,
  metric: QUALITY,
  make(args) {
    const schema = args.object('schema')
    const on = args.oneOf('on', ['text', 'tool_arguments'], 'text')
    return (response) => {
      const validate = validatorOf(schema)
      return on === 'text' ? textVerdict(response, validate) : callsVerdict(response, validate)
    }
  },
}

export const jsonEqual: Scorer = {
  binary: false,
  metric: QUALITY,
  make(args) {
    const wanted = args.any('ref')
    const rule = {
      tolerance: args.number('tol', 1e-9),
      unordered: args.flag('unordered'),
      ignoreExtra: args.flag('ignore_extra'),
    }
    return (response) => {
      const parsed = lastJson(response.message.text)
      if (parsed === null) return { score: 0, detail: 'not valid JSON' }
      const { score, firstDifference } = jsonEquality(parsed.value, wanted, rule)
      return firstDifference === null ? { score } : { score, detail: `differs at ${firstDifference}` }
    }
  },
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function textVerdict(response: FixtureResponse, validate: ValidateFunction): Verdict {
  const parsed = lastJson(response.message.text)
  return parsed === null ? { score: 0, detail: 'not valid JSON' } : schemaVerdict(parsed.value, validate)
}

/** Every call must fit; without a call there is nothing that fits. */
function callsVerdict(response: FixtureResponse, validate: ValidateFunction): Verdict {
  const calls = response.message.tool_calls ?? []
  if (calls.length === 0) return { score: 0, detail: 'no tool call' }
  for (const call of calls) {
    if (!isJson(call.arguments)) return { score: 0, detail: 'tool arguments are not valid JSON' }
    const verdict = schemaVerdict(JSON.parse(call.arguments), validate)
    if (verdict.score === 0) return verdict
  }
  return { score: 1 }
}

function schemaVerdict(value: unknown, validate: ValidateFunction): Verdict {
  if (validate(value)) return { score: 1 }
  const [first] = validate.errors ?? []
  return { score: 0, detail: `${first?.instancePath || '/'} ${first?.message ?? 'does not fit the schema'}` }
}

/** Compiling a schema takes milliseconds and the same one comes back on many fixtures. */
const validators = new Map<string, ValidateFunction>()
const MAX_VALIDATORS = 500

function validatorOf(schema: JsonObject): ValidateFunction {
  const key = canonicalJson(schema)
  const known = validators.get(key)
  if (known !== undefined) return known
  const validate = compileSchema(schema)
  if (validators.size >= MAX_VALIDATORS) validators.clear()
  validators.set(key, validate)
  return validate
}

/** ajv is loaded by the first schema, as reading fixtures without one must not pay for it. */
function compileSchema(schema: JsonObject): ValidateFunction {
  const load = createRequire(import.meta.url)
  const { Ajv2020 }: { Ajv2020: typeof AjvClass } = load('ajv/dist/2020.js')
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false, addUsedSchema: false })
  try {
    return ajv.compile(schema)
  } catch {
    throw new ArgumentMistake('argument `schema` is no valid JSON Schema (draft 2020-12)')
  }
}
