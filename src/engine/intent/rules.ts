import type { Intent } from '../intents.ts'

/** Every intent that can be recognised. `unknown` is what is left. */
export type KnownIntent = Exclude<Intent, 'unknown'>

/** Points for an intent when all cues hold: the weight times the product of their strengths. `!cue` is 1 - strength. */
export type Rule = readonly [intent: KnownIntent, weight: number, cues: string]

/** Hand-made. Weights are log-odds: 2.5 decides alone, 1 is a hint. */
export const RULES: readonly Rule[] = [
  ['agent.tools', 5, 'agent.loop'],
  ['agent.tools', 1.8, 'agent.tools'],
  ['agent.tools', 2.5, 'agent.forced'],
  ['agent.tools', 2, 'agent.tools verb.act'],
  ['agent.tools', 1.6, 'verb.act !has.material'],
  ['agent.tools', 1.4, 'verb.act noun.tool'],
  ['agent.tools', 1.2, 'sys.noun.tool verb.act'],
  ['agent.tools', 0.8, 'sys.noun.tool sys.verb.act'],
  ['agent.tools', 0.6, 'noun.tool !has.code'],

  ['code.generate', 2.8, 'verb.write noun.code !has.document'],
  ['code.generate', 2.4, 'verb.write noun.language'],
  ['code.generate', 1, 'noun.code !has.code !verb.summarize !verb.review !verb.fix'],
  ['code.generate', 1.1, 'noun.language !has.code !verb.fix'],
  ['code.generate', 1, 'ask.how noun.code !has.code'],
  ['code.generate', 0.8, 'ask.how noun.language !has.code'],
  ['code.generate', 0.9, 'has.code !has.verb !ask.any'],
  ['code.generate', 0.8, 'past.verb.write ctx.code !has.verb'],

  ['code.edit', 3, 'verb.fix has.code'],
  ['code.edit', 2.8, 'verb.edit has.code'],
  ['code.edit', 2.2, 'code.trace'],
  ['code.edit', 1.5, 'verb.fix noun.code'],
  ['code.edit', 1.2, 'verb.fix noun.language'],
  ['code.edit', 0.9, 'verb.edit noun.code'],
  ['code.edit', 1.4, 'verb.rewrite has.code'],
  ['code.edit', 1, 'ctx.code verb.edit'],
  ['code.edit', 0.5, 'has.code'],

  ['code.explain', 3.2, 'verb.explain has.code !verb.fix'],
  ['code.explain', 1.3, 'ask.what has.code !has.document !verb.fix'],
  ['code.explain', 1.1, 'ask.how has.code !has.document !verb.fix'],
  ['code.explain', 1.2, 'ask.why has.code !code.trace !verb.fix'],
  ['code.explain', 0.9, 'ask.any has.code !has.document'],
  ['code.explain', 0.8, 'verb.explain noun.code'],

  ['code.summarize', 3.6, 'verb.summarize has.code'],
  ['code.summarize', 1.8, 'verb.summarize noun.code !noun.talk !has.document'],
  ['code.summarize', 1.6, 'verb.summarize code.diff'],

  ['code.review', 3.6, 'verb.review has.code'],
  ['code.review', 1.9, 'verb.review noun.code'],
  ['code.review', 1.2, 'verb.review code.diff'],
  ['code.review', 1.5, 'sys.verb.review sys.noun.code'],

  ['doc.summarize', 2.4, 'verb.summarize !has.code'],
  ['doc.summarize', 0.9, 'verb.summarize noun.doc'],
  ['doc.summarize', 0.7, 'verb.summarize has.document'],
  ['doc.summarize', 1.6, 'sys.verb.summarize !has.verb'],

  ['conversation.summarize', 3, 'verb.summarize text.transcript'],
  ['conversation.summarize', 2.4, 'verb.summarize noun.talk'],
  ['conversation.summarize', 2, 'verb.summarize ctx.transcript'],
  ['conversation.summarize', 0.8, 'text.transcript !ask.any'],
  ['conversation.summarize', 2, 'sys.verb.summarize text.transcript'],

  ['extract', 2.8, 'verb.extract'],
  ['extract', 0.8, 'verb.extract noun.fields'],
  ['extract', 1.2, 'noun.fields out.json'],
  ['extract', 0.8, 'noun.fields has.material'],
  ['extract', 0.9, 'need.json has.document'],
  ['extract', 1.8, 'sys.verb.extract !has.verb'],

  ['classify', 2.8, 'verb.classify'],
  ['classify', 1, 'verb.classify noun.labels'],
  ['classify', 0.7, 'noun.labels !verb.write'],
  ['classify', 2.4, 'sys.verb.classify !has.verb'],

  ['translate', 3.2, 'verb.translate'],
  ['translate', 2.8, 'sys.verb.translate !has.verb'],
  ['translate', 1, 'sys.verb.translate'],

  ['rewrite', 2.8, 'verb.rewrite !has.code'],
  ['rewrite', 0.6, 'verb.rewrite noun.message'],
  ['rewrite', 2, 'sys.verb.rewrite !has.verb'],

  ['write.creative', 2.6, 'verb.write noun.creative !has.code'],
  ['write.creative', 1.2, 'verb.write !noun.code !noun.language !has.code'],
  ['write.creative', 0.8, 'verb.write noun.message'],
  ['write.creative', 0.8, 'noun.creative !has.code !verb.summarize !verb.rewrite !verb.translate'],
  ['write.creative', 0.9, 'verb.brainstorm !has.code'],

  ['math', 1.4, 'verb.solve !has.code'],
  ['math', 1.3, 'verb.solve math.numbers'],
  ['math', 1.2, 'noun.math !has.code'],
  ['math', 2, 'math.latex !has.code'],
  ['math', 1.6, 'math.operators !has.code'],
  ['math', 1.6, 'math.numbers ask.many !has.code'],
  ['math', 0.8, 'ctx.math'],

  ['reasoning', 1.7, 'verb.reason !has.code'],
  ['reasoning', 1.2, 'noun.puzzle !has.code'],
  ['reasoning', 1.2, 'verb.reason noun.puzzle'],
  ['reasoning', 0.6, 'out.steps !math.numbers'],
  ['reasoning', 0.6, 'text.choices !has.document'],

  ['qa.knowledge', 1.9, 'ask.any !has.material !social.self'],
  ['qa.knowledge', 0.9, 'ask.what !has.material'],
  ['qa.knowledge', 0.9, 'ask.who !has.material'],
  ['qa.knowledge', 0.9, 'ask.when !has.material'],
  ['qa.knowledge', 0.9, 'ask.where !has.material'],
  ['qa.knowledge', 1.5, 'verb.explain !has.material'],
  ['qa.knowledge', 1, 'verb.compare !has.material'],
  ['qa.knowledge', 0.9, 'text.choices'],

  ['qa.context', 2, 'ask.any has.document'],
  ['qa.context', 1.6, 'noun.context has.document'],
  ['qa.context', 1.2, 'noun.context ask.any'],
  ['qa.context', 1, 'verb.answer has.document'],
  ['qa.context', 1.4, 'sys.noun.context ask.any'],
  ['qa.context', 1, 'data.table ask.any'],
  ['qa.context', 1, 'attach.file ask.any'],
  ['qa.context', 1.2, 'attach.image ask.any'],

  ['chat', 2.6, 'has.social !has.verb !has.material'],
  ['chat', 1.2, 'social.greeting size.short'],
  ['chat', 1.2, 'social.thanks size.short'],
  ['chat', 1.6, 'social.self !has.material'],
  ['chat', 1.2, 'size.short !has.verb !ask.any !has.material'],
]
