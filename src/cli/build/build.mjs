// Compiles src to dist and copies the data files that the code reads at run time. A build that fails leaves dist as it was.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const dist = join(root, 'dist')
const next = join(root, `dist.${process.pid}`)
const old = join(root, `dist.${process.pid}.old`)

try {
  compile()
  copyData()
  await writeSchema()
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(next, dist)
} finally {
  for (const directory of [next, old]) rmSync(directory, { recursive: true, force: true })
}

function compile() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const project = join(root, 'tsconfig.build.json')
  const { status } = spawnSync(process.execPath, [tsc, '-p', project, '--outDir', next], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) {
    // `process.exit` runs no `finally`.
    rmSync(next, { recursive: true, force: true })
    process.stderr.write('the build failed; dist is unchanged\n')
    process.exit(1)
  }
}

function copyData() {
  for (const room of readdirSync(join(root, 'src'))) {
    const data = join(root, 'src', room, 'data')
    if (existsSync(data)) cpSync(data, join(next, room, 'data'), { recursive: true })
  }
}

/** The vocabulary of the config as JSON Schema, for editors. */
async function writeSchema() {
  const { configJsonSchema } = await import(pathToFileURL(join(next, 'config', 'json-schema.js')).href)
  mkdirSync(join(next, 'schema'), { recursive: true })
  writeFileSync(join(next, 'schema', 'gateway.schema.json'), `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
}
