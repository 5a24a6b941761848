import { GatewayError } from '../wire/errors.ts'

/** `error <code>  <what>` and the next action below it; for a bug, where to look. */
export function errorText(error: unknown): string {
  if (error instanceof GatewayError) {
    const hint = error.hint === undefined ? '' : `\n  fix: ${error.hint}`
    // Findings that were collected come first, so that the summary stays on screen last.
    const report = error.data?.['report']
    const before = typeof report === 'string' ? `${report}\n\n` : ''
    return `${before}error ${error.code}  ${error.message}${hint}`
  }
  const name = error instanceof Error ? error.name : typeof error
  return `error internal_error  this is a bug in the gateway (${name})`
}
