import { GatewayError } from '../wire/errors.ts'

/** `error <code>  <what>` and the next action below it; for a bug, where to look. */
export function errorText(error: unknown): string {
  if (error instanceof GatewayError) {
    const hint = error.hint === undefined ? '' : `\n  fix: ${error.hint}`
    return `error ${error.code}  ${error.message}${hint}`
  }
  const name = error instanceof Error ? error.name : typeof error
  return `error internal_error  this is a bug in the gateway (${name})`
}
