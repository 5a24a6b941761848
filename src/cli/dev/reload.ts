import { watchConfig, type WatchOptions } from '../../config/watch.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import type { DevBus } from './bus.ts'
import { loadForDev } from './load.ts'
import type { DevOptions } from './options.ts'
import type { DevSession } from './session.ts'

interface Reloading {
  readonly context: CliContext
  readonly options: DevOptions
  readonly session: DevSession
}

/** Loads the config again whenever its file changes. One that can not be used changes nothing but a line and the status. */
export function watchProject({ context, options, session }: Reloading): { close(): void } {
  const { file } = session.settings.current().project
  if (file === null) return { close: () => undefined }
  const { bus, settings } = session
  // Nobody is asked in the middle of a session: a target that was not confirmed before is a reason to refuse.
  const silent = { ...context, input: false }
  return watching(bus, {
    file,
    load: async () => {
      const project = await loadForDev(silent, options)
      return { project, upstream: await session.prepare(project) }
    },
    swap: ({ project, upstream }, generation) => {
      session.replace(project, upstream)
      bus.emit({
        kind: 'config',
        accepted: true,
        text: `config ${project.configHash.slice(0, 6)} in force (generation ${generation})`,
      })
    },
    rejected: (error) => {
      const why = reasonText(error)
      settings.reject(why)
      bus.emit({ kind: 'config', accepted: false, text: `config not reloaded, the last good one stays: ${why}` })
    },
  })
}

/** The system may have no watchers left; the proxy then runs on, and says what it can not do. */
function watching<T>(bus: DevBus, options: WatchOptions<T>): { close(): void } {
  try {
    return watchConfig(options)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    bus.emit({ kind: 'notice', text: `changes of the config need a restart: it can not be watched (${code})` })
    return { close: () => undefined }
  }
}

function reasonText(error: unknown): string {
  if (!(error instanceof GatewayError)) return 'internal_error'
  return error.hint === undefined ? `${error.code} ${error.message}` : `${error.code} ${error.message}; ${error.hint}`
}
