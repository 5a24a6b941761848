import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { diffFrame, type DiffStyle } from '../../../../src/report/view/diff-lines.ts'
import { plainText } from '../../../../src/report/view/frame.ts'
import { diffSequence, wordsOf, type DiffPart } from '../../../../src/report/view/text-diff.ts'
import { lookOf, textWidth } from '../../../../src/report/view/width.ts'

function side(parts: readonly DiffPart[], leaveOut: DiffPart['kind']): string[] {
  return parts.filter(({ kind }) => kind !== leaveOut).flatMap(({ items }) => items)
}

describe('diffSequence', () => {
  it('gives back both sequences, and never an empty part', () => {
    const items = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })
    fc.assert(
      fc.property(items, items, (before, after) => {
        const parts = diffSequence(before, after)
        expect(side(parts, 'added')).toEqual(before)
        expect(side(parts, 'removed')).toEqual(after)
        for (const part of parts) expect(part.items.length).toBeGreaterThan(0)
      }),
      { seed: 4, numRuns: 1_000 },
    )
  })

  it('keeps what the two have in common', () => {
    expect(diffSequence(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'd', 'e'])).toEqual([
      { kind: 'same', items: ['a'] },
      { kind: 'removed', items: ['b'] },
      { kind: 'added', items: ['x'] },
      { kind: 'same', items: ['c', 'd'] },
      { kind: 'added', items: ['e'] },
    ])
  })

  it('finds the shortest edit: as few changes as a table of longest common subsequences says', () => {
    const items = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 14 })
    fc.assert(
      fc.property(items, items, (before, after) => {
        const same = side(
          diffSequence(before, after).filter(({ kind }) => kind === 'same'),
          'added',
        )
        expect(same.length).toBe(longestCommon(before, after))
      }),
      { seed: 5, numRuns: 500 },
    )
  })

  it('gives up on texts that have nothing in common instead of searching for ever', () => {
    const before = Array.from({ length: 20_000 }, (_, at) => `a${at}`)
    const after = Array.from({ length: 20_000 }, (_, at) => `b${at}`)
    expect(diffSequence(before, after).map(({ kind, items }) => [kind, items.length])).toEqual([
      ['removed', 20_000],
      ['added', 20_000],
    ])
  })
})

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0))
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const best = Math.max(table[i - 1]?.[j] ?? 0, table[i]?.[j - 1] ?? 0)
      const row = table[i]
      if (row !== undefined) row[j] = a[i - 1] === b[j - 1] ? (table[i - 1]?.[j - 1] ?? 0) + 1 : best
    }
  }
  return table[a.length]?.[b.length] ?? 0
}

describe('wordsOf', () => {
  it('splits into words, spaces and signs that make up the text again', () => {
    expect(wordsOf('i.price * 2')).toEqual(['i', '.', 'price', ' ', '*', ' ', '2'])
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(wordsOf(text).join('')).toBe(text)
      }),
      { seed: 6 },
    )
  })
})

function shown(before: string, after: string, style: DiffStyle, context = 1): string[] {
  return diffFrame(before, after, { style, context, columns: 60, look: lookOf(false) }).map((line) => plainText(line))
}

const OLD = 'one\ntwo\nthree\nreturn items.reduce(add, 0)\nfive\nsix\nseven\neight'
const NEW = 'one\ntwo\nthree\nreturn items.map(price)\nfive\nsix\nseven\neight'

describe('diffFrame', () => {
  it('marks words, in brackets that need no colour', () => {
    expect(shown(OLD, NEW, 'word')).toEqual([
      '   … 2 unchanged lines',
      '   three',
      ' ~ return items.[-reduce-]{+map+}([-add, 0-]{+price+})',
      '   five',
      '   … 3 unchanged lines',
    ])
  })

  it('shows lines that went and came', () => {
    expect(shown(OLD, NEW, 'unified')).toEqual([
      '   … 2 unchanged lines',
      '   three',
      ' - return items.reduce(add, 0)',
      ' + return items.map(price)',
      '   five',
      '   … 3 unchanged lines',
    ])
  })

  it('sets the two side by side', () => {
    expect(shown(OLD, NEW, 'side').map((line) => line.trimEnd())).toEqual([
      '   … 2 unchanged lines',
      '   three                        three',
      ' - return items.reduce(add,   + return items.map(price)',
      ' - 0)',
      '   five                         five',
      '   … 3 unchanged lines',
    ])
  })

  it('shows more around a change when asked', () => {
    expect(shown(OLD, NEW, 'unified', 10)).toHaveLength(9)
  })

  it('says so when the answers are the same, and shows the answer', () => {
    expect(shown('same', 'same', 'word')).toEqual(['   the answers are the same', '   same'])
  })

  it('fits the width and keeps control characters out, in every style', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 })
    fc.assert(
      fc.property(text, text, fc.constantFrom<DiffStyle>('word', 'unified', 'side'), (before, after, style) => {
        for (const line of shown(before, after, style)) {
          expect(line).not.toMatch(/\p{Cc}/u)
          expect(textWidth(line)).toBeLessThanOrEqual(60)
        }
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})
