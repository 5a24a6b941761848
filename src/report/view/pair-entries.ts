import { usd } from '../../engine/describe/amounts.ts'
import type { PairRow } from '../../replay/types.ts'
import type { Tone } from '../style.ts'
import { signedPercent } from '../format.ts'
import { line, windowStart, type Frame } from './frame.ts'
import { armRoute } from './replay-texts.ts'
import { fit, textWidth, type Look } from './width.ts'

export const PAIR_SORTS = ['regressions', 'cost', 'order'] as const

export type PairSort = (typeof PAIR_SORTS)[number]

/** One pair of a finished run as a line of the list. Small, so that a long run fits in memory. */
export interface PairEntry {
  /** Position in the run; finds the whole row again. */
  readonly index: number
  readonly fixture: string
  readonly intent: string
  readonly route: string
  /** The candidate's side of the route, for narrow terminals. */
  readonly target: string
  readonly change: string
  readonly cost: string
  readonly tone: Tone
  /** How much worse: 3 for a new error, 2 for a new refusal, up to 1 for quality lost; negative for quality won. */
  readonly loss: number
  readonly costNanoUsd: number
  readonly routeChanged: boolean
  readonly searchText: string
}

/** The entry of a row at `index` of its run. */
export function pairEntry(row: PairRow, index: number): PairEntry {
  const { baseline, candidate, fixture, intent, routeChanged, tags } = row
  const loss = lossOf(row)
  const route = routeChanged ? changedRoute(row) : armRoute(candidate)
  const costNanoUsd =
    baseline.costNanoUsd === null || candidate.costNanoUsd === null ? 0 : candidate.costNanoUsd - baseline.costNanoUsd
  const change = changeWord(row, loss)
  const searchText = [fixture, intent, route, change, routeChanged ? 'changed' : 'same', ...tags]
    .join(' ')
    .toLowerCase()
  return {
    index,
    fixture,
    intent,
    route,
    target: routeChanged ? `-> ${candidate.model ?? armRoute(candidate)}` : route,
    change,
    cost: costText(row),
    tone: loss > 0 ? 'bad' : loss < 0 ? 'good' : routeChanged ? 'plain' : 'dim',
    loss,
    costNanoUsd,
    routeChanged,
    searchText,
  }
}

/** The tiers are worth their room only where they differ. */
function changedRoute({ baseline, candidate }: PairRow): string {
  const sameTier = baseline.tier === candidate.tier && baseline.model !== null && candidate.model !== null
  const [from, to] = sameTier ? [baseline.model, candidate.model] : [armRoute(baseline), armRoute(candidate)]
  return `${from} -> ${to}`
}

function lossOf({ baseline, candidate }: PairRow): number {
  if (candidate.error !== null && baseline.error === null) return 3
  if (candidate.refused && !baseline.refused) return 2
  const changes = Object.entries(baseline.metrics).map(
    ([metric, value]) => value - (candidate.metrics[metric] ?? value),
  )
  const worst = Math.max(0, ...changes)
  return worst > 0 ? worst : Math.min(0, ...changes)
}

function changeWord({ candidate, routeChanged }: PairRow, loss: number): string {
  if (loss === 3) return `error ${candidate.error ?? ''}`
  if (loss === 2) return 'refused'
  if (loss > 0) return `worse -${(loss * 100).toFixed(0)}pp`
  if (loss < 0) return `better +${(-loss * 100).toFixed(0)}pp`
  if (!routeChanged) return 'same'
  return candidate.evidence === '-' || candidate.evidence === 'E' ? 'not measured' : 'equal'
}

function costText({ baseline, candidate }: PairRow): string {
  const [before, after] = [baseline.costNanoUsd, candidate.costNanoUsd]
  if (after === null) return 'unknown'
  if (before === null || before === 0 || before === after) return usd(after)
  return `${usd(after)} ${signedPercent(after / before - 1)}`
}

/** Entries that pass the filter, in the chosen order. Every word of the filter must be found. */
export function shownEntries(entries: readonly PairEntry[], filter: string, sort: PairSort): readonly PairEntry[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const kept =
    words.length === 0 ? entries : entries.filter((entry) => words.every((word) => entry.searchText.includes(word)))
  switch (sort) {
    case 'order':
      return kept
    case 'cost':
      return kept.toSorted((a, b) => b.costNanoUsd - a.costNanoUsd || a.index - b.index)
    case 'regressions':
      return kept.toSorted(
        (a, b) => b.loss - a.loss || Number(b.routeChanged) - Number(a.routeChanged) || a.index - b.index,
      )
  }
}

/** The visible part of the list with its column heads. */
export function entryList(
  entries: readonly PairEntry[],
  view: { readonly cursor: number; readonly height: number; readonly columns: number; readonly look: Look },
): Frame {
  const { cursor, height, columns, look } = view
  const start = windowStart(entries.length, cursor, height - 1)
  const intent = columns >= 112 ? 22 : columns >= 96 ? 14 : 10
  const fixture = columns >= 80 ? 16 : 12
  const cost = columns >= 96 ? 17 : 0
  const route = Math.max(10, columns - (3 + fixture + 2 + intent + 2 + 2 + 13 + (cost === 0 ? 0 : cost + 2)))
  const row = (texts: readonly [string, string, string, string, string]): string =>
    [
      fit(texts[0], fixture, { look }),
      fit(texts[1], intent, { look }),
      fit(texts[2], route, { look }),
      fit(texts[3], 13, { look }),
      ...(cost === 0 ? [] : [fit(texts[4], cost, { look, align: 'right' })]),
    ].join('  ')
  return [
    line(`   ${row(['FIXTURE', 'INTENT', 'ROUTE', 'RESULT', 'COST'])}`, 'dim'),
    ...entries.slice(start, start + height - 1).map((entry, at) => {
      const selected = start + at === cursor
      const path = textWidth(entry.route) > route ? entry.target : entry.route
      const text = row([entry.fixture, entry.intent, path, entry.change, entry.cost])
      return line(`${selected ? ' > ' : '   '}${text}`, selected ? 'strong' : entry.tone)
    }),
  ]
}
