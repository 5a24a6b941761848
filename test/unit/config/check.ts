import type { CatalogueNames } from '../../../src/config/known-names.ts'
import { renderProblems } from '../../../src/config/problem.ts'
import { validateConfig, type ValidatedConfig } from '../../../src/config/validate.ts'

const SERVED = ['gpt-5.4-mini', 'gpt-5.4', 'mistral-small-2603', 'claude-opus-4-8']

export const CATALOGUE: CatalogueNames = { all: [...SERVED, 'gpt-4o-mini'], served: () => SERVED }

export function check(text: string, file = 'gateway.yaml', sets: readonly string[] = []): ValidatedConfig {
  return validateConfig({ text, file, sets }, CATALOGUE)
}

/** All problems as a user sees them. */
export function shown(validated: ValidatedConfig): string {
  return renderProblems(validated.problems, validated.source.shownText())
}

/** `code line:column message`, one line a problem. */
export function listed(validated: ValidatedConfig): string[] {
  return validated.problems.map(
    ({ code, place, message }) => `${code} ${place === undefined ? '-' : `${place.line}:${place.column}`} ${message}`,
  )
}
