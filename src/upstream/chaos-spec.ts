import { GatewayError } from '../wire/errors.ts'

/** What is done to a call on purpose. */
export type ChaosFault =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'stall' | 'reset' | 'empty' | 'malformed' }

export interface ChaosRule {
  readonly fault: ChaosFault
  /** 0..1. */
  readonly probability: number
  /** Models it applies to, `*` for any characters; null for all. */
  readonly pattern: string | null
}

const WORDS = ['stall', 'reset', 'cut', 'empty', 'malformed'] as const
const FORM =
  '<fault>[:<probability>][@<model pattern>], fault one of a status 400 to 599, delay:<time>, ' + WORDS.join(', ')

/** Reads the value of `--chaos`, for example `429:0.1,503:0.05,delay:800ms@gpt-*,stall`. */
export function parseChaos(spec: string): ChaosRule[] {
  return spec.split(',').map((entry) => parseRule(entry.trim()))
}

function parseRule(entry: string): ChaosRule {
  const at = entry.indexOf('@')
  const pattern = at === -1 ? null : entry.slice(at + 1)
  const [name = '', ...values] = (at === -1 ? entry : entry.slice(0, at)).split(':')
  if (pattern === '') throw badRule(entry, 'the model pattern after "@" is empty')
  if (name === 'delay') {
    const ms = duration(values[0] ?? '')
    if (ms === null) throw badRule(entry, 'a delay needs a time such as 800ms or 2s')
    return { fault: { kind: 'delay', ms }, probability: probability(entry, values.slice(1)), pattern }
  }
  const fault = faultOf(name)
  if (fault === null) throw badRule(entry, `"${name}" is no fault`)
  return { fault, probability: probability(entry, values), pattern }
}

function faultOf(name: string): ChaosFault | null {
  if (/^[45]\d\d$/.test(name)) return { kind: 'status', status: Number(name) }
  const kind = WORDS.find((word) => word === name)
  return kind === undefined ? null : { kind }
}

function probability(entry: string, values: readonly string[]): number {
  const [value, ...more] = values
  if (value === undefined) return 1
  const number = /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(value) ? Number(value) : Number.NaN
  if (more.length > 0 || !(number >= 0 && number <= 1)) throw badRule(entry, 'a probability is a number from 0 to 1')
  return number
}

function duration(text: string): number | null {
  const match = /^(\d{1,7}(?:\.\d+)?)(ms|s|m)$/.exec(text)
  if (match === null) return null
  const unit = match[2] === 'ms' ? 1 : match[2] === 's' ? 1_000 : 60_000
  return Number(match[1]) * unit
}

function badRule(entry: string, problem: string): GatewayError {
  return new GatewayError('usage_error', `--chaos "${entry}": ${problem}`, { hint: `the form is ${FORM}` })
}

/** Whether a model name fits a pattern in which `*` stands for any characters. Linear in the name. */
export function matchesPattern(name: string, pattern: string): boolean {
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.pop()
  if (tail === undefined) return name === pattern
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false
  let from = head.length
  const until = name.length - tail.length
  for (const piece of rest) {
    const at = name.indexOf(piece, from)
    if (at === -1 || at + piece.length > until) return false
    from = at + piece.length
  }
  return true
}
