import { cueIndex, raise, strengthOf, type Cue, type Strengths } from './cue-names.ts'

/** Cues with a weight each, by their places. */
type Weighted = readonly { readonly at: number; readonly weight: number }[]

const weighted = (cues: readonly (readonly [cue: Cue, weight: number])[]): Weighted =>
  cues.map(([cue, weight]) => ({ at: cueIndex(cue), weight }))
const equal = (...cues: readonly Cue[]): Weighted => cues.map((cue) => ({ at: cueIndex(cue), weight: 1 }))

/** Cues of which any one is evidence of code in front of the model. */
const CODE = weighted([
  ['code.fence', 0.9],
  ['code.lines', 1],
  ['code.diff', 1],
  ['code.trace', 0.9],
  ['code.sql', 0.9],
  ['code.inline', 0.75],
  ['code.shell', 0.5],
  ['ctx.code', 0.7],
])
const DOCUMENT = weighted([
  ['text.document', 1],
  ['text.passage', 0.9],
  ['text.labelled', 0.8],
  ['text.quoted', 0.8],
  ['ctx.document', 0.8],
  ['text.transcript', 0.8],
  ['ctx.transcript', 0.7],
])
const QUESTIONS = equal('ask.what', 'ask.who', 'ask.when', 'ask.where', 'ask.why', 'ask.how', 'ask.many', 'ask.whether')
const NOUNS = equal(
  'noun.code',
  'noun.language',
  'noun.creative',
  'noun.math',
  'noun.labels',
  'noun.fields',
  'noun.tongue',
  'noun.puzzle',
)
const TASKS = equal(
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
)

function strongest(strengths: Strengths, cues: Weighted): number {
  let best = 0
  for (const { at, weight } of cues) best = Math.max(best, (strengths[at] ?? 0) * weight)
  return best
}

const SYSTEM_TASKS = equal(
  'sys.verb.summarize',
  'sys.verb.translate',
  'sys.verb.extract',
  'sys.verb.classify',
  'sys.verb.rewrite',
  'sys.verb.review',
)

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
  raise(strengths, 'has.verb', 2 * Math.max(0, strongest(strengths, TASKS) - 0.5))
  raise(strengths, 'sys.task', strongest(strengths, SYSTEM_TASKS))
  raise(strengths, 'has.noun', strongest(strengths, NOUNS))
  // "who" and "when" also open half-sentences; with a question mark they ask.
  const mark = 0.5 + 0.5 * strengthOf(strengths, 'ask.mark')
  const asked = mark * strongest(strengths, QUESTIONS)
  raise(strengths, 'ask.any', Math.max(asked, strengthOf(strengths, 'ask.last')))
  const social = Math.max(
    strengthOf(strengths, 'social.greeting'),
    strengthOf(strengths, 'social.thanks'),
    strengthOf(strengths, 'social.self'),
  )
  raise(strengths, 'has.social', social)
}
