import { readFileSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'
import { GatewayError } from '../wire/errors.ts'

export interface WatchOptions<T> {
  readonly file: string
  /** Reads and validates everything; throws when anything is wrong. */
  readonly load: () => Promise<T>
  /** Called with a fully valid config, once per change. One assignment should be all it does. */
  readonly swap: (loaded: T, generation: number) => void
  /** Called when a change could not be used; what ran before goes on running. */
  readonly rejected: (error: unknown) => void
  readonly debounceMs?: number
}

export interface ConfigWatcher {
  /** Counts the configs in use; 1 is the one from the start. */
  readonly generation: () => number
  /** Why the newest version of the file is not in use; undefined when it is. */
  readonly lastError: () => unknown
  close(): void
}

/** Watches a config file. Each burst of changes leads to one load; only a load that succeeds is swapped in. */
export function watchConfig<T>(options: WatchOptions<T>): ConfigWatcher {
  let generation = 1
  let lastError: unknown
  let seen = contentOf(options.file)
  let timer: NodeJS.Timeout | undefined
  let queue = Promise.resolve()
  let closed = false

  const reload = async (): Promise<void> => {
    const content = contentOf(options.file)
    // Editors touch and rewrite files; the same text again is no change. A file that is gone for a moment neither.
    if (closed || content === undefined || content === seen) return
    seen = content
    try {
      // An empty file means defaults, without any budget. In a running proxy it means that somebody is writing just now.
      if (content.trim() === '') throw emptyError()
      const loaded = await options.load()
      if (isClosed()) return
      // It may have been cut off while it was loaded. Whoever writes will be heard again.
      if (contentOf(options.file) !== content) {
        seen = undefined
        return
      }
      generation += 1
      lastError = undefined
      options.swap(loaded, generation)
    } catch (error) {
      lastError = error
      if (!isClosed()) options.rejected(error)
    }
  }
  const isClosed = (): boolean => closed
  const schedule = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      // One after the other, so that a slow load can not overtake a later one.
      queue = queue.then(reload)
    }, options.debounceMs ?? 100)
  }
  const watcher = watchDirectory(options.file, schedule)
  return {
    generation: () => generation,
    lastError: () => lastError,
    close: () => {
      closed = true
      clearTimeout(timer)
      watcher.close()
    },
  }
}

function emptyError(): GatewayError {
  return new GatewayError('config_invalid', 'the file is empty', { hint: 'start the proxy again to run on defaults' })
}

/** The directory is watched, because editors replace a file by renaming another one over it. */
function watchDirectory(file: string, changed: () => void): FSWatcher {
  const name = basename(file)
  const watcher = watch(dirname(file), { persistent: false }, (_event, changedName) => {
    if (changedName === null || changedName === name) changed()
  })
  // A directory that disappears ends the watching, not the proxy.
  watcher.on('error', () => watcher.close())
  return watcher
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
