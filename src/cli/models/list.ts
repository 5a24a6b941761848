import { usdPerMillion } from '../../catalog/pico.ts'
import type { ModelFacts } from '../../catalog/facts.ts'
import { priceClass, tierAt } from '../../catalog/price-class.ts'
import type { ModelRow } from '../../engine/matrix.ts'
import { textTable, type Column } from '../../report/text-table.ts'
import type { CliContext } from '../context.ts'
import { loadProject } from '../project.ts'
import { capabilityLetters, modelsStyle, tokensText } from './texts.ts'

const COLUMNS: readonly Column[] = [
  { header: 'MODEL', align: 'left' },
  { header: 'TIER', align: 'left' },
  { header: 'SERVED BY', align: 'left', drop: 3 },
  { header: 'CONTEXT', align: 'right', drop: 4 },
  { header: 'OUT', align: 'right', drop: 1 },
  { header: 'IN $/M', align: 'right' },
  { header: 'OUT $/M', align: 'right' },
  { header: 'CAN', align: 'left', drop: 2 },
  { header: 'QUALITY', align: 'right', drop: 5 },
]

/** `gateway models list`: the rows of the matrix, or the whole catalogue. */
export async function runList(context: CliContext, all: boolean): Promise<void> {
  const project = await loadProject(context)
  if (context.json) {
    const { hash, rows } = project.matrix
    context.out(JSON.stringify(all ? { models: project.catalog.models } : { hash, models: rows }, null, 2))
    return
  }
  const cells = all
    ? project.catalog.models.map((model) => factCells(model, project.routing.tiers))
    : project.matrix.rows.map((row) => rowCells(row))
  const rows = cells.map((texts) => ({ cells: texts.map((text) => ({ text })) }))
  context.out(textTable(COLUMNS, rows, modelsStyle(context)).join('\n'))
  for (const warning of project.warnings) context.note(`warning: ${warning}`)
  const what = all ? 'catalogue' : `matrix ${project.matrix.hash}`
  context.note(
    `${cells.length} models, ${what}. CAN: T tools, S schema, R reasoning, V images, P pdf, A audio, C caching`,
  )
  context.note('next: gateway models show <model>')
}

function rowCells(row: ModelRow): string[] {
  const base = row.prices?.steps[0]
  const { overall } = row.quality
  return [
    row.id,
    row.tier,
    row.targets.map((target) => target.provider).join(', ') || 'nobody',
    tokensText(row.contextWindow),
    tokensText(row.maxOutput),
    usdPerMillion(base?.input ?? null),
    row.kind === 'embedding' ? '' : usdPerMillion(base?.output ?? null),
    row.kind === 'embedding' ? 'embedding' : capabilityLetters(row),
    overall === null ? '' : `${overall.value.toFixed(2)} ${overall.source}`,
  ]
}

function factCells(facts: ModelFacts, tiers: readonly string[]): string[] {
  const base = facts.prices?.steps[0]
  return [
    facts.id,
    tierAt(priceClass(facts.prices), tiers),
    `(${facts.vendor})`,
    tokensText(facts.contextWindow),
    tokensText(facts.maxOutput),
    usdPerMillion(base?.input ?? null),
    facts.kind === 'embedding' ? '' : usdPerMillion(base?.output ?? null),
    facts.kind === 'embedding' ? 'embedding' : capabilityLetters(facts),
    facts.historic === true ? 'historic' : (facts.status ?? ''),
  ]
}
