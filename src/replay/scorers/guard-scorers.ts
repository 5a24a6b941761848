import { totalInput, totalOutput } from '../../wire/usage.ts'
import { isRefusal } from './refusal.ts'
import { ArgumentMistake, passIf } from './scorer.ts'
import type { Arguments, Scorer } from './scorer.ts'

const QUALITY = 'quality.score'

/** 1 when the model declined to answer; usually written `not:refusal`. */
export const refusal: Scorer = {
  binary: true,
  metric: QUALITY,
  make: () => (response) => passIf(isRefusal(response), 'not a refusal'),
}

/** 1 when the answer was cut off by its length limit; no score when no finish reason was recorded. */
export const truncated: Scorer = {
  binary: true,
  metric: QUALITY,
  make: () => (response) => (response.finish === null ? null : passIf(response.finish === 'length', 'not truncated')),
}

/** 1 when there is neither text nor a tool call. */
export const empty: Scorer = {
  binary: true,
  metric: QUALITY,
  make: () => (response) => {
    const calls = response.message.tool_calls?.length ?? 0
    return passIf(calls === 0 && response.message.text.trim() === '', 'not empty')
  },
}

/**
 * How close the length is to the reference's: 1 for equal, 0.5 for half or double. With `min` or `max` it passes or
 * fails. It measures agreement, not quality.
 */
export const lengthRatio: Scorer = {
  binary: false,
  metric: 'agreement.length',
  make(args) {
    const reference = args.has('ref') ? args.text('ref').length : args.number('ref_chars')
    if (reference <= 0) throw new ArgumentMistake('argument `ref` must not be empty')
    const bounded = args.has('min') || args.has('max')
    const min = args.number('min', 0)
    const max = args.number('max', Number.MAX_VALUE)
    return (response) => {
      const ratio = response.message.text.length / reference
      const detail = `${ratio.toFixed(2)} times the reference`
      if (bounded) return { score: ratio >= min && ratio <= max ? 1 : 0, detail }
      return { score: ratio === 0 ? 0 : Math.min(ratio, 1 / ratio), detail }
    }
  },
}

/** Answered within `ms`; first token with `of: first_token`. No score when no time was recorded. */
export const latency: Scorer = {
  binary: true,
  metric: 'budget.latency',
  make(args) {
    const limit = limitOf(args, 'ms')
    const firstToken = args.oneOf('of', ['total', 'first_token'], 'total') === 'first_token'
    return ({ timing }) => {
      const ms = firstToken ? timing?.ttft_ms : timing?.total_ms
      return ms === undefined || ms === null ? null : passIf(ms <= limit, `${ms} ms, limit ${limit} ms`)
    }
  },
}

/** Cost at most `usd`; refuses estimates. */
export const cost: Scorer = {
  binary: true,
  metric: 'budget.cost',
  make(args) {
    const limit = limitOf(args, 'usd')
    return (response) => {
      if (response.cost === undefined || response.cost.basis === 'estimated') return null
      return passIf(response.cost.nano_usd <= limit * 1e9, `${response.cost.nano_usd / 1e9} USD, limit ${limit} USD`)
    }
  },
}

/** At most `max` tokens; `of` is output, input or total. Refuses estimates. */
export const tokens: Scorer = {
  binary: true,
  metric: 'budget.tokens',
  make(args) {
    const limit = limitOf(args, 'max')
    const of = args.oneOf('of', ['output', 'input', 'total'], 'output')
    return ({ usage }) => {
      if (usage === null || usage.basis === 'estimated') return null
      const count = (of === 'input' ? 0 : totalOutput(usage)) + (of === 'output' ? 0 : totalInput(usage))
      return passIf(count <= limit, `${count} tokens, limit ${limit}`)
    }
  },
}

function limitOf(args: Arguments, name: string): number {
  const limit = args.number(name)
  if (limit < 0) throw new ArgumentMistake(`argument \`${name}\` must not be negative`)
  return limit
}
