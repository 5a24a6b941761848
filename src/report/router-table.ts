import type { ConfigPoint, RouterFigures, RouterPoint } from '../replay/router-figures/types.ts'
import { counted, money, percent, signed, signedPercent } from './format.ts'
import { oneLine } from './plain-text.ts'
import { ASCII, UNICODE, wrap, type TextStyle } from './style.ts'
import { textTable, type Column, type TableRow } from './text-table.ts'

const COLUMNS: readonly Column[] = [
  { header: '', align: 'left' },
  { header: 'quality', align: 'right' },
  { header: 'cost / request', align: 'right' },
  { header: 'vs best', align: 'right', drop: 2 },
  { header: 'vs random mix', align: 'right', drop: 1 },
]

/** One line of the comparison, as strings. */
export interface RouterLine {
  readonly name: string
  readonly quality: string
  readonly cost: string
  /** Cost relative to always using the best model. */
  readonly againstBest: string
  /** Quality above a random mix of single models at the same cost. */
  readonly againstMix: string
  readonly isConfig: boolean
}

/** Configs first, then the routers that need no intelligence, then single models. */
export function routerLines(figures: RouterFigures, none: string): RouterLine[] {
  const best = figures.alwaysBest.costNanoUsd
  const line = (point: RouterPoint, name: string, config?: ConfigPoint): RouterLine => {
    const above = config?.aboveZeroRouter ?? null
    return {
      name: oneLine(name),
      quality: percent(point.quality),
      cost: money(point.costNanoUsd),
      againstBest: best > 0 ? signedPercent(point.costNanoUsd / best - 1) : none,
      againstMix: above === null ? none : `${signed(above * 100)}pp`,
      isConfig: config !== undefined,
    }
  }
  return [
    ...figures.configs.map((config) => line(config, `config ${config.name}${partly(config)}`, config)),
    line(figures.oracle, 'oracle (knows the answers)'),
    line(figures.alwaysBest, `always best: ${figures.alwaysBest.name}`),
    line(figures.alwaysCheapest, `always cheapest: ${figures.alwaysCheapest.name}`),
    ...figures.models
      .filter(({ name }) => name !== figures.alwaysBest.name && name !== figures.alwaysCheapest.name)
      .map((model) => line(model, `only ${model.name}`)),
  ]
}

function partly({ covered, of }: ConfigPoint): string {
  return covered < of ? ` (${covered}/${of} on record)` : ''
}

export function routerTable(figures: RouterFigures, style: TextStyle): string[] {
  const symbols = style.ascii ? ASCII : UNICODE
  const rows = routerLines(figures, symbols.none).map((line): TableRow => ({
    cells: [
      { text: line.name, tone: line.isConfig ? 'strong' : 'plain' },
      { text: line.quality },
      { text: line.cost },
      { text: line.againstBest },
      { text: line.againstMix },
    ],
  }))
  return [
    style.paint(`router figures over ${counted(figures.fixtures, 'fixture')} with every model on record`, 'strong'),
    ...textTable(COLUMNS, rows, style),
    ...routerNotes(figures).flatMap((note) =>
      wrap(note, style.width - 2).map((text) => style.paint(`  ${text}`, 'dim')),
    ),
  ]
}

/** The figures of the literature as sentences; a config has no threshold, so APGR and CPT are the length-only router's. */
export function routerNotes(figures: RouterFigures): string[] {
  const configs = figures.configs.flatMap((config) => {
    const facts = [
      ...(config.gapRecovered === null
        ? []
        : [`recovers ${percent(config.gapRecovered)} of the gap between cheapest and best`]),
      config.qnc === null ? 'QNC none' : `QNC ${config.qnc.toFixed(2)}`,
      ...(config.aiqWithModels === null || figures.aiq === null
        ? []
        : [`AIQ ${config.aiqWithModels.toFixed(3)} with the models, ${figures.aiq.toFixed(3)} without`]),
    ]
    return [`${config.name}: ${facts.join(', ')}`]
  })
  const { lengthOnly } = figures
  if (lengthOnly === null || lengthOnly.apgr === null) return configs
  const share = (value: number | null): string => (value === null ? 'never' : percent(value))
  return [
    ...configs,
    `length only (longest prompts to the best model): APGR ${lengthOnly.apgr.toFixed(2)}, CPT(50%) ${share(lengthOnly.cpt50)}, CPT(80%) ${share(lengthOnly.cpt80)}; a coin toss has 0.50, 50%, 80%`,
  ]
}
