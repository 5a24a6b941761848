import { describe, expect, it } from 'vitest'
import type { CandidateSummary, RunSummary } from '../../../src/replay/summary/types.ts'
import type { PairRow } from '../../../src/replay/types.ts'
import { csvReport } from '../../../src/report/csv.ts'
import { eventLine, runEvents } from '../../../src/report/events.ts'
import { githubAnnotations } from '../../../src/report/github-annotations.ts'
import { jsonReport } from '../../../src/report/json-report.ts'
import { junitReport } from '../../../src/report/junit.ts'
import { markdownReport, stepSummary } from '../../../src/report/markdown.ts'
import { noPaint, type Paint } from '../../../src/report/style.ts'
import { terminalSummary } from '../../../src/report/terminal-summary.ts'
import type { OutcomeRow } from '../../../src/replay/router-figures/types.ts'
import { arm, pair, sampleRows } from '../replay/summary/sample-rows.ts'
import { sampleRun, type SampleRun } from './sample-run.ts'
import { xmlFault } from './xml-check.ts'

const ESCAPE = '\u001B'
/** Everything a hostile or careless name could hold. */
const NASTY = `${ESCAPE}[31m@admin | <img src=x> & "q" 'a' \`b\` ]]> \u0000\uFFFE \uD800 ::error::\n- [x](http://e) =1+1`

function outcomes(rows: readonly PairRow[]): OutcomeRow[] {
  return rows.map((row, i) => ({
    fixture: row.fixture,
    inputTokens: 100 + ((i * 7) % 50),
    choices: { 'cheap-first': i % 3 === 0 ? 'middle' : 'small' },
    outcomes: {
      small: { score: Number(i % 3 !== 0), costNanoUsd: 100_000 },
      middle: { score: Number(i % 5 !== 0), costNanoUsd: 400_000 },
      large: { score: Number(i % 7 !== 0), costNanoUsd: 2_000_000 },
    },
  }))
}

function full(over: SampleRun = {}): ReturnType<typeof sampleRun> {
  return sampleRun({ ...over, over: { outcomes: outcomes(sampleRows(128)), ...over.over } })
}

/** Five hundred changed fixtures that all got worse, with long and hostile names. */
function manyRegressions(): PairRow[] {
  return Array.from({ length: 500 }, (_, i) =>
    pair(i, {
      fixture: `fx_${i}_${NASTY}${'long '.repeat(20)}`,
      file: `fixtures/${NASTY}.jsonl`,
      tags: [`${NASTY}${i % 40}`],
      routeChanged: true,
      baseline: arm({ model: `model ${NASTY}`, metrics: { 'quality.score': 1 } }),
      candidate: arm({
        model: `model-${i}`,
        reason: NASTY,
        metrics: { 'quality.score': 0 },
        scores: [
          { scorer: 'answer', metric: 'quality.score', weight: 1, score: 0, binary: true, detail: NASTY.repeat(20) },
        ],
      }),
    }),
  )
}

/** Every report of a run as text. */
function allReports({ summary, rows }: ReturnType<typeof sampleRun>): Record<string, string> {
  return {
    terminal: terminalSummary(summary, { width: 96, ascii: false, paint: noPaint }),
    markdown: markdownReport(summary),
    step: stepSummary(summary),
    junit: junitReport(summary, rows(), { all: true }),
    json: [...jsonReport(summary, rows())].join(''),
    jsonl: [...runEvents(summary, rows())].map(eventLine).join(''),
    csv: [...csvReport(rows(), ['quality.score'])].join(''),
    github: githubAnnotations(summary).join('\n'),
  }
}

describe('every report', () => {
  it('has the same bytes for the same run', () => {
    expect(allReports(full())).toEqual(allReports(full()))
  })

  it('holds no escape byte, even when names do', () => {
    const reports = Object.entries(allReports(sampleRun({ rows: manyRegressions() })))
    expect(reports.filter(([, text]) => text.includes(ESCAPE)).map(([name]) => name)).toEqual([])
  })

  it('copes with an empty run', () => {
    const reports = Object.entries(allReports(sampleRun({ rows: [], gates: [] })))
    expect(reports.filter(([, text]) => /NaN|undefined|Infinity/.test(text))).toEqual([])
  })
})

describe('the terminal summary', () => {
  it.each([64, 80, 96, 160])('is as expected at %i columns', async (width) => {
    const text = terminalSummary(full().summary, { width, ascii: width === 64, paint: noPaint })
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/terminal-${width}.txt`)
  })

  it('fits its width, and is ASCII when asked', () => {
    for (const width of [64, 71, 80, 95, 120]) {
      const text = terminalSummary(full().summary, { width, ascii: true, paint: noPaint })
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
      expect(text).toMatch(/^[\n\x20-\x7E]*$/)
    }
  })

  it('says in words what colour says, and colour changes no text', () => {
    const bracket: Paint = (text, tone) => (tone === 'plain' ? text : `⟦${text}⟧`)
    const { summary } = full()
    const plain = terminalSummary(summary, { width: 96, ascii: false, paint: noPaint })
    const painted = terminalSummary(summary, { width: 96, ascii: false, paint: bracket })
    expect(painted).not.toBe(plain)
    expect(painted.replaceAll(/[⟦⟧]/g, '')).toBe(plain)
    expect(plain).toContain('FAIL')
    expect(plain).toContain('worse')
  })

  it('shows bad lines by their place and that a run is partial', () => {
    const problems = [{ file: 'a.jsonl', line: 50_000, message: 'line is cut off' }]
    const { summary } = sampleRun({
      over: {
        fixtures: { hash: 'h', files: [], problems, moreProblems: 2 },
        failures: [{ code: 'fixture_errors', count: 3, allowed: 0 }],
      },
    })
    const text = terminalSummary({ ...summary, complete: false }, { width: 96, ascii: true, paint: noPaint })
    expect(text).toContain('a.jsonl:50000  line is cut off')
    expect(text).toContain('and 2 more')
    expect(text).toContain('PARTIAL')
    expect(text).toContain('exit 3')
  })
})

describe('the Markdown comment', () => {
  it('is as expected', async () => {
    await expect(markdownReport(full().summary)).toMatchFileSnapshot('golden/comment.md')
  })

  it('starts with a marker to find it again and one sentence in an alert by verdict', () => {
    const alert = (run: RunSummary): string[] => markdownReport(run).split('\n').slice(0, 3)
    expect(alert(full().summary)).toEqual([
      '<!-- gateway-replay:default -->',
      '> [!CAUTION]',
      expect.stringMatching(/^> cheap-first: cost -37\.8% .* gate failed$/),
    ])
    expect(alert(sampleRun({ gates: [] }).summary)[1]).toBe('> [!NOTE]')
    expect(alert(sampleRun({ gates: ['cost.total<=+5%'] }).summary)[1]).toBe('> [!TIP]')
    expect(alert(sampleRun({ gates: ['errors.rate<=1%'] }).summary)[1]).toBe('> [!WARNING]')
  })

  it('stays under its budget with 500 changed fixtures and says what was left out', () => {
    const { summary } = sampleRun({ rows: manyRegressions() })
    const text = markdownReport(summary)
    expect(Buffer.byteLength(text)).toBeLessThan(60_000)
    expect(text).toMatch(/Left out for length: .*490 regressions/)
    const step = stepSummary(summary)
    expect(Buffer.byteLength(step)).toBeLessThan(900 * 1024)
    expect(step.length).toBeGreaterThan(text.length)
  })

  it('stays under its budget with a sweep of 200 candidates, and still closes what it opens', () => {
    const rows = manyRegressions().slice(0, 30)
    const candidates = Array.from({ length: 200 }, (_, i) => ({
      name: `${NASTY}${i}`,
      label: 'x',
      configHash: null,
      rows,
    }))
    const text = markdownReport(sampleRun({ over: { candidates } }).summary)
    expect(Buffer.byteLength(text)).toBeLessThan(60_000)
    expect(text).toContain('Left out for length')
    expect(text.split('<details>').length).toBe(text.split('</details>').length)
  })

  it('mentions nobody and runs no markup from names', () => {
    const text = markdownReport(sampleRun({ rows: manyRegressions() }).summary)
    const outsideCode = text.replaceAll(/`[^`\n]*`/g, '')
    expect(outsideCode).not.toMatch(/@admin/)
    expect(outsideCode).not.toContain('<img')
    const rows = text.split('\n').filter((line) => line.startsWith('| `fx_'))
    expect(rows).toHaveLength(10)
    for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(7)
  })
})

describe('JUnit', () => {
  it('is well-formed XML whatever the names hold', () => {
    expect(xmlFault(junitReport(full().summary, full().rows(), { all: false }))).toBeNull()
    const nasty = sampleRun({ rows: manyRegressions() })
    expect(xmlFault(junitReport(nasty.summary, nasty.rows(), { all: true }))).toBeNull()
    expect(xmlFault('<?xml version="1.0" encoding="UTF-8"?>\n<a><b></a>')).not.toBeNull()
    expect(xmlFault('<?xml version="1.0" encoding="UTF-8"?>\n<a b="&x"/>')).not.toBeNull()
  })

  it('has one case per gate and one per fixture that got worse', async () => {
    const { summary, rows } = full()
    await expect(junitReport(summary, rows(), { all: false })).toMatchFileSnapshot('golden/junit.xml')
    const all = junitReport(summary, rows(), { all: true })
    expect(all).toContain('tests="132"')
  })

  it('skips an undecided gate with its reason, and fails it where it fails the run', () => {
    const gates = ['errors.rate<=1%']
    const relaxed = sampleRun({ gates })
    expect(junitReport(relaxed.summary, [], { all: false })).toMatch(/failures="0" errors="0" skipped="1"/)
    const strict = sampleRun({ gates, over: { options: { strict: true } } })
    expect(junitReport(strict.summary, [], { all: false })).toMatch(/failures="1" errors="0" skipped="0"/)
  })

  it('does not turn red for a worse fixture that failed no gate', () => {
    const { summary, rows } = sampleRun({ gates: ['cost.total<=+5%'] })
    expect(summary.exit.code).toBe(0)
    expect(junitReport(summary, rows(), { all: false })).toMatch(/tests="11" failures="0" errors="0"/)
  })

  it('reports errors as errors, of fixtures and of the run', () => {
    const rows = sampleRows(30).map((row, i) =>
      i === 4 ? { ...row, candidate: arm({ error: 'deadline_exceeded' }) } : row,
    )
    const run = sampleRun({ rows, gates: [], over: { failures: [{ code: 'spend_cap', skipped: 3 }] } })
    const text = junitReport(run.summary, run.rows(), { all: false })
    expect(text).toContain('errors="2"')
    expect(text).toContain('big-model -&gt; big-model: deadline_exceeded')
    expect(text).toContain('time="1.000"')
  })
})

describe('machine-readable reports', () => {
  it('give the summary and every row as one JSON document', () => {
    const { summary, rows } = full()
    const document: unknown = JSON.parse([...jsonReport(summary, rows())].join(''))
    expect(document).toMatchObject({ schemaVersion: 'gateway.summary/1', exit: { code: 1 } })
    expect(document).toHaveProperty('rows.127.pair.fixture', 'fx_127')
    const empty: unknown = JSON.parse([...jsonReport(summary, [])].join(''))
    expect(empty).toHaveProperty('rows', [])
  })

  it('stream version, plan, fixtures, gates and summary as JSON lines', () => {
    const { summary, rows } = full()
    const lines = [...runEvents(summary, rows())].map(eventLine)
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type)
    expect(lines[0]).toBe('{"type":"version","ui":"1.0"}\n')
    expect([...new Set(types)]).toEqual(['version', 'plan', 'fixture', 'gate', 'summary'])
    expect(types.filter((type) => type === 'fixture')).toHaveLength(128)
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true)
  })

  it('write spreadsheets that run no formula', () => {
    const rows = [pair(0, { fixture: '=HYPERLINK("x")', session: 'a,"b"\nc', tags: ['@x'] })]
    const { rows: reported } = sampleRun({ rows })
    const [, line = ''] = [...csvReport(reported(), ['quality.score'])]
    expect(line).toContain(`"'=HYPERLINK(""x"")"`)
    expect(line).toContain('"a,""b""\nc"')
    expect(line).toContain(`,'@x,`)
    expect(line).toContain(',same,')
  })
})

describe('GitHub annotations', () => {
  it('come worst first, nine and one that counts the rest, each at its line', () => {
    const { summary } = full()
    const lines = githubAnnotations(summary)
    expect(lines).toHaveLength(10)
    expect(lines[0]).toMatch(
      /^::error file=fixtures\/sample\.jsonl,line=\d+,title=cheap-first%3A gate failed::quality\.score/,
    )
    expect(lines.slice(1, 3).every((line) => line.startsWith('::warning ') && line.includes('undecided'))).toBe(true)
    expect(lines.at(-1)).toBe('::warning title=gateway replay::and 4 more in the summary')
  })

  it('point at the config line of a gate that has one', () => {
    const { summary } = full()
    const [candidate] = summary.candidates
    const gates = candidate?.gates.map((result) => ({
      ...result,
      gate: { ...result.gate, origin: { file: 'gateway.yaml', line: 31 } },
    }))
    const moved = { ...summary, candidates: summary.candidates.map((item) => ({ ...item, gates: gates ?? [] })) }
    expect(githubAnnotations(moved)[0]).toContain('::error file=gateway.yaml,line=31,')
  })

  it('are one command a line, whatever the names hold', () => {
    for (const line of githubAnnotations(sampleRun({ rows: manyRegressions() }).summary)) {
      expect(line).toMatch(/^::(error|warning) [^\n\r:]*::[^\n\r]*$/)
    }
  })

  it('are silent when all is well', () => {
    const rows = Array.from({ length: 300 }, (_, i) => pair(i))
    expect(githubAnnotations(sampleRun({ rows, gates: ['cost.total<=+5%', 'errors.rate<=1%'] }).summary)).toEqual([])
  })
})

describe('budgets', () => {
  const use = {
    budget: 'per user',
    limitNanoUsd: 5e9,
    subjects: 12,
    openedFull: 0,
    chargedNanoUsd: 23.1e9,
    estimatedNanoUsd: 0,
    fullestNanoUsd: 5.1e9,
    downgrades: 0,
    refusals: 0,
  }
  const budgets: CandidateSummary['budgets'] = [
    {
      budget: 'per user',
      scope: 'user',
      window: 'day',
      modelClass: 'tier:premium',
      baseline: use,
      candidate: { ...use, chargedNanoUsd: 18e9, estimatedNanoUsd: 2.16e9, downgrades: 14, refusals: 3, openedFull: 2 },
    },
    {
      budget: 'hard stop',
      scope: 'global',
      window: 'month',
      modelClass: null,
      baseline: null,
      candidate: { ...use, budget: 'hard stop', limitNanoUsd: 0, subjects: 1, chargedNanoUsd: 0, fullestNanoUsd: 0 },
    },
  ]
  const summary = (): RunSummary => {
    const run = sampleRun().summary
    return { ...run, candidates: run.candidates.map((candidate) => ({ ...candidate, budgets })) }
  }

  it('are shown under both arms, with what of the spend is an estimate', () => {
    const text = terminalSummary(summary(), { width: 96, ascii: false, paint: noPaint })
    const at = text.indexOf('budgets ')
    expect(text.slice(at, text.indexOf('\n\n', at)).split('\n')).toEqual([
      'budgets         spent  evidence       fullest  downgraded  refused',
      'per user: $5.00 a day for each user on tier:premium, 12 users',
      '  recorded     $23.10  R         $5.10 (102%)           0        0',
      '  cheap-first  $18.00  E 12%     $5.10 (102%)          14        3',
      '    of 12 users, 2 begin full, as the fixtures do not say what was left',
      'hard stop: $0 a month',
      '  cheap-first      $0  –                    –           0        0',
    ])
  })

  it('are in the comment and in the document too', () => {
    const comment = markdownReport(summary())
    expect(comment).toContain('| budget |  | spent | evidence | fullest | downgraded | refused |')
    expect(comment).toContain('|  | cheap-first | $18.00 | E 12% | $5.10 (102%) | 14 | 3 |')
    const document = JSON.parse([...jsonReport(summary(), [])].join('')) as RunSummary
    expect(document.candidates[0]?.budgets).toEqual(budgets)
  })

  it('say once that all of them begin full', () => {
    const allFull = budgets.map((both) => ({
      ...both,
      baseline: null,
      candidate: { ...use, subjects: 4, openedFull: 4 },
    }))
    const run = summary()
    const candidates = run.candidates.map((candidate) => ({ ...candidate, budgets: allFull }))
    for (const text of [
      terminalSummary({ ...run, candidates }, { width: 96, ascii: false, paint: noPaint }),
      markdownReport({ ...run, candidates }),
    ])
      expect(text.match(/full, as the fixtures do not say/gu)).toHaveLength(1)
  })

  it('leave no trace where there are none', () => {
    const texts = Object.values(allReports(full()))
    expect(texts.filter((text) => text.includes('budget'))).toEqual([])
  })
})
