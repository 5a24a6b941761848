import { usdPerMillion } from '../../catalog/pico.ts'
import { closest } from '../../config/closest.ts'
import type { ModelRow, PriceStep, Sourced } from '../../engine/matrix.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { loadProject, type Project } from '../project.ts'
import { tokensText } from './texts.ts'

/** `gateway models show`: one model, every number with its source. */
export async function runShow(context: CliContext, model: string): Promise<void> {
  const project = await loadProject(context)
  const row = project.matrix.rows.find((one) => one.id === model)
  const facts = project.catalog.models.filter((one) => one.id === model)
  if (row === undefined && facts.length === 0) throw unknownModel(model, project)
  if (context.json) {
    context.out(JSON.stringify({ row: row ?? null, catalogue: facts }, null, 2))
    return
  }
  if (row !== undefined) context.out(rowLines(row).join('\n'))
  else context.out(`${model}\n  not in the matrix: no configured provider serves it, or "models" does not list it`)
  for (const one of facts) {
    const { dates, status, note } = one
    const parts = [`${one.vendor}: ${one.name}`, status, dates.released && `released ${dates.released}`, note]
    context.out(`  catalogue  ${parts.filter((part) => part !== undefined && part !== '').join(', ')}`)
    if (row === undefined) context.out(priceLines(one.prices).join('\n'))
  }
  const related = facts.length === 0 ? 'not in the catalogue: everything known comes from the config' : ''
  if (related !== '') context.note(related)
}

function unknownModel(model: string, project: Project): GatewayError {
  const names = [...project.matrix.rows.map((row) => row.id), ...project.catalog.models.map((one) => one.id)]
  const suggestion = closest(model, names)
  return new GatewayError('config_unknown_model', `no model is called "${model}"`, {
    hint: suggestion === undefined ? '`gateway models list --all` shows all names' : `did you mean "${suggestion}"?`,
  })
}

function rowLines(row: ModelRow): string[] {
  const targets = row.targets.map(
    ({ provider, upstreamModel, hasCredentials }) =>
      `${provider}/${upstreamModel}${hasCredentials ? '' : ' (no credentials)'}`,
  )
  const byIntent = Object.entries(row.quality.byIntent).map(([intent, value]) => `${intent} ${sourced(value)}`)
  const dates = Object.entries(row.dates).map(([what, date]) => `${what} ${date}`)
  return [
    `${row.id}   ${row.kind}, tier ${row.tier}, family ${row.family}`,
    `  served by  ${targets.join(', ') || 'nobody'}`,
    `  tokens     context ${tokensText(row.contextWindow)}, input ${tokensText(row.maxInput)}, output ${tokensText(row.maxOutput)}`,
    `  reads      ${row.inputModalities.join(', ')}`,
    `  can        ${Object.entries(row.capabilities)
      .map(([name, has]) => `${name} ${has === null ? '?' : has ? 'yes' : 'no'}`)
      .join(', ')}`,
    ...priceLines(row.prices),
    `  quality    ${row.quality.overall === null ? 'unknown' : sourced(row.quality.overall)}`,
    ...(byIntent.length === 0 ? [] : [`             ${byIntent.join(', ')}`]),
    `  latency    ${row.latency === null ? 'not measured yet' : `first token p50 ${row.latency.firstTokenP50Ms} ms, p95 ${row.latency.firstTokenP95Ms} ms (${row.latency.source})`}`,
    ...(dates.length === 0 ? [] : [`  dates      ${dates.join(', ')}`]),
  ]
}

function sourced(value: Sourced): string {
  return `${value.value} (${value.source}${value.n === undefined ? '' : `, n=${value.n}`})`
}

function priceLines(prices: ModelRow['prices']): string[] {
  if (prices === null) return ['  prices     unknown']
  const from = prices.source === 'user' ? 'config' : `${prices.source}, ${prices.asOf}`
  return prices.steps.map(
    (step, index) =>
      `  ${index === 0 ? 'prices   ' : '         '}  ${stepText(step)}${index === 0 ? `   (${from})` : ''}`,
  )
}

function stepText(step: PriceStep): string {
  const parts = [`in ${usdPerMillion(step.input)}`, `out ${usdPerMillion(step.output)}`]
  if (step.cacheRead !== null) parts.push(`cache read ${usdPerMillion(step.cacheRead)}`)
  if (step.cacheWrite5m !== null) parts.push(`cache write ${usdPerMillion(step.cacheWrite5m)}`)
  if (step.reasoning !== null) parts.push(`reasoning ${usdPerMillion(step.reasoning)}`)
  const above = step.aboveInputTokens === 0 ? '' : `above ${tokensText(step.aboveInputTokens)} tokens: `
  return `${above}${parts.join(', ')} USD per million`
}
