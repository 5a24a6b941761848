import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { assert, integer, property, string } from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { estimateTokens } from '../../../src/wire/tokens.ts'

const source = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const digest = (seed: string, as: 'hex' | 'base64') => createHash('sha512').update(seed).digest(as)
const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join('')

const GERMAN = `Die Geschäftsführung hat beschlossen, dass die Verkaufsabteilung künftig enger mit der Entwicklung
zusammenarbeiten soll. Dazu wird ein wöchentliches Abstimmungstreffen eingerichtet, an dem auch die Kundenbetreuung
teilnimmt. Die Verantwortlichen müssen bis Ende des Quartals einen Maßnahmenplan vorlegen, der Lösungen vorschlägt.`
const FRENCH = `Le conseil d'administration a décidé que l'équipe commerciale travaillerait désormais plus étroitement
avec le développement. Une réunion hebdomadaire sera mise en place, à laquelle participera le service client.`
const RUSSIAN = `Руководство решило, что отдел продаж теперь будет теснее сотрудничать с разработкой. Для этого будет
проводиться еженедельная встреча, в которой примет участие и служба поддержки клиентов.`
const CHINESE = `公司决定让销售部门与研发部门更紧密地合作。为此将安排每周一次的会议，客户服务团队也会参加。负责人必须在季度结束前提交一份行动计划，
说明最重要的困难并提出解决办法。此外，希望能够参考上一次员工调查的结果，因为很多人反映职责不清。`
const JAPANESE = `経営陣は、営業部門が今後開発部門とより緊密に連携することを決定しました。そのために、カスタマーサポートも参加する
週次の会議が設けられます。責任者は四半期末までに行動計画を提出しなければなりません。`
const KOREAN = `경영진은 영업 부서가 앞으로 개발 부서와 더 긴밀하게 협력하기로 결정했습니다. 이를 위해 고객 지원팀도 참여하는
주간 회의가 마련됩니다. 책임자는 분기 말까지 실행 계획을 제출해야 합니다.`
const ENGLISH = `The board decided that sales should work more closely with engineering from now on. A weekly meeting will
be held, which customer support joins as well. Those responsible have to hand in a plan by the end of the quarter that
names the most important difficulties and proposes solutions, and takes the results of the last survey into account.`

const logLine = (index: number) => {
  const id = digest(`log ${index}`, 'hex')
  return `2026-03-1${index % 9}T12:4${index % 9}:33.10${index % 9}Z INFO id=${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)} status=200 bytes=${index * 733}\n`
}

describe('estimateTokens against o200k_base', () => {
  // The tolerance is what the estimate reaches with some room, as a share of the real count.
  const cases: readonly (readonly [name: string, text: string, tolerance: number])[] = [
    ['English', ENGLISH, 0.1],
    ['TypeScript', source('src/wire/canonical.ts') + source('src/engine/decision.ts'), 0.08],
    ['package JSON', source('package.json'), 0.12],
    ['compact JSON', JSON.stringify(repeatRows(60)), 0.15],
    ['German', GERMAN, 0.12],
    ['French', FRENCH, 0.15],
    ['Russian', RUSSIAN, 0.15],
    ['Chinese', CHINESE, 0.18],
    ['Japanese', JAPANESE, 0.18],
    ['Korean', KOREAN, 0.15],
    ['log lines with ids', repeat(40, logLine), 0.12],
    ['base64', repeat(30, (i) => digest(`b ${i}`, 'base64').slice(0, -2)), 0.1],
    ['hexadecimal', repeat(30, (i) => digest(`h ${i}`, 'hex')), 0.1],
  ]
  it.each(cases)('%s', (_name, text, tolerance) => {
    const real = countTokens(text)
    expect(real).toBeGreaterThan(30)
    expect(Math.abs(estimateTokens(text) / real - 1)).toBeLessThan(tolerance)
  })
})

function repeatRows(count: number): object[] {
  return Array.from({ length: count }, (_, i) => ({
    id: i * 17,
    name: `customer ${i}`,
    active: i % 2 === 0,
    total: i * 13.37,
  }))
}

describe('estimateTokens on any input', () => {
  it('is 0 for nothing and positive for every visible text', () => {
    expect(estimateTokens('')).toBe(0)
    assert(
      property(string({ unit: 'grapheme', minLength: 1 }), (text) => {
        expect(estimateTokens(text)).toBeGreaterThanOrEqual(text.trim() === '' ? 0 : 1)
      }),
      { seed: 11 },
    )
  })

  it('never throws and never exceeds two tokens a code unit, also on broken surrogates', () => {
    const unit = integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
    assert(
      property(string({ unit, maxLength: 300 }), (text) => {
        const tokens = estimateTokens(text)
        expect(Number.isSafeInteger(tokens)).toBe(true)
        expect(tokens).toBeLessThanOrEqual(2 * text.length)
      }),
      { seed: 12 },
    )
  })

  it('grows in proportion on one long run, where an encoder grows faster', () => {
    const short = estimateTokens('a'.repeat(10_000))
    const long = estimateTokens('a'.repeat(1_000_000))
    expect(long / short).toBeGreaterThan(99)
    expect(long / short).toBeLessThan(101)
  })
})
