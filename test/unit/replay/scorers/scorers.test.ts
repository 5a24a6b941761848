import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLiteral, sameLiteral } from '../../../../src/replay/scorers/literal.ts'
import { compilePattern } from '../../../../src/replay/scorers/pattern/compile.ts'
import { expectationMistake, scoreAnswer, SCORER_IDS } from '../../../../src/replay/scorers/score.ts'
import type { Expectation, FixtureResponse } from '../../../../src/replay/types.ts'

type Message = FixtureResponse['message']

function reply(
  text: string,
  more: Partial<Omit<FixtureResponse, 'message'>> & { message?: Partial<Message> } = {},
): FixtureResponse {
  const { message, ...rest } = more
  return { status: 200, model: 'm', finish: 'stop', usage: null, ...rest, message: { text, ...message } }
}

function score(expectation: Expectation, response: FixtureResponse): number | null {
  return scoreAnswer([expectation], response)[0]?.score ?? null
}

const call = (name: string, args: unknown): NonNullable<Message['tool_calls']>[number] => ({
  id: `call_${name}`,
  name,
  arguments: JSON.stringify(args),
})

describe('text scorers', () => {
  it.each<[string, Expectation, string, number]>([
    ['exact', { scorer: 'exact', args: { value: 'Yes' } }, 'Yes', 1],
    ['exact minds case', { scorer: 'exact', args: { value: 'Yes' } }, 'yes', 0],
    [
      'exact, relaxed',
      { scorer: 'exact', args: { value: 'a b', ignore_case: true, ignore_space: true } },
      ' A\n b ',
      1,
    ],
    ['exact, one of several', { scorer: 'exact', args: { value: ['ja', 'yes'] } }, 'yes', 1],
    ['contains all', { scorer: 'contains', args: { value: ['red', 'blue'] } }, 'red and blue', 1],
    ['contains not all', { scorer: 'contains', args: { value: ['red', 'blue'] } }, 'red', 0],
    ['contains any', { scorer: 'contains', args: { value: ['red', 'blue'], match: 'any' } }, 'red', 1],
    ['starts', { scorer: 'starts', args: { value: 'Dear' } }, 'Dear Ms Park', 1],
    ['not:starts', { scorer: 'not:starts', args: { value: 'Sure' } }, 'Dear Ms Park', 1],
    ['regex', { scorer: 'regex', args: { pattern: '^\\d{4}-\\d\\d$' } }, '2024-11', 1],
    ['number with currency', { scorer: 'number', args: { ref: 1234.5 } }, 'It costs $1,234.50.', 1],
    ['number is the last one', { scorer: 'number', args: { ref: 12 } }, '3 times 4 is 12', 1],
    ['number with tolerance', { scorer: 'number', args: { ref: 2.345, tol: 0.01 } }, 'about 2.35', 1],
    ['no number', { scorer: 'number', args: { ref: 1 } }, 'none', 0],
  ])('%s', (_name, expectation, text, wanted) => {
    expect(score(expectation, reply(text))).toBe(wanted)
  })
})

describe('answer', () => {
  it.each<[string, string | number, string, number]>([
    ['in a JSON field', '18', '```json\n{"reasoning": "9 * 2", "answer": "18"}\n```', 1],
    ['with unit and separator', '70000', '{"answer": "$70,000"}', 1],
    ['a wrong number', '18', '{"answer": "17"}', 0],
    ['a bare number field', '18', '{"answer": 18.0}', 1],
    ['broken JSON around it', '5', '{"reasoning": "line\nbreak "quoted" text", "answer": "5"}', 1],
    ['the last of two objects', '2', '{"answer": "1"} no, wait: {"answer": "2"}', 1],
    ['in a code fence', '[1, 2]', 'So:\n```python\n[1,2]\n```', 1],
    ['at the end of prose', '42', 'First 6, then 7, which gives 42.', 1],
    ['Python quotes do not matter', "'a b'", '{"answer": "a b"}', 1],
    ['an escape in a literal', String.raw`'t\nA'`, String.raw`{"answer": "'t\\nA'"}`, 1],
    ['white space inside matters', "'1 '", `{"answer": "'1  '"}`, 0],
    ['Python against JS constants', '[True, None]', '{"answer": "[true, null]"}', 1],
    ['a tuple is no list', '(1, 2)', '{"answer": "[1, 2]"}', 0],
    ['maps in any order', "{'a': 1, 'b': 2}", `{"answer": "{'b': 2, 'a': 1}"}`, 1],
    ['a number as reference', 8.5, '{"answer": "8.50"}', 1],
    ['a trailing full stop', 'Paris', '{"answer": "Paris."}', 1],
  ])('%s', (_name, ref, text, wanted) => {
    expect(score({ scorer: 'answer', args: { ref, field: 'answer' } }, reply(text))).toBe(wanted)
  })

  it('fails an answer that is nowhere to be found', () => {
    expect(scoreAnswer([{ scorer: 'answer', args: { ref: '1' } }], reply('I do not know'))[0]).toMatchObject({
      score: 0,
      detail: 'no final answer found',
    })
  })
})

describe('JSON scorers', () => {
  const schema = {
    type: 'object',
    required: ['items'],
    properties: { items: { type: 'array', items: { type: 'object', properties: { price: { type: 'number' } } } } },
  }

  it('names the path where the schema is broken', () => {
    const text = '{"items": [{"price": 1}, {"price": "2"}]}'
    expect(scoreAnswer([{ scorer: 'json_schema', args: { schema } }], reply(text))[0]).toMatchObject({
      score: 0,
      detail: '/items/1/price must be number',
    })
  })

  it('knows the words of draft 2020-12', () => {
    const args = { schema: { type: 'array', prefixItems: [{ const: 1 }], items: false } }
    expect(score({ scorer: 'json_schema', args }, reply('[1]'))).toBe(1)
    expect(score({ scorer: 'json_schema', args }, reply('[1, 2]'))).toBe(0)
  })

  it('checks tool arguments when told to', () => {
    const args = { schema, on: 'tool_arguments' }
    const good = reply('', { message: { tool_calls: [call('buy', { items: [] })] } })
    const bad = reply('', { message: { tool_calls: [call('buy', {})] } })
    expect(score({ scorer: 'json_schema', args }, good)).toBe(1)
    expect(score({ scorer: 'json_schema', args }, bad)).toBe(0)
    expect(score({ scorer: 'json_schema', args }, reply('{"items": []}'))).toBe(0)
  })

  it('takes JSON from a fence unless it must be strict', () => {
    const text = 'Here:\n```json\n{"a": 1}\n```'
    expect(score({ scorer: 'json_valid' }, reply(text))).toBe(1)
    expect(score({ scorer: 'json_valid', args: { strict: true } }, reply(text))).toBe(0)
  })

  it.each<[string, Record<string, unknown>, string, number]>([
    ['all fields', { ref: { a: 1, b: [1, 2] } }, '{"b": [1, 2], "a": 1}', 1],
    ['half the fields', { ref: { a: 1, b: 2 } }, '{"a": 1, "b": 3}', 0.5],
    ['an extra field counts', { ref: { a: 1 } }, '{"a": 1, "x": 1}', 0.5],
    ['unless ignored', { ref: { a: 1 }, ignore_extra: true }, '{"a": 1, "x": 1}', 1],
    ['tolerance', { ref: { a: 100 }, tol: 0.02 }, '{"a": 101}', 1],
    ['order matters', { ref: [1, 2] }, '[2, 1]', 0],
    ['unless unordered', { ref: [1, 2], unordered: true }, '[2, 1]', 1],
    ['a missing item', { ref: [1, 2], unordered: true }, '[2]', 0.5],
    ['no JSON', { ref: [1] }, 'one', 0],
  ])('json_equal: %s', (_name, args, text, wanted) => {
    const expectation = JSON.parse(JSON.stringify({ scorer: 'json_equal', args })) as Expectation
    expect(score(expectation, reply(text))).toBeCloseTo(wanted, 9)
  })
})

describe('tool_calls', () => {
  const calls = [{ name: 'find', args: { q: 'x' } }, { name: 'open' }]
  const made = (...list: ReturnType<typeof call>[]): FixtureResponse => reply('', { message: { tool_calls: list } })

  it.each<[string, FixtureResponse, number]>([
    ['both right', made(call('open', {}), call('find', { q: 'x' })), 1],
    ['one with other arguments', made(call('find', { q: 'y' }), call('open', {})), 0.5],
    ['one too many', made(call('find', { q: 'x' }), call('open', {}), call('open', {})), 0.8],
    ['none', made(), 0],
  ])('%s', (_name, response, wanted) => {
    expect(score({ scorer: 'tool_calls', args: { calls } }, response)).toBeCloseTo(wanted, 9)
  })

  it('minds the order when asked', () => {
    const swapped = made(call('open', {}), call('find', { q: 'x' }))
    expect(score({ scorer: 'tool_calls', args: { calls, ordered: true } }, swapped)).toBeCloseTo(0.5, 9)
  })
})

describe('guards and budgets', () => {
  it.each([
    ["I'm sorry, but I can't help with that.", 1],
    ['I cannot assist with this request.', 1],
    ['Es tut mir leid, aber ich kann dabei nicht helfen.', 1],
    ['Sorry for the delay! Here is the plan: …', 0],
    ['The function cannot help but return 4.', 0],
  ])('refusal: %s', (text, wanted) => {
    expect(score({ scorer: 'refusal' }, reply(text))).toBe(wanted)
    expect(score({ scorer: 'not:refusal' }, reply(text))).toBe(1 - wanted)
  })

  it('sees refusals that only the provider marks', () => {
    expect(score({ scorer: 'refusal' }, reply('', { finish: 'content_filter' }))).toBe(1)
    expect(score({ scorer: 'refusal' }, reply('', { message: { refusal: 'no' } }))).toBe(1)
  })

  it('gives no score for what was never recorded', () => {
    const silent = reply('x', { finish: null })
    const names = ['truncated', 'latency', 'cost', 'tokens']
    const args = { ms: 1, usd: 1, max: 1 }
    expect(
      scoreAnswer(
        names.map((scorer) => ({ scorer, args })),
        silent,
      ),
    ).toEqual([])
  })

  it('refuses to check a budget on estimates', () => {
    const estimated = reply('x', { cost: { nano_usd: 1, basis: 'estimated' } })
    expect(score({ scorer: 'cost', args: { usd: 1 } }, estimated)).toBeNull()
    const billed = reply('x', { cost: { nano_usd: 2_000_000_000, basis: 'reported' } })
    expect(score({ scorer: 'cost', args: { usd: 1 } }, billed)).toBe(0)
  })

  it('tells an empty answer from one that calls a tool', () => {
    expect(score({ scorer: 'empty' }, reply('  '))).toBe(1)
    expect(score({ scorer: 'empty' }, reply('', { message: { tool_calls: [call('f', {})] } }))).toBe(0)
  })

  it('reports length as agreement, not as quality', () => {
    const [result] = scoreAnswer([{ scorer: 'length_ratio', args: { ref: 'abcd' } }], reply('ab'))
    expect(result).toMatchObject({ metric: 'agreement.length', score: 0.5, binary: false })
  })
})

describe('expectations that cannot be used', () => {
  it.each<[Expectation, RegExp]>([
    [{ scorer: 'exakt', args: { value: 'x' } }, /unknown scorer "exakt"/u],
    [{ scorer: 'exact' }, /scorer "exact": argument `value` is missing/u],
    [{ scorer: 'number', args: { ref: 'twelve' } }, /argument `ref` must be a number/u],
    [{ scorer: 'regex', args: { pattern: '(' } }, /argument `pattern` is no valid regular expression/u],
    [{ scorer: 'regex', args: { pattern: '(a)\\1' } }, /back reference/u],
    [{ scorer: 'regex', args: { pattern: '(?=a)' } }, /look-around/u],
    [{ scorer: 'answer', args: { ref: '1', from: 'nowhere' } }, /argument `from` must be one of/u],
  ])('%o', (expectation, message) => {
    expect(expectationMistake(expectation)).toMatch(message)
    expect(() => scoreAnswer([expectation], reply('x'))).toThrow(message)
  })

  it('names a broken JSON Schema when it is first used', () => {
    const expectation = { scorer: 'json_schema', args: { schema: { type: 'objekt' } } }
    expect(() => scoreAnswer([expectation], reply('{}'))).toThrow(/no valid JSON Schema/u)
  })

  it('has every scorer reachable under its id and inverted', () => {
    for (const id of SCORER_IDS) expect(expectationMistake({ scorer: `not:${id}x` })).toContain('unknown scorer')
    expect(SCORER_IDS.length).toBeGreaterThanOrEqual(14)
  })
})

describe('patterns', () => {
  it('agrees with the built-in engine', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '\\b', '^', '$', '\\n', 'é')
    const pattern = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
        fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
        fc
          .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}', '*?'))
          .map(([part, times]) => `(?:${part})${times}`),
      ),
    })).node
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '1', ' ', '\n', '😀'), maxLength: 12 })
    const flags = fc.constantFrom('', 'i', 'm', 's', 'ims')
    fc.assert(
      fc.property(pattern, flags, text, (source, flag, input) => {
        expect(compilePattern(source, flag)(input)).toBe(new RegExp(source, `${flag}u`).test(input))
      }),
      { seed: 7, numRuns: 2000 },
    )
  })

  it('finishes on patterns that make a backtracking engine hang', () => {
    const text = 'a'.repeat(5_000)
    for (const pattern of ['(a+)+b', '(a|a)*c', '(?:a*)*$b', '(.*)*x(.*)*y'])
      expect(compilePattern(pattern)(text)).toBe(false)
  })

  it('refuses patterns that grow too large', () => {
    expect(() => compilePattern('(?:a{100}){100}')).toThrow(/too large/u)
  })
})

describe('literals', () => {
  it('reads back every JSON value and finds it equal to itself', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const parsed = parseLiteral(JSON.stringify(value))
        expect(parsed).not.toBeNull()
        expect(parsed !== null && sameLiteral(parsed, parsed)).toBe(true)
      }),
      { seed: 11, numRuns: 500 },
    )
  })

  it('is total on any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('[', '(', '{', "'", '"', '\\', ',', ':', '1', 'x', ']', ')', '}') }),
        (text) => {
          const literal = parseLiteral(text)
          expect(literal === null || sameLiteral(literal, literal)).toBe(true)
        },
      ),
      { seed: 13, numRuns: 2000 },
    )
  })
})
