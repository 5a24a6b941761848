import fc from 'fast-check'
import { countTokens as cl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as o200k } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { jsonBound, textBound } from '../../../../src/engine/budgets/byte-bound.ts'

const bytes = (text: string): number => Buffer.byteLength(text)

describe('the bound on the tokens of a text', () => {
  it('covers the bytes of every character in each form that a tokenizer may give it', () => {
    const wrong: string[] = []
    let seen = 0
    for (let code = 0; code <= 0x10ffff; code += 1) {
      if (code >= 0xd800 && code < 0xe000) continue
      const text = String.fromCodePoint(code)
      const longest = Math.max(bytes(text), bytes(text.normalize('NFC')), bytes(text.normalize('NFKC')))
      if (textBound(text) < longest) wrong.push(code.toString(16))
      seen += 1
    }
    expect(wrong).toEqual([])
    expect(seen).toBe(0x110000 - 0x800)
  })

  it('is the number of bytes for common scripts, so that it reserves no more than it must', () => {
    for (const text of ['Plain English, 42 words.', 'Grüße aus Köln', 'Привет, мир', '漢字かな', '한국어 문장', 'नमस्ते'])
      expect(textBound(text)).toBe(bytes(text))
    expect(textBound('😀🎉')).toBeLessThanOrEqual(bytes('😀🎉') * 2.5)
  })

  it('covers a surrogate that stands alone', () => {
    for (const text of ['\ud83d', '\ude00', 'a\ud83db', '\udc00\ud800'])
      expect(textBound(text)).toBeGreaterThanOrEqual(bytes(text))
  })

  const alphabets = [
    'abcdefghijklmnopqrstuvwxyz      ETAOIN.,\n',
    'äöüßéèñçøåłśčğ ',
    'абвгдежзийклмнопрстуфхцчшщ ',
    'ابتثجحخدذرزسشصضطظعغفقكلمنهوي ',
    'अआइईउऊकखगघचछजझ ािीु ',
    '的一是在不了有和人这中大为上个国我以要他時來們',
    'ひらがなカタカナ漢字。、',
    '가나다라마바사아자차카타파하 ',
    '😀😃🎉👩‍👩‍👧🇩🇪🏳️‍🌈❤️✨',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=',
    '{}[]":,\\\n\t  0123456789truefalsenull',
    '\u0000\u0001\u007f\u0080\u00ff\u200b\ufeff\ufffd',
    '𝔘𝔫𝔦𝔠𝔬𝔡𝔢𐍈𒀀𓀀',
  ].map((letters) => Array.from(letters))

  const inOneScript = fc
    .constantFrom(...alphabets)
    .chain((letters) => fc.array(fc.constantFrom(...letters), { maxLength: 400, size: 'max' }))
    .map((letters) => letters.join(''))
  const run = fc
    .tuple(fc.constantFrom('a', '_', ' ', '=', 'é', '的', '😀', '\n', '0', 'ﷺ'), fc.nat(900))
    .map(([letter, times]) => letter.repeat(times))
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.base64String({ maxLength: 600 }),
  )
  const text = fc
    .array(fc.oneof(inOneScript, run, anything), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join(''))

  it('is never exceeded by a real tokenizer, whatever the text', () => {
    let [tokens, bound] = [0, 0]
    fc.assert(
      fc.property(text, (sample) => {
        const most = textBound(sample)
        for (const count of [o200k(sample), cl100k(sample)]) {
          expect(count).toBeLessThanOrEqual(most)
          tokens += count
        }
        bound += most
      }),
      { seed: 19, numRuns: 1_000 },
    )
    expect(tokens).toBeGreaterThan(100_000)
    expect(bound).toBeGreaterThan(tokens / 2)
  })

  it('is never exceeded as JSON, however the writer escapes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.stringify(value)
        const ascii = plain.replaceAll(
          /[\u0080-\uffff]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        )
        const safe = plain.replaceAll(/[<>&']/g, (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`)
        for (const written of [plain, ascii, safe]) {
          expect(bytes(written)).toBeLessThanOrEqual(jsonBound(value))
          expect(o200k(written)).toBeLessThanOrEqual(jsonBound(value))
        }
      }),
      { seed: 20, numRuns: 500 },
    )
  })
})
