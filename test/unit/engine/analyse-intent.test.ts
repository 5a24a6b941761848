import { describe, expect, it } from 'vitest'
import { analyse } from '../../../src/engine/analyse.ts'
import type { Intent } from '../../../src/engine/intents.ts'
import { requestOf } from './request-of.ts'

const intentOf = (...turns: Parameters<typeof requestOf>[0]) => analyse(requestOf(turns), null).intent

const CLEAR: readonly (readonly [intent: Intent, language: string, text: string])[] = [
  ['code.generate', 'en', 'Write a Python function that returns the n-th Fibonacci number.'],
  ['code.generate', 'de', 'Schreib mir ein Bash-Skript, das alle leeren Ordner löscht.'],
  ['code.generate', 'zh', '用Python写一个冒泡排序函数'],
  ['code.edit', 'en', 'Fix this bug:\n```js\nfunction half(x) {\n  return x / 0\n}\n```'],
  ['code.edit', 'es', 'Refactoriza esta función:\n```py\ndef f(a):\n    if a == True:\n        return True\n```'],
  ['code.explain', 'en', 'What does this code do?\n```c\nwhile (*d++ = *s++);\n```'],
  ['code.explain', 'fr', 'Explique ce code ligne par ligne :\n```js\nconst y = x?.z ?? 0\n```'],
  ['code.review', 'en', 'Please review this pull request:\n```diff\n-  return a\n+  return a ?? b\n```'],
  ['code.summarize', 'en', 'Summarize what this module does:\n```ts\nexport const a = 1\nexport function b() {}\n```'],
  ['doc.summarize', 'en', `Summarize the following article:\n\n${'The council voted to extend the tram. '.repeat(20)}`],
  ['doc.summarize', 'de', `Fasse den folgenden Text zusammen:\n\n${'Der Rat hat den Ausbau beschlossen. '.repeat(20)}`],
  [
    'doc.summarize',
    'fr',
    `Résume cet article en trois phrases :\n\n${'Le conseil a voté la prolongation. '.repeat(20)}`,
  ],
  [
    'conversation.summarize',
    'en',
    'Summarize this conversation.\n\nAda: are you coming?\nBob: yes, at nine\nAda: bring bread\nBob: will do',
  ],
  ['conversation.summarize', 'zh', '请总结以下对话。\n\n小张：几点开会？\n小李：三点。\n小张：在哪里？\n小李：二楼。'],
  ['extract', 'en', 'Extract all names and dates from the text as JSON:\n\nOn 3 May Peter met Paula in Rome.'],
  ['extract', 'de', 'Extrahiere alle Namen und Beträge: Herr Alt zahlte 40 Euro an Frau Neu.'],
  ['classify', 'en', 'Classify this review as positive or negative: "Never again."'],
  ['classify', 'zh', '判断下面评论的情感是正面还是负面：味道很好，服务也不错。'],
  ['translate', 'en', 'Translate into German: The ferry leaves at noon.'],
  ['translate', 'de', 'Übersetze ins Englische: Der Kaffee ist kalt.'],
  ['translate', 'es', 'Traduce al inglés: Mañana cerramos pronto.'],
  ['translate', 'zh', '把这句话翻译成英文：今天下雨。'],
  ['rewrite', 'en', 'Rephrase this to sound more polite: send me the file now'],
  ['rewrite', 'fr', 'Reformule cette phrase de façon plus formelle : on se voit demain'],
  ['write.creative', 'en', 'Write a short poem about a lighthouse.'],
  ['write.creative', 'es', 'Escribe un cuento sobre un dragón tímido.'],
  ['write.creative', 'zh', '写一首关于春天的诗'],
  ['math', 'en', 'Solve for x: 4x - 9 = 23'],
  [
    'math',
    'en',
    'A shop sells pens for 2 dollars each. Tom buys 7 pens and pays with 20 dollars. How much change does he get?',
  ],
  ['math', 'de', 'Berechne die Fläche eines Dreiecks mit Grundseite 6 cm und Höhe 4 cm.'],
  [
    'reasoning',
    'en',
    'Logic puzzle: Ann is taller than Bea, Bea is taller than Cy. Who is the shortest? Reason step by step.',
  ],
  ['qa.knowledge', 'en', 'Who discovered penicillin?'],
  ['qa.knowledge', 'es', '¿Cuál es la capital de Perú?'],
  ['qa.knowledge', 'fr', 'Pourquoi le ciel est-il bleu ?'],
  [
    'qa.context',
    'en',
    'Context: The pool opens at nine and closes at six. Children swim for free.\nQuestion: When does the pool close?\nAnswer:',
  ],
  [
    'qa.context',
    'de',
    'Laut dem folgenden Text: Wann endet die Frist?\n\nDer Antrag ist bis zum 30. Juni zu stellen. Später eingehende Anträge werden nicht berücksichtigt.',
  ],
  ['chat', 'en', 'Hi, how are you?'],
  ['chat', 'de', 'Hallo, wie geht es dir?'],
  ['chat', 'zh', '你好，最近怎么样？'],
  ['agent.tools', 'en', 'Book me a table at Nino for tonight and add it to my calendar'],
]

describe('the intent of a clear request', () => {
  it.each(CLEAR)('%s (%s): %s', (intent, _language, text) => {
    expect(intentOf(text).label).toBe(intent)
  })

  it('names only words of the cue list as its reasons', () => {
    const { cues } = intentOf('Translate into German: The ferry leaves at noon.')
    expect(cues[0]).toBe('verb.translate')
    for (const cue of cues) expect(cue).toMatch(/^[a-z]+(\.[a-z]+)+$|^polite$/)
  })
})

describe('the conversation as a whole', () => {
  it('takes the task from the system text when the user only sends material', () => {
    const label = intentOf(
      ['system', 'You are a translator. Translate everything into French.'],
      'I love programming.',
    ).label
    expect(label).toBe('translate')
  })

  it('sees an agent at work when the newest message is a tool result', () => {
    const { features, intent } = analyse(
      requestOf(['what is the weather in Graz', ['assistant', 'Let me look.'], ['tool', '{"temp":3}']], {
        tools: [{ name: 'weather' }],
      }),
      null,
    )
    expect(intent.label).toBe('agent.tools')
    expect(features.agentLoop).toBe(true)
    expect(features.needs.tools).toBe(true)
  })

  it('keeps the earlier intent over a turn that names no task', () => {
    const turns = [
      'Write a Python function that merges two sorted lists.',
      ['assistant', 'def merge(a, b): ...'],
      'make it shorter',
    ] as const
    const kept = analyse(requestOf(turns), 'code.generate').intent
    expect(kept.label).toBe('code.generate')
    expect(kept.kept).toBe(true)
  })

  it('gives the earlier intent up for a turn that is clearly different', () => {
    const turns = [
      'Write a Python function.',
      ['assistant', 'def f(): ...'],
      'Translate into German: The ferry leaves at noon.',
    ] as const
    const { label, kept } = analyse(requestOf(turns), 'code.generate').intent
    expect(label).toBe('translate')
    expect(kept).toBe(false)
  })

  it('says unknown instead of guessing', () => {
    expect(analyse(requestOf([]), null).intent.label).toBe('unknown')
    expect(intentOf('').label).toBe('unknown')
    expect(intentOf(' \n ').label).toBe('unknown')
  })

  it('gives probabilities, best first', () => {
    const { confidence, runnerUps, complexity } = intentOf('Who discovered penicillin?')
    expect(confidence).toBeGreaterThan(runnerUps[0]?.confidence ?? 1)
    expect(runnerUps.map((next) => next.confidence)).toEqual(
      runnerUps.map((next) => next.confidence).toSorted((a, b) => b - a),
    )
    expect(complexity).toBeGreaterThan(0)
    expect(complexity).toBeLessThan(1)
  })
})
