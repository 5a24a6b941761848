import type { CandidateSummary, Regression, RouteChange } from '../replay/summary/types.ts'
import { percent } from './format.ts'
import { metricName } from './metric-lines.ts'
import { oneLine } from './plain-text.ts'
import type { Symbols } from './style.ts'

/** "21 changed (16.4%)   premium->standard 13 …", by tier. */
export function routeText({ routes }: CandidateSummary, symbols: Symbols): string {
  if (routes.changed === 0) return `none of ${routes.of} changed`
  const head = `${routes.changed} of ${routes.of} changed (${percent(routes.changed / routes.of)})`
  return [head, ...tierMoves(routes.matrix, symbols)].join('   ')
}

/** Moves between tiers, most frequent first; at most six. */
function tierMoves(matrix: readonly RouteChange[], symbols: Symbols): string[] {
  const counts = new Map<string, number>()
  for (const { fromTier, toTier, count } of matrix) {
    const move = `${fromTier ?? 'none'}${symbols.arrow}${toTier ?? 'none'}`
    counts.set(move, (counts.get(move) ?? 0) + count)
  }
  return [...counts]
    .sort(([a, one], [b, two]) => two - one || (a < b ? -1 : 1))
    .slice(0, 6)
    .map(([move, count]) => `${move} ${count}`)
}

/** "same route 107 · R 6 · …   quality coverage 126/128". */
export function evidenceText({ evidence }: CandidateSummary, symbols: Symbols): string {
  const { candidate } = evidence
  const parts = [
    `same answer ${candidate['=']}`,
    `recorded ${candidate.R}`,
    ...(candidate.C > 0 ? [`cached ${candidate.C}`] : []),
    ...(candidate.L > 0 ? [`live ${candidate.L}`] : []),
    ...(candidate.E > 0 ? [`estimated ${candidate.E}`] : []),
    ...(evidence.refused === undefined ? [] : [`refused ${evidence.refused}`]),
    `missing ${candidate['-']}`,
  ].join(` ${symbols.dot} `)
  return `${parts}   quality coverage ${evidence.qualityMeasured}/${evidence.of}`
}

/** "fx_031  code.edit  big→small  quality score 1.00→0.00  fixtures/a.jsonl:31" on one line. */
export function regressionText(regression: Regression, symbols: Symbols): string {
  const { fixture, intent, from, to, file, line } = regression
  const route = `${from.model ?? 'none'}${symbols.arrow}${to.model ?? 'none'}`
  const parts = [fixture, intent, route, lossText(regression, symbols), `${file}:${line}`]
  return parts.map(oneLine).join('  ')
}

/** What got worse: "quality score 1.00→0.00", "error". */
export function lossText({ kind, metric, before, after }: Regression, symbols: Symbols): string {
  if (metric === null || before === null || after === null) return kind
  return `${metricName(metric)} ${before.toFixed(2)}${symbols.arrow}${after.toFixed(2)}`
}
