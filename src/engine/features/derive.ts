import { raise, strengthOf, type Cue, type Strengths } from './cue-names.ts'

/** Cues of which any one is evidence of code in front of the model. */
const CODE: readonly (readonly [cue: Cue, weight: number])[] = [
  ['code.fence', 0.9],
  ['code.lines', 1],
  ['code.diff', 1],
  ['code.trace', 0.9],
  ['code.sql', 0.9],
  ['code.inline', 0.75],
  ['code.shell', 0.5],
  ['ctx.code', 0.7],
]
const DOCUMENT: readonly (readonly [cue: Cue, weight: number])[] = [
  ['text.document', 1],
  ['text.passage', 0.9],
  ['text.labelled', 0.8],
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
const NOUNS: readonly Cue[] = [
  'noun.code',
  'noun.language',
  'noun.creative',
  'noun.math',
  'noun.labels',
  'noun.fields',
  'noun.tongue',
  'noun.puzzle',
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

const SYSTEM_TASKS: readonly Cue[] = [
  'sys.verb.summarize',
  'sys.verb.translate',
  'sys.verb.extract',
  'sys.verb.classify',
  'sys.verb.rewrite',
  'sys.verb.review',
]

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
  // A verb that is only mentioned, at about 0.55, is no task.
  raise(strengths, 'has.verb', 2 * Math.max(0, Math.max(...TASKS.map((cue) => strengthOf(strengths, cue))) - 0.5))
  raise(strengths, 'sys.task', Math.max(...SYSTEM_TASKS.map((cue) => strengthOf(strengths, cue))))
  raise(strengths, 'has.noun', Math.max(...NOUNS.map((cue) => strengthOf(strengths, cue))))
  // "who" and "when" also open half-sentences; with a question mark they ask.
  const mark = 0.5 + 0.5 * strengthOf(strengths, 'ask.mark')
  const asked = mark * Math.max(...QUESTIONS.map((cue) => strengthOf(strengths, cue)))
  raise(strengths, 'ask.any', Math.max(asked, strengthOf(strengths, 'ask.last')))
  const social = Math.max(
    strengthOf(strengths, 'social.greeting'),
    strengthOf(strengths, 'social.thanks'),
    strengthOf(strengths, 'social.self'),
  )
  raise(strengths, 'has.social', social)
}
