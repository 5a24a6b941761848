import { raise, strengthOf, type Cue, type Strengths } from './cue-names.ts'

/** Cues of which any one is evidence of code in front of the model. */
const CODE: readonly (readonly [cue: Cue, weight: number])[] = [
  ['code.fence', 0.9],
  ['code.lines', 1],
  ['code.diff', 1],
  ['code.trace', 0.9],
  ['code.sql', 0.9],
  ['code.inline', 0.5],
  ['code.shell', 0.5],
  ['ctx.code', 0.7],
]
const DOCUMENT: readonly (readonly [cue: Cue, weight: number])[] = [
  ['text.document', 1],
  ['text.quoted', 0.8],
  ['ctx.document', 0.8],
  ['text.transcript', 0.8],
  ['ctx.transcript', 0.7],
]
const QUESTIONS: readonly Cue[] = [
  'ask.what',
  'ask.who',
  'ask.when',
  'ask.where',
  'ask.why',
  'ask.how',
  'ask.many',
  'ask.whether',
]
const TASKS: readonly Cue[] = [
  'verb.summarize',
  'verb.translate',
  'verb.extract',
  'verb.classify',
  'verb.rewrite',
  'verb.write',
  'verb.fix',
  'verb.edit',
  'verb.explain',
  'verb.review',
  'verb.solve',
  'verb.act',
  'verb.compare',
  'verb.brainstorm',
]

function strongest(strengths: Strengths, cues: readonly (readonly [cue: Cue, weight: number])[]): number {
  let best = 0
  for (const [cue, weight] of cues) best = Math.max(best, strengthOf(strengths, cue) * weight)
  return best
}

/** Adds the cues that sum up others. To be called last. */
export function deriveCues(strengths: Strengths): void {
  const code = strongest(strengths, CODE)
  const document = strongest(strengths, DOCUMENT)
  raise(strengths, 'has.code', code)
  raise(strengths, 'has.document', document)
  raise(
    strengths,
    'has.material',
    Math.max(code, document, strengthOf(strengths, 'data.json'), strengthOf(strengths, 'data.table')),
  )
  raise(strengths, 'has.verb', Math.max(...TASKS.map((cue) => strengthOf(strengths, cue))))
  const asked = Math.max(...QUESTIONS.map((cue) => strengthOf(strengths, cue)))
  raise(strengths, 'ask.any', Math.max(asked, strengthOf(strengths, 'ask.last')))
  const social = Math.max(
    strengthOf(strengths, 'social.greeting'),
    strengthOf(strengths, 'social.thanks'),
    strengthOf(strengths, 'social.self'),
  )
  raise(strengths, 'has.social', social)
}
