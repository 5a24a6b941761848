// Compiles src to dist and copies the data files that the code reads at run time.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
execFileSync(
  process.execPath,
  [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(root, 'tsconfig.build.json')],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
for (const room of readdirSync(join(root, 'src'))) {
  const data = join(root, 'src', room, 'data')
  if (existsSync(data)) cpSync(data, join(dist, room, 'data'), { recursive: true })
}

// The vocabulary of the config as JSON Schema, for editors.
const { configJsonSchema } = await import(pathToFileURL(join(dist, 'config', 'json-schema.js')).href)
mkdirSync(join(dist, 'schema'), { recursive: true })
writeFileSync(join(dist, 'schema', 'gateway.schema.json'), `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
