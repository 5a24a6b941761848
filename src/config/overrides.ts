import { isCollection, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import { GatewayError } from '../wire/errors.ts'

/** A value from the command line that replaces one of the file. */
export interface SetOverride {
  readonly path: readonly (string | number)[]
  readonly value: unknown
  /** As typed. */
  readonly text: string
}

/**
 * Applies `path=value` overrides to a parsed config, in order. Names with dots are found by the longest existing key
 * (`models.gpt-5.4-mini.tier=free`); quotes settle what can not be guessed (`models."my.model".tier=free`).
 */
export function applySets(document: Document.Parsed, sets: readonly string[]): SetOverride[] {
  return sets.map((text) => {
    const split = /^((?:"[^"]*"|[^="])+)=([\s\S]*)$/.exec(text)
    if (split === null) throw badSet(text, 'has no "="')
    const path = resolvePath(document.contents, pathSteps(split[1] ?? '', text))
    const value = readValue(split[2] ?? '', text)
    try {
      document.setIn(path, document.createNode(value))
    } catch {
      throw badSet(text, 'does not lead to a value: a part of the path is not a map')
    }
    return { path, value, text }
  })
}

function readValue(text: string, whole: string): unknown {
  const parsed = parseDocument(text, { schema: 'core', merge: false, logLevel: 'silent' })
  if (parsed.errors.length > 0) throw badSet(whole, 'has a value that is not valid YAML')
  const value: unknown = parsed.toJS({ maxAliasCount: 0 })
  return value
}

interface Step {
  readonly text: string
  readonly quoted: boolean
}

function pathSteps(path: string, whole: string): Step[] {
  const steps: Step[] = []
  const part = /\.?(?:"([^"]*)"|\[(\d+)\]|([^.["\]]+))/y
  while (part.lastIndex < path.length) {
    const match = part.exec(path)
    if (match === null) throw badSet(whole, 'has a path that can not be read')
    steps.push({ text: match[1] ?? match[2] ?? match[3] ?? '', quoted: match[1] !== undefined })
  }
  return steps
}

function resolvePath(contents: unknown, steps: readonly Step[]): (string | number)[] {
  const path: (string | number)[] = []
  let node: unknown = contents
  for (let index = 0; index < steps.length;) {
    const step = steps[index]
    if (step === undefined) break
    if (isSeq(node) && /^\d+$/.test(step.text)) {
      path.push(Number(step.text))
      node = node.get(Number(step.text), true)
      index += 1
      continue
    }
    const taken = step.quoted ? 1 : longestKey(node, steps.slice(index))
    const key = steps
      .slice(index, index + taken)
      .map((one) => one.text)
      .join('.')
    path.push(key)
    node = isCollection(node) ? node.get(key, true) : undefined
    index += taken
  }
  return path
}

/** How many steps together name an existing key; one when none does. */
function longestKey(node: unknown, steps: readonly Step[]): number {
  if (!isMap(node)) return 1
  const keys = new Set(node.items.map((item) => String(isScalar(item.key) ? item.key.value : item.key)))
  for (let taken = steps.length; taken > 1; taken -= 1) {
    if (
      keys.has(
        steps
          .slice(0, taken)
          .map((one) => one.text)
          .join('.'),
      )
    )
      return taken
  }
  return 1
}

function badSet(text: string, fault: string): GatewayError {
  // The value is not repeated: it could be a secret typed by mistake.
  const shown = text.split('=', 1)[0]?.slice(0, 80) ?? ''
  return new GatewayError('usage_error', `--set "${shown}" ${fault}`, {
    hint: 'write for example --set routing.default_policy=cheapest',
  })
}
