import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import OpenAI from 'openai'

/** The built command line; another build can be put in its place. */
const BIN = process.env['GATEWAY_TEST_BIN'] ?? fileURLToPath(new URL('../../bin/gateway.js', import.meta.url))

export interface DevProject {
  readonly dir: string
  write(name: string, text: string): Promise<void>
  read(name: string): Promise<string>
  remove(): Promise<void>
}

/** An empty project directory outside any repository, so that no config is found above it. */
export async function devProject(config?: string): Promise<DevProject> {
  const dir = await mkdtemp(join(tmpdir(), 'gateway-dev-'))
  const project: DevProject = {
    dir,
    write: (name, text) => writeFile(join(dir, name), text),
    read: (name) => readFile(join(dir, name), 'utf8'),
    remove: () => rm(dir, { recursive: true, force: true }),
  }
  if (config !== undefined) await project.write('gateway.yaml', config)
  return project
}

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Only what a command needs to run; no key of the person who runs the tests. */
function cleanEnv(project: DevProject, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const path = process.env['PATH'] ?? ''
  return {
    PATH: path,
    HOME: project.dir,
    GATEWAY_SETTINGS_DIR: join(project.dir, 'settings'),
    GATEWAY_DEBUG: '1',
    ...extra,
  }
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
}

/** Runs the command line to its end. */
export async function runGateway(
  project: DevProject,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return collect(start(project, args, options)).finished
}

export interface RunningDev extends RunningServer {
  readonly key: string
  readonly client: OpenAI
}

export interface RunningServer {
  readonly url: string
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Finished>
  readonly finished: Promise<Finished>
}

/** Starts a command that serves, and waits until it says that it is ready. */
export async function startServer(
  project: DevProject,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunningServer> {
  const child = start(project, args, options)
  const output = collect(child)
  const url = await readyUrl(child, output)
  return {
    url,
    child,
    stdout: output.stdout,
    stderr: output.stderr,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return output.finished
    },
    finished: output.finished,
  }
}

/** Starts `gateway dev` on a free port and waits until it says that it is ready. */
export async function startDev(
  project: DevProject,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<RunningDev> {
  const server = await startServer(project, ['dev', '--port', '0', ...args], options)
  const key = (await project.read('.gateway/dev-key')).trim()
  return { ...server, key, client: new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key, maxRetries: 0 }) }
}

function start(project: DevProject, args: readonly string[], { env }: RunOptions): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], { cwd: project.dir, env: cleanEnv(project, env) })
}

interface Output {
  readonly stdout: () => string
  readonly stderr: () => string
  readonly finished: Promise<Finished>
}

function collect(child: ChildProcess): Output {
  const text = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => (text.stdout += String(chunk)))
  child.stderr?.on('data', (chunk) => (text.stderr += String(chunk)))
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, ...text }))
  })
  return { stdout: () => text.stdout, stderr: () => text.stderr, finished }
}

function readyUrl(child: ChildProcess, output: Output): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const url = /^ready url=(\S+)$/m.exec(output.stderr())?.[1]
      if (url !== undefined) resolve(url)
    }
    child.stderr?.on('data', look)
    child.once('close', (code) => reject(new Error(`ended with ${code} before it was ready:\n${output.stderr()}`)))
  })
}
