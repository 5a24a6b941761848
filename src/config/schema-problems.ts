import type { z } from 'zod'
import { isJsonObject } from '../wire/json.ts'
import { closest } from './closest.ts'
import type { Path } from './problem.ts'
import { didYouMean, pathText, type Finding } from './report.ts'

type Issue = z.core.$ZodIssue

/** The schema's complaints as findings in our words: one per unknown key, suggestions for keys and fixed words. */
export function findingsOf(issue: Issue, value: unknown, keysAt: (path: Path) => readonly string[]): Finding[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol')
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, keysAt(path)))
  if (issue.code === 'invalid_key') return [badName(path)]
  if (valueAt(value, path) === undefined) return [missing(path)]
  if (issue.code === 'invalid_value') return [wrongWord(path, valueAt(value, path), issue.values.map(String))]
  if (issue.code === 'invalid_type') return [wrongType(path, valueAt(value, path), issue.expected)]
  if (issue.code === 'too_small' || issue.code === 'too_big') return [outOfRange(path, issue)]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return unionFindings(issue, path, { value, keysAt })
  return [badValue(path, issue.message)]
}

function unknownKey(key: string, path: Path, known: readonly string[]): Finding {
  const suggestion = closest(key, known)
  const inside = path.length === 0 ? '' : ` in "${pathText(path)}"`
  const listed =
    known.length <= 12 ? ` the keys here are ${known.join(', ')}` : ' `gateway config schema` lists all keys'
  return {
    code: 'config_unknown_key',
    path: [...path, key],
    on: 'key',
    message: `unknown key "${key}"${inside}`,
    note: didYouMean(suggestion),
    fix: suggestion === undefined ? `remove it;${listed}` : `write "${suggestion}", or remove it`,
  }
}

function wrongWord(path: Path, found: unknown, allowed: readonly string[]): Finding {
  const suggestion = typeof found === 'string' ? closest(found, allowed) : undefined
  const choice = allowed.length === 1 ? `${allowed[0]}` : `one of ${allowed.join(', ')}`
  return {
    code: 'config_bad_value',
    path,
    message: `"${pathText(path)}" must be ${choice}, not ${show(found)}`,
    note: didYouMean(suggestion),
  }
}

function wrongType(path: Path, found: unknown, expected: string): Finding {
  const words: Record<string, string> = { object: 'a map', record: 'a map', array: 'a list', string: 'a text' }
  return {
    code: 'config_bad_value',
    path,
    message: `"${pathText(path)}" must be ${words[expected] ?? `a ${expected}`}, not ${kindOf(found)}`,
  }
}

function missing(path: Path): Finding {
  const [last, parent] = [path.at(-1), path.slice(0, -1)]
  return {
    code: 'config_conflict',
    path: parent,
    on: 'key',
    message: `"${pathText(parent)}" has no "${String(last)}"`,
    fix: `add "${String(last)}"`,
  }
}

function outOfRange(path: Path, issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): Finding {
  const size = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : ''
  const bound = issue.code === 'too_small' ? `at least ${String(issue.minimum)}` : `at most ${String(issue.maximum)}`
  const message =
    issue.code === 'too_small' && size !== '' && issue.minimum === 1
      ? `"${pathText(path)}" must not be empty`
      : `"${pathText(path)}" must be ${bound}${size}`
  return { code: 'config_bad_value', path, message }
}

function badName(path: Path): Finding {
  return {
    code: 'config_bad_value',
    path,
    on: 'key',
    message: `${JSON.stringify(path.at(-1))} can not be a name here`,
    note: 'letters, digits and . _ - / @ :',
  }
}

function badValue(path: Path, message: string): Finding {
  return { code: 'config_bad_value', path, message: `"${pathText(path)}": ${message}` }
}

/** Of several readings of a value, complain about the one that got furthest. */
function unionFindings(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  context: { readonly value: unknown; readonly keysAt: (path: Path) => readonly string[] },
): Finding[] {
  const branches = issue.errors.map((issues) => issues.map((inner) => ({ ...inner, path: [...path, ...inner.path] })))
  const deepest = branches.findLast((issues) => issues.every((inner) => inner.path.length > path.length))
  if (deepest === undefined)
    return [badValue(path, issue.message.startsWith('expected') ? issue.message : 'has the wrong form')]
  return deepest.flatMap((inner) => findingsOf(inner, context.value, context.keysAt))
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const step of path) {
    if (Array.isArray(found) && typeof step === 'number') found = found[step]
    else found = isJsonObject(found) && Object.hasOwn(found, step) ? found[step] : undefined
  }
  return found
}

function show(found: unknown): string {
  return typeof found === 'string' ? JSON.stringify(found.slice(0, 60)) : kindOf(found)
}

function kindOf(found: unknown): string {
  if (found === null) return 'empty'
  if (Array.isArray(found)) return 'a list'
  if (typeof found === 'object') return 'a map'
  if (typeof found === 'string') return 'a text'
  return typeof found === 'number' ? `the number ${found}` : `the word ${JSON.stringify(found)}`
}
