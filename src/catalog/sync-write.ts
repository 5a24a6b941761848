import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { catalogText, syncedCatalogPath } from './catalog-file.ts'
import type { CatalogSource, ModelFacts } from './facts.ts'

/** Writes the synced layer beside the old one and renames it over: a reader sees the old or the new file, never half. */
export function writeSyncedCatalog(dir: string, models: readonly ModelFacts[], source: CatalogSource): string {
  const file = syncedCatalogPath(dir)
  const temporary = `${file}.${process.pid}.tmp`
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(temporary, catalogText(models, [source]), { mode: 0o600 })
    renameSync(temporary, file)
  } finally {
    rmSync(temporary, { force: true })
  }
  return file
}
