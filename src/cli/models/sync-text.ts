import { usdPerMillion } from '../../catalog/pico.ts'
import type { CatalogChange } from '../../catalog/sync-check.ts'
import type { ReadCatalog } from '../../catalog/sync-read.ts'
import { tokensText } from './texts.ts'

/** One line of the diff: `+` new, `~` changed, `!` changed by more than a factor of 3. */
export function changeLine(change: CatalogChange): string {
  const name = `${change.model.vendor} ${change.model.id}`
  switch (change.kind) {
    case 'added': {
      const base = change.model.prices?.steps[0]
      return `  + ${name}  in ${usdPerMillion(base?.input ?? null)}, out ${usdPerMillion(base?.output ?? null)} USD per million`
    }
    case 'unlisted':
      return `  - ${name}  no longer listed`
    case 'price': {
      const { from, to } = change
      const mark = change.suspicious ? '!' : '~'
      return `  ${mark} ${name}  ${change.what} ${usdPerMillion(from)} -> ${usdPerMillion(to)}${ratio(from, to)}`
    }
    case 'limit':
      return `  ~ ${name}  ${change.what} ${tokensText(change.from)} -> ${tokensText(change.to)}`
  }
}

function ratio(from: number | null, to: number | null): string {
  if (from === null || to === null || from === 0) return ''
  const percent = Math.round((to / from - 1) * 100)
  return ` (${percent >= 0 ? '+' : ''}${percent}%)`
}

/** Counts of everything, so that a short list hides nothing. */
export function summaryLine(read: ReadCatalog, changes: readonly CatalogChange[]): string {
  const models = (kind: CatalogChange['kind']): number =>
    new Set(changes.filter((change) => change.kind === kind).map(({ model }) => `${model.vendor}/${model.id}`)).size
  const suspicious = changes.filter((change) => change.kind === 'price' && change.suspicious).length
  const parts = [
    `${read.models.length} models from ${read.source.name}, ${read.source.asOf}`,
    `${models('added')} added`,
    `${models('price')} with other prices${suspicious > 0 ? ` (${suspicious} by more than a factor of 3)` : ''}`,
    `${models('limit')} with other limits`,
    `${models('unlisted')} no longer listed, kept as they were`,
    `${read.leftOut} rows left out`,
  ]
  return parts.join('; ')
}
