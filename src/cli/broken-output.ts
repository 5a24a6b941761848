import type { EventEmitter } from 'node:events'
import { GatewayError } from '../wire/errors.ts'
import { errorText } from './print-error.ts'

/** The parts of `process` that this is about. */
interface Process {
  readonly stdout: EventEmitter
  readonly stderr: EventEmitter & { write(text: string): unknown }
  exitCode?: number | string | null | undefined
  exit(code: number): unknown
  emit(signal: 'SIGTERM'): unknown
  once(event: 'exit', listener: () => void): unknown
  listenerCount(event: 'SIGTERM'): number
}

const EXIT_UNWRITTEN = 2

/**
 * What becomes of the process when its output can not be written. A reader that closes the pipe early (`| head`) is no error;
 * whoever is serving stops as on a signal, so that what is under way is settled. Anything else, such as a full disk behind
 * the log, is told once and in the exit code, and must not end a proxy.
 */
export function watchOutput(process: Process): void {
  let told = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (told) return
    told = true
    if (error.code === 'EPIPE') {
      if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM')
      else process.exit(0)
      return
    }
    process.stderr.write(`${errorText(unwritten(error))}\n`)
    process.once('exit', () => {
      if (process.exitCode === undefined || process.exitCode === 0) process.exitCode = EXIT_UNWRITTEN
    })
  })
  // There is no other place to tell it.
  process.stderr.on('error', () => undefined)
}

function unwritten({ code = 'unknown' }: NodeJS.ErrnoException): GatewayError {
  return new GatewayError('usage_error', `the output can not be written (${code})`, {
    hint: 'make room, or send it elsewhere',
  })
}
