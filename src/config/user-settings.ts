/** What a user has settled on this machine: the look of the terminal, and configs that may send keys to unusual hosts. */
export interface UserSettings {
  readonly path: string
  /** Preferences of the terminal only; nothing here changes a decision. */
  preferences(): Readonly<Record<string, string | boolean>>
  isTrusted(hash: string): boolean
  trust(hash: string, about: string): void
}

const MAX_TRUSTED = 200
const PREFERENCES = ['ui', 'ascii', 'screenReader'] as const

/** Opens the settings file; the package behind it loads only now. `GATEWAY_SETTINGS_DIR` moves it, for tests and CI. */
export async function openUserSettings(env: Readonly<Record<string, string | undefined>>): Promise<UserSettings> {
  const Conf = await loadConf()
  const dir = env['GATEWAY_SETTINGS_DIR']
  const store = new Conf<{ trusted?: Record<string, string>; preferences?: Record<string, string | boolean> }>({
    projectName: 'gateway',
    configName: 'settings',
    configFileMode: 0o600,
    clearInvalidConfig: true,
    ...(dir === undefined || dir === '' ? {} : { cwd: dir }),
  })
  return {
    path: store.path,
    preferences: () => {
      const stored = store.get('preferences') ?? {}
      return Object.fromEntries(PREFERENCES.flatMap((key) => (stored[key] === undefined ? [] : [[key, stored[key]]])))
    },
    isTrusted: (hash) => Object.hasOwn(store.get('trusted') ?? {}, hash),
    trust: (hash, about) => {
      const entries = Object.entries({ ...store.get('trusted'), [hash]: about })
      store.set('trusted', Object.fromEntries(entries.slice(-MAX_TRUSTED)))
    },
  }
}

/**
 * A package below `conf` answers every signal by sending it to this process again, so that one Ctrl-C counts as two. It
 * registers while it loads; nothing of ours does meanwhile, so what is new is its own and is taken off.
 */
async function loadConf() {
  const known = new Map(signalNames().map((name) => [name, new Set(process.rawListeners(name))]))
  const { default: Conf } = await import('conf')
  for (const name of signalNames()) {
    for (const listener of process.rawListeners(name)) {
      if (known.get(name)?.has(listener) !== true) removeListener(name, listener)
    }
  }
  return Conf
}

function signalNames(): NodeJS.Signals[] {
  return process
    .eventNames()
    .filter((name): name is NodeJS.Signals => typeof name === 'string' && name.startsWith('SIG'))
}

function removeListener(name: NodeJS.Signals, listener: unknown): void {
  process.removeListener(name, listener as NodeJS.SignalsListener)
}
