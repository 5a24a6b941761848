import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/engine/decide.ts'
import { flip } from '../../../src/engine/explain/flip.ts'
import { explainLine, explainSentences, explainTree } from '../../../src/report/explain-tree.ts'
import { noPaint } from '../../../src/report/style.ts'
import { given, matrix, NOW, row, type Situation } from '../engine/decision/world.ts'

const UNWELL: Situation = {
  model: 'auto:best',
  state: { health: { 'alpha/dear': { state: 'open', retryAt: NOW + 12_000, reason: '503 x5 in 60s' } } },
}
const MANY = matrix(
  ...Array.from({ length: 30 }, (_, index) => row(`model-number-${index}`, { contextWindow: index < 15 ? 10 : null })),
)

function tree(situation: Situation, over: { width?: number; ascii?: boolean; depth?: number } = {}): string {
  return explainTree(decide(given(situation)), { width: 96, ascii: false, paint: noPaint, ...over }, { now: NOW })
}

describe('tree of a decision', () => {
  it('shows what was chosen, what was dropped and why, the scores and the plan', () => {
    expect(tree(UNWELL)).toMatchInlineSnapshot(`
      " chosen: middle (standard) on alpha: highest expected quality
       asked: auto:best   rule: none   policy: best
       ├─ intent         chat .80  complexity .50
       ├─ request        1k tokens in, language en
       ├─ eligible       2 of 3
       │   └─ x 1  unhealthy  breaker open (503 x5 in 60s, retry in 12s): dear
       ├─ score          quality   margin 1.000 over cheap
       │   ├─ 1 middle  1.000  est $.0014 (200 out assumed)  quality .75 measured  p50 500ms measured
       │   └─ 2 cheap   .000  est $.00014 (200 out assumed)  quality .60 measured  p50 250ms measured
       └─ plan           alpha/middle, alpha/cheap
           ├─ 1 alpha/middle  choice, standard
           └─ 2 alpha/cheap   lower tier, free"
    `)
  })

  it('has an ASCII form', () => {
    const text = tree(UNWELL, { ascii: true })
    expect(text).toMatch(/^[\x20-\x7e\n]*$/u)
    expect(text).toContain(' |- intent')
    expect(text).toContain(' `- plan')
  })

  it.each([64, 80, 96, 160])('fits into %d columns', (width) => {
    for (const situation of [UNWELL, { matrix: MANY }, { features: { inputTokens: 10_000_000 } }]) {
      for (const depth of [1, 2, 3]) {
        const lines = tree(situation, { width, depth }).split('\n')
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
      }
    }
  })

  it('goes as deep as asked', () => {
    const levels = [0, 1, 2, 3].map((depth) => tree({ matrix: MANY }, { depth }).split('\n').length)
    expect(levels[0]).toBe(2)
    expect(levels[1]).toBeLessThan(levels[2] ?? 0)
    expect(levels[2]).toBeLessThan(levels[3] ?? 0)
    expect(tree({ matrix: MANY }, { depth: 2 })).toContain('and 5 more')
    for (const { id } of MANY.rows) expect(tree({ matrix: MANY }, { depth: 3 })).toContain(id)
  })

  it('lists models that break a limit after those that keep it', () => {
    const cheapest = { kind: 'minimize_cost', require: { qualityMin: 0.7 }, relax: [], strict: false } as const
    const text = tree({ config: { policies: { cheapest } } })
    expect(text).toMatch(/1 middle .*2 dear .*3 cheap .*quality limit broken/su)
  })

  it('lists what would change the choice, the smallest change first', () => {
    const input = given({
      config: { rules: [{ name: 'r', when: { complexity: { op: '>=', value: 0.51 } }, tier: 'premium' }] },
    })
    const { flips } = flip(input)
    const text = explainTree(decide(input), { width: 96, ascii: true, paint: noPaint }, { flips })
    expect(text).toContain('would flip if  complexity >= .510 (now .500) -> dear')
    expect(text).toContain('- or  cheap down -> middle')
  })

  it('colours by meaning, around the text and not around the drawing', () => {
    const painted = explainTree(decide(given(UNWELL)), {
      width: 96,
      ascii: true,
      paint: (text, tone) => (tone === 'plain' ? text : `<${tone}>${text}</${tone}>`),
    })
    expect(painted).toContain('<strong> chosen: middle')
    expect(painted).toContain('|   |- <good>1 middle')
    expect(painted).toContain('<dim>x 1  unhealthy')
  })

  it('reads as sentences without drawing', () => {
    const text = explainSentences(decide(given(UNWELL)), { now: NOW })
    expect(text).not.toMatch(/[│├└|`]/u)
    expect(text.split('\n').every((line) => line.endsWith('.'))).toBe(true)
    expect(text).toContain('x 1  unhealthy: breaker open (503 x5 in 60s, retry in 12s): dear.')
  })
})

describe('one line of a decision', () => {
  function line(situation: Situation): string {
    return explainLine(decide(given(situation)))
  }

  it('names model, tier, rule or policy, score, cost and what is unwell', () => {
    expect(line({})).toBe('cheap  free  policy=cheapest  score=1.000  est=$.00014')
    expect(line({ config: { rules: [{ name: 'r', when: {}, tier: 'standard' }] } })).toBe(
      'middle  standard  rule=r  score=1.000  est=$.0014',
    )
    expect(line(UNWELL)).toBe(
      'middle  standard  policy=best  score=1.000  est=$.0014  (dear breaker open (503 x5 in 60s))',
    )
  })

  it('says when the price is unknown, when something gave way, and when nothing serves', () => {
    expect(line({ matrix: matrix(row('m', { price: null })) })).toContain('est=unknown')
    expect(line({ ...UNWELL, model: 'dear' })).toContain(
      '(dear: unhealthy; down from premium, which has no eligible model',
    )
    expect(line({ matrix: matrix() })).toBe('refused  no_capable_model  (no model can serve the request)')
  })
})
