import { assert, constantFrom, integer, property, record, string, array, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { analyse } from '../../../src/engine/analyse.ts'
import { readConversation } from '../../../src/engine/features/conversation.ts'
import { unwrap } from '../../../src/engine/features/wrappers.ts'
import type { Role } from '../../../src/wire/canonical.ts'
import { requestOf } from './request-of.ts'

const featuresOf = (text: string) => analyse(requestOf([text]), null).features

describe('language and script', () => {
  it.each([
    ['en', 'latin', 'What is the tallest building in the world?'],
    ['de', 'latin', 'Welche Farbe hat der Himmel und warum ist das so?'],
    ['fr', 'latin', 'Quelle est la différence entre les deux textes ?'],
    ['es', 'latin', '¿Cuántos habitantes tiene la ciudad y por qué crece?'],
    ['pt', 'latin', 'Qual é a melhor forma de fazer isso e por que não funciona?'],
    ['it', 'latin', 'Che cosa è successo ieri nella riunione con il cliente?'],
    ['zh', 'han', '请告诉我这个城市的历史'],
    ['zh', 'han', '用 Python 写一个函数'],
    ['ja', 'kana', 'この町の歴史を教えてください'],
    ['ko', 'hangul', '이 도시의 역사를 알려 주세요'],
    ['ru', 'cyrillic', 'Расскажи мне об истории этого города'],
    ['ar', 'arabic', 'أخبرني عن تاريخ هذه المدينة'],
    ['und', 'und', '12345 !!!'],
  ])('%s in %s', (language, script, text) => {
    expect(featuresOf(text)).toMatchObject({ language, script })
  })
})

describe('cues of form', () => {
  it.each([
    ['code.fence', 'Look:\n```ts\nlet a = 1\n```'],
    ['code.diff', '@@ -1,2 +1,2 @@\n-const a = 1;\n+const a = 2;\n+++ b/x.ts'],
    ['code.trace', 'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\nKeyError: \'x\''],
    ['code.sql', 'SELECT id FROM users\nWHERE age > 3'],
    ['code.shell', 'Run\n$ npm ci\n$ npm test'],
    ['data.table', '| a | b |\n|---|---|\n| 1 | 2 |'],
    ['data.table', 'id,name,age\n1,Ann,30\n2,Bob,41'],
    ['data.json', '{"a": 1,\n"b": 2,\n"c": [1, 2],\n"d": "x"}'],
    ['math.latex', 'Evaluate $\\int_0^1 \\frac{x}{2} dx$ and \\sqrt{2}'],
    ['text.transcript', 'Ann: hi\nBob: hello\nAnn: coming?\nBob: yes'],
    ['text.choices', 'Pick one.\nA. red\nB. green\nC. blue'],
    ['ask.last', 'Is it late?'],
  ])('%s', (cue, text) => {
    expect(featuresOf(text).cues[cue]).toBeGreaterThanOrEqual(0.3)
  })

  it('does not see code in prose', () => {
    const { cues } = featuresOf(
      'The class returns from its trip on Monday. If it rains, we will let everyone know by noon; bring a coat.',
    )
    expect(cues['has.code'] ?? 0).toBeLessThan(0.5)
  })
})

describe('what the request needs', () => {
  it('reports limits, parameters, output shape and attachments', () => {
    const { features } = analyse(
      requestOf([], {
        messages: [
          {
            role: 'user',
            blocks: [
              { kind: 'text', text: 'what is this' },
              { kind: 'image', source: { kind: 'url', url: 'https://example.org/a.png' } },
            ],
          },
        ],
        responseFormat: { kind: 'json_schema', name: 'out', schema: { type: 'object' } },
        sampling: { topP: 0.5, temperature: 0 },
        maxOutputTokens: 99,
        stream: true,
      }),
      null,
    )
    expect(features).toMatchObject({
      maxOutputTokens: 99,
      modalities: ['text', 'image'],
      needs: { jsonMode: true, jsonSchema: true, stream: true, tools: false, parameters: ['temperature', 'topP'] },
    })
  })

  it('counts characters by role and tokens of everything sent', () => {
    const { features } = analyse(
      requestOf([['system', 'Be brief.'], 'one two three', ['assistant', 'four'], ['tool', 'five six'], 'seven']),
      null,
    )
    expect(features.chars).toEqual({ system: 9, user: 18, assistant: 4, tool: 8, lastUser: 5 })
    expect(features.userTurns).toBe(2)
    expect(features.inputTokens).toBeGreaterThan(5 * 4)
  })

  it('estimates a long prompt from slices within a tenth of the whole', () => {
    const unit = 'The committee met on Tuesday and agreed on the budget for the new bridge. '
    const short = featuresOf(unit.repeat(400)).inputTokens
    const long = featuresOf(unit.repeat(8_000)).inputTokens
    expect(long / short).toBeGreaterThan(18)
    expect(long / short).toBeLessThan(22)
  })
})

describe('wrappers of coding agents', () => {
  it.each([
    ['<system-reminder>You may write todos.</system-reminder>\nRename foo to bar.', 'Rename foo to bar.'],
    [
      '<task>\nFix the login.\n</task>\n<environment_details>\n# Files\nsrc/a.ts\n</environment_details>',
      'Fix the login.',
    ],
    ['<additional_data>open: a.ts</additional_data>\n<user_query>\nwhat is this?\n</user_query>', 'what is this?'],
    ['# Context from my IDE setup:\n## Active file: a.ts\n## My request for Codex:\nadd a test', 'add a test'],
    ['plain words with a < b and c > d', 'plain words with a < b and c > d'],
    [
      '<system-reminder>never closed, so it is the user who says it',
      '<system-reminder>never closed, so it is the user who says it',
    ],
  ])('%s', (text, said) => {
    expect(unwrap(text).said).toBe(said)
  })

  it('looks at the turn before when a harness speaks as the user', () => {
    const conversation = readConversation(
      requestOf(['Translate this.', ['assistant', 'Done.'], '<system-reminder>Todo list is empty.</system-reminder>']),
    )
    expect(conversation.lastUser).toBe('Translate this.')
  })

  it('gives the same intent with and without boilerplate', () => {
    const said = 'Write a Python function that merges two sorted lists.'
    const wrapped = `<environment_details>\n${'src/translate/summary.ts\n'.repeat(60)}</environment_details>\n<task>${said}</task>`
    expect(analyse(requestOf([wrapped]), null).intent.label).toBe(analyse(requestOf([said]), null).intent.label)
  })
})

const anyUnit = integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
const fragment = constantFrom(
  '```\n',
  '<task>',
  '</task>',
  '- ',
  'A. ',
  '"',
  '\n\n',
  'Ann: ',
  '| ',
  '@@ ',
  '$x^2$ ',
  '请',
  'fix ',
  '{',
  '\t',
  '\u0000',
)
const wild = array(
  string({ unit: anyUnit, maxLength: 40 }).chain((text) => fragment.map((part) => part + text)),
  { maxLength: 12 },
).map((parts) => parts.join(''))
const role = constantFrom<Role>('system', 'user', 'assistant', 'tool')

describe('analyse on any input', () => {
  it('is total and deterministic, and its numbers are in range', () => {
    assert(
      property(array(tuple(role, wild), { maxLength: 6 }), (turns) => {
        const first = analyse(requestOf(turns), null)
        expect(analyse(requestOf(turns), null)).toEqual(first)
        for (const strength of Object.values(first.features.cues)) {
          expect(strength).toBeGreaterThan(0)
          expect(strength).toBeLessThanOrEqual(1)
        }
        expect(first.intent.confidence).toBeGreaterThanOrEqual(0)
        expect(first.intent.confidence).toBeLessThanOrEqual(1)
        expect(Number.isSafeInteger(first.features.inputTokens)).toBe(true)
      }),
      { seed: 21, numRuns: 200 },
    )
  })

  it('does not depend on metadata, end user or cache key', () => {
    assert(
      property(wild, record({ user: string(), key: string(), tag: string() }), (text, { user, key, tag }) => {
        const plain = analyse(requestOf([text]), null)
        const decorated = analyse(
          requestOf([text], { endUser: user, promptCacheKey: key, metadata: { tag }, extra: { tag } }),
          null,
        )
        expect(decorated).toEqual(plain)
      }),
      { seed: 22, numRuns: 50 },
    )
  })

  it('lets no word of a prompt into its result', () => {
    assert(
      property(
        string({ unit: constantFrom('b', 'f', 'h', 'j', 'k', 'q', 'v', 'w', 'x', 'z'), minLength: 9, maxLength: 20 }),
        (secret) => {
          const text = `Translate ${secret} into German: ${secret}\n${secret}: ${secret}\n\`\`\`${secret}\n${secret}\n\`\`\``
          const result = JSON.stringify(analyse(requestOf([['system', secret], text]), null))
          expect(result).not.toContain(secret)
        },
      ),
      { seed: 23, numRuns: 50 },
    )
  })

  it.each(['a', '<', '"', '`', '\n', '- a\n', 'a: b\n', '<task>', '<task></task>', '字', '\ud800', '@', '$ '])(
    'reads a bounded part of a megabyte of %j',
    (unit) => {
      const text = unit.repeat(Math.ceil(1_000_000 / unit.length))
      const { lastUser } = readConversation(requestOf([text]))
      expect(lastUser.length).toBeLessThanOrEqual(12_100)
      expect(analyse(requestOf([text]), null).features.chars.user).toBe(text.length)
    },
  )
})
