import { describe, expect, it } from 'vitest'
import { decodeAll, outline } from './recorded.ts'

function calls(...items: object[]): string {
  return JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { tool_calls: items } }] })
}

function start(index: number | undefined, id: string | undefined, name: string): object {
  return { index, id, type: 'function', function: { name, arguments: '' } }
}

function rest(index: number | undefined, text: string, id?: string): object {
  return { index, id, function: { arguments: text } }
}

describe('tool calls of a stream', () => {
  it('keep their index and payload when the provider numbers them', () => {
    const payloads = [
      JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { role: 'assistant' } }] }),
      calls(start(0, 'a', 'f')),
      calls(rest(0, '{"x":')),
      calls(rest(0, '1}')),
      calls(start(1, 'b', 'g')),
      calls(rest(1, '{}')),
    ]
    const parts = decodeAll(payloads)
    expect(outline(parts)).toEqual([
      'start',
      'tool 0 a f ',
      'tool 0 - - {"x":',
      'tool 0 - - 1}',
      'tool 1 b g ',
      'tool 1 - - {}',
    ])
    expect(parts.map((part) => part.raw)).toEqual(payloads)
  })

  it('are told apart when two share an index, and then not relayed unchanged', () => {
    const parts = decodeAll([
      calls(start(0, 'a', 'f')),
      calls(rest(0, '{}')),
      calls(start(0, 'b', 'g')),
      calls(rest(0, '[1]')),
      calls(rest(0, 'A', 'a')),
    ])
    expect(outline(parts)).toEqual([
      'start',
      'tool 0 a f ',
      'tool 0 - - {}',
      'tool 1 b g ',
      'tool 1 - - [1]',
      'tool 0 - - A',
    ])
    expect(parts.slice(3).every((part) => part.raw === undefined)).toBe(true)
  })

  it('get an index when the provider sends none', () => {
    const parts = decodeAll([
      calls(
        { id: 'a', function: { name: 'f', arguments: '{}' } },
        { id: 'b', function: { name: 'g', arguments: '{}' } },
      ),
    ])
    expect(outline(parts)).toEqual(['start', 'tool 0 a f {}', 'tool 1 b g {}'])
  })

  it('get ids when the provider sends none, and different ones', () => {
    const parts = decodeAll([calls(start(0, undefined, 'f')), calls(start(1, '', 'g')), calls(rest(1, '{}'))])
    expect(outline(parts)).toEqual(['start', 'tool 0 call_0 f ', 'tool 1 call_1 g ', 'tool 1 - - {}'])
  })

  it('continue the last call when a fragment has neither index nor id', () => {
    expect(outline(decodeAll([calls(start(undefined, 'a', 'f')), calls(rest(undefined, '{}'))]))).toEqual([
      'start',
      'tool 0 a f ',
      'tool 0 - - {}',
    ])
  })

  it('take a name or id that is repeated in later fragments as no new call', () => {
    const again = { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }
    expect(outline(decodeAll([calls(start(0, 'a', 'f')), calls(again)]))).toEqual([
      'start',
      'tool 0 a f ',
      'tool 0 - - {}',
    ])
  })

  it('write out arguments that come as an object', () => {
    const call = { index: 0, id: 'a', function: { name: 'f', arguments: { x: 1 } } }
    expect(outline(decodeAll([calls(call)]))).toEqual(['start', 'tool 0 a f {"x":1}'])
  })

  it('drop a fragment that belongs to no call', () => {
    expect(outline(decodeAll([calls(rest(0, '{}'))]))).toEqual(['start'])
  })

  it('are read from the older function form and relayed in it', () => {
    const role = JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] })
    const payload = JSON.stringify({
      id: 'c',
      choices: [{ index: 0, delta: { function_call: { name: 'f', arguments: '{}' } } }],
    })
    expect(decodeAll([role, payload])[1]).toEqual({
      kind: 'tool_delta',
      index: 0,
      id: 'call_0',
      name: 'f',
      argumentsDelta: '{}',
      raw: payload,
    })
  })
})
