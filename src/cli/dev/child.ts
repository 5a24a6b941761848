import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { GatewayError } from '../../wire/errors.ts'

export interface ChildSetup {
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface ChildRun {
  /** The child's exit code, or 128 plus the signal that ended it. */
  readonly done: Promise<number>
  signal(name: NodeJS.Signals): void
}

/** Runs the user's command with our terminal. Rejects when it can not be started. */
export function runChild({ command, cwd, env }: ChildSetup): ChildRun {
  const [file = '', ...args] = command
  const child = spawn(file, args, { cwd, env: { ...env }, stdio: 'inherit' })
  const done = new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(startError(file, error)))
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
  return {
    done,
    signal: (name) => void child.kill(name),
  }
}

/** What a child, or a shell, needs so that OpenAI clients talk to us. Real provider keys are overwritten, not passed on. */
export function clientEnv(url: string, key: string): Readonly<Record<string, string>> {
  return { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_BASE: `${url}/v1`, OPENAI_API_KEY: key }
}

function startError(file: string, error: NodeJS.ErrnoException): GatewayError {
  return new GatewayError('usage_error', `can not start "${file}" (${error.code ?? error.name})`, {
    hint: 'check the command after `--`',
    cause: error,
  })
}
