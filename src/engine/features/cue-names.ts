/** Task verbs; each also exists as `sys.*` (from the system text) and `past.*` (from the user turn before the last). */
const VERBS = [
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
  'verb.answer',
  'verb.compare',
  'verb.reason',
  'verb.brainstorm',
] as const

const NOUNS = [
  'noun.code',
  'noun.language',
  'noun.doc',
  'noun.talk',
  'noun.creative',
  'noun.math',
  'noun.message',
  'noun.labels',
  'noun.fields',
  'noun.context',
  'noun.puzzle',
  'noun.tool',
  'noun.tongue',
  'noun.number',
] as const

const WORDS = [
  ...VERBS,
  ...NOUNS,
  'ask.what',
  'ask.who',
  'ask.when',
  'ask.where',
  'ask.why',
  'ask.how',
  'ask.many',
  'ask.whether',
  'social.greeting',
  'social.thanks',
  'social.self',
  'out.json',
  'out.short',
  'out.steps',
  'out.list',
  'polite',
  'role.you',
] as const

const STRUCTURE = [
  'code.fence',
  'code.lines',
  'code.inline',
  'code.first',
  'code.diff',
  'code.trace',
  'code.shell',
  'code.sql',
  'data.json',
  'data.table',
  'data.log',
  'math.latex',
  'math.operators',
  'math.numbers',
  'math.quantities',
  'text.urls',
  'text.citations',
  'text.quoted',
  'text.document',
  'text.passage',
  'text.labelled',
  'text.transcript',
  'text.choices',
  'ask.mark',
  'ask.last',
  'size.short',
  'size.long',
  'ctx.code',
  'ctx.document',
  'ctx.transcript',
  'ctx.math',
  'ctx.turns',
  'agent.loop',
  'agent.tools',
  'agent.wrapper',
  'agent.forced',
  'need.json',
  'attach.image',
  'attach.audio',
  'attach.file',
] as const

/** Cues that rules combine, computed from the others; see `derive.ts`. */
const DERIVED = [
  'has.code',
  'has.document',
  'has.material',
  'has.verb',
  'has.noun',
  'ask.any',
  'has.social',
  'sys.task',
] as const

const system = <N extends string>(names: readonly N[]) => names.map((name) => `sys.${name}` as const)
const past = <N extends string>(names: readonly N[]) => names.map((name) => `past.${name}` as const)

/** Every cue by name; its index is its place in a strength vector. */
export const CUES = [
  ...WORDS,
  ...STRUCTURE,
  ...DERIVED,
  ...system(VERBS),
  ...system(NOUNS),
  'sys.out.json',
  ...past(VERBS),
] as const
export type Cue = (typeof CUES)[number]

const INDEX: ReadonlyMap<string, number> = new Map(CUES.map((name, index) => [name, index]))

/** Place of a cue in a strength vector; -1 for a name that is none. */
export function cueIndex(name: string): number {
  return INDEX.get(name) ?? -1
}

export type Strengths = Float64Array

/** Raises one cue to at least `strength`, at most 1. */
export function raise(strengths: Strengths, cue: Cue, strength: number): void {
  if (strength <= 0) return
  const at = cueIndex(cue)
  strengths[at] = Math.max(strengths[at] ?? 0, Math.min(1, strength))
}

/** Strength of one cue, 0 when it was not seen. */
export function strengthOf(strengths: Strengths, cue: Cue): number {
  return strengths[cueIndex(cue)] ?? 0
}
