/** The rooms and what each may import at run time. `cli` is the composition root and may import every room. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  engine: ['wire'],
  guardrails: ['engine', 'wire'],
  config: ['engine', 'wire'],
  catalog: ['engine', 'wire'],
  auth: ['engine', 'wire'],
  cache: ['engine', 'wire'],
  store: ['engine', 'wire'],
  upstream: ['engine', 'wire'],
  telemetry: ['engine', 'guardrails', 'wire'],
  pipeline: ['engine', 'guardrails', 'wire'],
  replay: ['pipeline', 'guardrails', 'engine', 'wire'],
  report: ['engine', 'replay'],
  proxy: ['pipeline', 'engine', 'wire'],
  tui: ['report'],
  cli: [
    'wire',
    'engine',
    'guardrails',
    'config',
    'catalog',
    'auth',
    'cache',
    'store',
    'upstream',
    'telemetry',
    'pipeline',
    'replay',
    'report',
    'proxy',
    'tui',
  ],
}

/** Packages that only one room may use. */
export const PACKAGE_ROOM: Readonly<Record<string, string>> = {
  'better-sqlite3': 'store',
  undici: 'upstream',
  ink: 'tui',
  react: 'tui',
  commander: 'cli',
  conf: 'config',
}

/** Rooms where nothing of Node may be imported at all. */
const PURE: readonly string[] = ['wire', 'engine']

export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  readonly dynamic: boolean
}

/** Import and re-export statements and `import()` calls of a source text. */
export function importsOf(source: string): Import[] {
  const found: Import[] = []
  const statement = /^(?:import|export)\s+(type\s)?[^'"();]*?from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gmu
  for (const match of source.matchAll(statement)) {
    const allTypes = /^(?:import|export)\s*\{([^}]*)\}/u.exec(match[0])?.[1]
    const typeOnly =
      match[1] !== undefined ||
      (allTypes !== undefined &&
        allTypes.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')))
    found.push({ specifier: match[2] ?? match[3] ?? '', typeOnly, dynamic: false })
  }
  for (const match of source.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/gu)) {
    found.push({ specifier: match[1] ?? '', typeOnly: false, dynamic: true })
  }
  return found
}

/** Why an import of `file` (a path below `src`, such as `engine/decide.ts`) is not allowed; null when it is. */
export function forbidden(file: string, { specifier, typeOnly }: Import): string | null {
  const room = file.split('/')[0] ?? ''
  if (specifier.startsWith('.')) return forbiddenRoom(room, file, { specifier, typeOnly })
  if (specifier.startsWith('node:')) return PURE.includes(room) ? `${room} is pure: no ${specifier}` : null
  const owner = PACKAGE_ROOM[specifier.split('/')[0] ?? '']
  if (owner !== undefined && owner !== room) return `only ${owner} may use ${specifier}`
  return PURE.includes(room) ? `${room} is pure: no package ${specifier}` : null
}

function forbiddenRoom(
  room: string,
  file: string,
  { specifier, typeOnly }: { specifier: string; typeOnly: boolean },
): string | null {
  const target = resolveFrom(file, specifier)
  const [targetRoom = ''] = target.split('/')
  if (targetRoom === room) return null
  if (ROOMS[room]?.includes(targetRoom) === true) {
    // Views and reports draw what the replay found; they never run it.
    return room === 'report' && targetRoom === 'replay' && !typeOnly ? 'report takes types of replay only' : null
  }
  if (typeOnly && (target.endsWith('/ports.ts') || target === 'replay/types.ts')) return null
  return `${room} must not import ${targetRoom}`
}

function resolveFrom(file: string, specifier: string): string {
  const parts = file.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}
