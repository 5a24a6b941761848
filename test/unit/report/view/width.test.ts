import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { cleanText, cutText, fit, lookOf, textWidth, wrapText } from '../../../../src/report/view/width.ts'

const UNICODE = lookOf(false)
const ASCII = lookOf(true)

describe('cleanText', () => {
  it.each([
    ['\u001b[2Jgone', '\\u{1b}[2Jgone'],
    ['bell\u0007', 'bell\\u{7}'],
    ['8-bit \u009b31m', '8-bit \\u{9b}31m'],
    ['over\rwritten', 'over\\u{d}written'],
    ['two\nlines', 'two\\nlines'],
    ['right-to-left \u202eevil', 'right-to-left \\u{202e}evil'],
    ['lone \ud800 half', 'lone \\u{d800} half'],
  ])('shows %j as an escape', (text, shown) => {
    expect(cleanText(text, false)).toBe(shown)
  })

  it('keeps text of every script, and escapes it where only ASCII may be printed', () => {
    expect(cleanText('größe 数 🙂', false)).toBe('größe 数 🙂')
    expect(cleanText('größe 数', true)).toBe('gr\\u{f6}\\u{df}e \\u{6570}')
  })

  it('drops joiners, which would make a terminal draw several characters as one', () => {
    expect(cleanText('👩\u200d💻❤\ufe0f', false)).toBe('👩💻❤')
  })

  it('leaves nothing that drives a terminal, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanText(text, false)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        expect(cleanText(text, true)).toMatch(/^[ -~]*$/)
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})

describe('textWidth', () => {
  it.each([
    ['plain', 5],
    ['größe', 5],
    ['数学', 4],
    ['ｆｕｌｌ', 8],
    ['🙂', 2],
    ['e\u0301', 1],
    ['한국', 4],
  ])('of %j is %i', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })
})

describe('fit, cut and wrap', () => {
  it('pads and cuts to exactly the width', () => {
    expect(fit('ab', 4, { look: UNICODE })).toBe('ab  ')
    expect(fit('ab', 4, { look: UNICODE, align: 'right' })).toBe('  ab')
    expect(fit('abcdef', 4, { look: UNICODE })).toBe('abc…')
    expect(fit('abcdef', 4, { look: ASCII })).toBe('a...')
    expect(fit('数学数学', 5, { look: UNICODE })).toBe('数学…')
    expect(fit('数学数学', 4, { look: UNICODE })).toBe('数… ')
  })

  it('is as wide as asked for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (text, width, ascii) => {
          expect(textWidth(fit(text, width, { look: lookOf(ascii) }))).toBe(width)
        },
      ),
      { seed: 2, numRuns: 500 },
    )
  })

  it('cuts nothing that fits', () => {
    expect(cutText('exactly', 7, UNICODE)).toBe('exactly')
  })

  it('wraps at spaces and loses no word', () => {
    expect(wrapText('the quick brown fox', 10)).toEqual(['the quick', 'brown fox'])
    fc.assert(
      fc.property(fc.lorem({ maxCount: 30 }), fc.integer({ min: 8, max: 40 }), (text, width) => {
        const lines = wrapText(text, width)
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
        expect(lines.join(' ').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      }),
      { seed: 3 },
    )
  })

  it('cuts a word that is longer than a line', () => {
    expect(wrapText('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)])
  })
})
