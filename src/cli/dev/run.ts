import { rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { openDevelopmentKey } from '../../auth/dev-identity.ts'
import { logRedactor } from '../../telemetry/redact.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { cliAct, openKeyStores, openOwnDatabase } from '../open-store.ts'
import type { Project } from '../project.ts'
import { stateDir } from '../state-dir.ts'
import { clientEnv, runChild } from './child.ts'
import type { LiveView } from './live.ts'
import { devOptions, type DevOptions, type RawDevOptions } from './options.ts'
import { loadForDev } from './load.ts'
import { attachPlainLog } from './plain-log.ts'
import { printEnv } from './print-env.ts'
import { watchProject } from './reload.ts'
import { openSession, type DevSession } from './session.ts'
import { stopSignals, type StopRequest } from './signals.ts'
import { announce } from './start-lines.ts'
import { totalsText } from './totals.ts'

/** How long requests that are being answered may take after a stop was asked for. */
const GRACE_MS = 10_000

/** Runs `gateway dev` to its end. Returns the exit code: 0 after a clean stop, the child's own with a command. */
export async function runDev(asked: CliContext, raw: RawDevOptions, command: readonly string[]): Promise<number> {
  const context = asked.interactive ? await preferred(asked) : asked
  const options = devOptions(raw, command, context)
  const project = await loadForDev(context, options)
  if (options.printEnv) {
    printEnv(context, `http://127.0.0.1:${options.port}`, await developmentKey(project))
    return 0
  }
  const stop = stopSignals()
  try {
    return await serve({ context, options, project, stop })
  } finally {
    stop.dispose()
  }
}

/** The secret that a shell or child needs, as the running proxy knows it or will know it. */
async function developmentKey({ dir }: Project): Promise<string> {
  const connection = openOwnDatabase(dir)
  try {
    const { keys } = openKeyStores(connection, dir)
    return (await openDevelopmentKey(stateDir(dir), keys, cliAct(Date.now()))).key
  } finally {
    connection.close()
  }
}

/** With the user's preferences for the screen, which only a screen has to wait for. */
async function preferred(context: CliContext): Promise<CliContext> {
  const { withPreferences } = await import('../project/preferences.ts')
  return withPreferences(context)
}

interface Serving {
  readonly context: CliContext
  readonly options: DevOptions
  readonly project: Project
  readonly stop: StopRequest
}

async function serve(serving: Serving): Promise<number> {
  const { context, options, project } = serving
  const { env, cwd } = context
  const warn = (text: string): void => context.note(`note  ${text}`)
  for (const warning of project.warnings) warn(warning)
  const session = await openSession({ project, options, env, cwd, warn })
  const live = isLive(context, options) ? (await import('./live.ts')).openLive(context, session) : null
  const detach = live === null ? showRequests(serving, session) : (): void => live.close()
  const watch = watchProject({ context, options, session })
  const portFile = options.portFile === null ? null : resolve(cwd, options.portFile)
  try {
    if (portFile !== null) await writePortFile(portFile, session.url)
    announce(context, session, options)
    return await untilDone(serving, session, live)
  } finally {
    watch.close()
    await stopSession(context, session)
    detach()
    if (portFile !== null) await rm(portFile, { force: true })
  }
}

async function untilDone(
  { context, options, stop }: Serving,
  session: DevSession,
  live: LiveView | null,
): Promise<number> {
  if (options.command.length === 0) {
    await (live === null ? stop.stopped : live.show(stop.stopped))
    return 0
  }
  const env = { ...context.env, ...clientEnv(session.url, session.key.key) }
  const child = runChild({ command: options.command, cwd: context.cwd, env })
  stop.on('second', () => child.signal('SIGKILL'))
  stop.on('first', (signal) => {
    // A terminal sends Ctrl-C to the child as well; twice would be "now".
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.signal(signal)
  })
  return child.done
}

/** A child has the terminal for itself. */
function isLive({ interactive }: CliContext, { command }: DevOptions): boolean {
  return interactive && command.length === 0
}

async function stopSession(context: CliContext, session: DevSession): Promise<void> {
  const { inFlight } = session.status()
  if (inFlight > 0) context.note(`stopping, waiting for ${inFlight} running; press Ctrl-C again to stop now`)
  await session.close(GRACE_MS)
  context.note(`done  ${totalsText(session.status().totals)}`)
}

/** Requests go to stdout, line by line; a child owns stdout, so beside one they go to stderr. */
function showRequests({ context, options }: Serving, session: DevSession): () => void {
  const note = (text: string): void => context.note(text)
  const line = (text: string): void => (options.command.length > 0 ? context.note(text) : context.out(text))
  let redact = logRedactor(session.secrets())
  // A reload may bring new keys.
  const stop = session.bus.subscribe((event) => {
    if (event.kind === 'config') redact = logRedactor(session.secrets())
  })
  const style = { json: context.json, redact: (text: string) => redact(text) }
  const detach = attachPlainLog(session.bus, { style, line, note })
  return () => {
    stop()
    detach()
  }
}

async function writePortFile(file: string, url: string): Promise<void> {
  try {
    await writeFile(file, `${new URL(url).port}\n`)
  } catch (cause) {
    throw new GatewayError('usage_error', `can not write the port file "${file}"`, {
      hint: 'choose another place with `--port-file`',
      cause,
    })
  }
}
