import { ERROR_FACES, GatewayError } from '../wire/errors.ts'
import { bugText } from './bug-text.ts'
import { errorText } from './print-error.ts'

/** Prints why a command ended and gives the exit code for it. Of a bug never the message, which may quote what a client sent. */
export function reportError(error: unknown): number {
  process.stderr.write(`${errorText(error)}\n`)
  if (error instanceof GatewayError) return ERROR_FACES[error.code].exitCode
  if (process.env['GATEWAY_DEBUG'] !== undefined) process.stderr.write(`${bugText(error, 'all')}\n`)
  return ERROR_FACES.internal_error.exitCode
}

/**
 * What nobody caught, a rejected promise included, ends the process as it would by itself, but without Node's own words,
 * which quote the message.
 */
export function watchCrashes(): void {
  process.on('uncaughtException', (bug) => process.exit(reportError(bug)))
}
