import type { FixtureResponse } from '../types.ts'
import { finalAnswer, sameAnswer } from './answer.ts'
import { closeTo } from './literal.ts'
import { lastNumber } from './numbers.ts'
import { compilePattern } from './pattern/compile.ts'
import { PatternMistake } from './pattern/parse.ts'
import { ArgumentMistake, passIf } from './scorer.ts'
import type { Arguments, Scorer } from './scorer.ts'

const QUALITY = 'quality.score'
/** Text behind this is not looked at by `regex`; matching takes time proportional to text times pattern. */
const MAX_PATTERN_INPUT = 200_000

/** How texts are made comparable: upper case and runs of white space may be left aside. */
function normaliser(args: Arguments): (text: string) => string {
  const ignoreCase = args.flag('ignore_case')
  const ignoreSpace = args.flag('ignore_space')
  return (text) => {
    const cased = ignoreCase ? text.toLowerCase() : text
    return ignoreSpace ? cased.replaceAll(/\s+/gu, ' ').trim() : cased
  }
}

const textOf = (response: FixtureResponse): string => response.message.text

export const exact: Scorer = {
  binary: true,
  metric: QUALITY,
  make(args) {
    const normal = normaliser(args)
    const wanted = args.texts('value').map(normal)
    return (response) => passIf(wanted.includes(normal(textOf(response))), 'differs from the value')
  },
}

export const contains: Scorer = {
  binary: true,
  metric: QUALITY,
  make(args) {
    const normal = normaliser(args)
    const wanted = args.texts('value').map(normal)
    const any = args.oneOf('match', ['all', 'any'], 'all') === 'any'
    return (response) => {
      const text = normal(textOf(response))
      const missing = wanted.filter((part) => !text.includes(part)).length
      return passIf(any ? missing < wanted.length : missing === 0, `${missing} of ${wanted.length} values missing`)
    }
  },
}

export const starts: Scorer = {
  binary: true,
  metric: QUALITY,
  make(args) {
    const normal = normaliser(args)
    const wanted = args.texts('value').map(normal)
    return (response) => {
      const text = normal(textOf(response))
      return passIf(
        wanted.some((part) => text.startsWith(part)),
        'starts differently',
      )
    }
  },
}

export const regex: Scorer = {
  binary: true,
  metric: QUALITY,
  make(args) {
    try {
      const matches = compilePattern(args.text('pattern'), args.text('flags', ''))
      return (response) => passIf(matches(textOf(response).slice(0, MAX_PATTERN_INPUT)), 'no match')
    } catch (error) {
      if (error instanceof PatternMistake) throw new ArgumentMistake(`argument \`pattern\` ${error.message}`)
      throw error
    }
  },
}

export const number: Scorer = {
  binary: true,
  metric: QUALITY,
  make(args) {
    const ref = args.number('ref')
    const tolerance = args.number('tol', 1e-9)
    return (response) => {
      const found = lastNumber(textOf(response))
      if (found === null) return { score: 0, detail: 'no number in the answer' }
      return passIf(closeTo(found, ref, tolerance), `${found} instead of ${ref}`)
    }
  },
}

export const answer: Scorer = {
  binary: true,
  metric: QUALITY,
  make(args) {
    const ref = args.any('ref')
    const rule = {
      ref: typeof ref === 'string' ? ref : JSON.stringify(ref),
      field: args.text('field', 'answer'),
      from: args.oneOf('from', ['auto', 'field', 'number', 'fence', 'text'], 'auto'),
      tolerance: args.number('tol', 1e-9),
    }
    return (response) => {
      const found = finalAnswer(textOf(response), rule)
      if (found === null) return { score: 0, detail: 'no final answer found' }
      return passIf(sameAnswer(found, rule), 'another final answer')
    }
  },
}
