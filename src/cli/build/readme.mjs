// Fills the parts of the README that come from the program itself: `npm run docs`. Samples are what the commands print.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ERROR_FACES } from '../../../dist/wire/errors.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const file = join(root, 'README.md')
const bin = join(root, 'bin', 'gateway.js')
const CLIENT = join(root, 'src', 'cli', 'build', 'readme-client.mjs')
const temporary = mkdtempSync(join(tmpdir(), 'gateway-readme-'))

function printed(parameters, cwd = root) {
  const { stdout } = spawnSync(process.execPath, [bin, ...parameters], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: temporary },
  })
  return stdout.trimEnd()
}

/** The first lines of an output, with a mark where it goes on. */
function head(text, until) {
  const at = text.indexOf(until)
  return at === -1 ? text : `${text.slice(0, at).trimEnd()}\n…`
}

const fence = (text, kind = 'text') => `\`\`\`${kind}\n${text}\n\`\`\``

function errorTable() {
  const rows = Object.entries(ERROR_FACES).map(
    ([code, { status, exitCode, meaning }]) =>
      `| \`${code}\` | ${status === 0 ? '–' : status} | ${exitCode} | ${meaning} |`,
  )
  return ['| code | HTTP | exit | meaning |', '|---|--:|--:|---|', ...rows].join('\n')
}

function clientSample() {
  const code = readFileSync(CLIENT, 'utf8').trimEnd()
  const output = printed(['dev', '-q', '--port', '0', '--stream-speed', '0', '--', process.execPath, CLIENT], temporary)
  return `${fence(code, 'js')}\n\n${fence(`$ npx gateway dev -- node client.mjs\n${output}`)}`
}

const parts = {
  errors: errorTable,
  'sample:replay': () => fence(`$ npx gateway replay\n${printed(['replay', '--no-store'])}`),
  'sample:cheap': () =>
    fence(
      `$ npx gateway replay fixtures -k fixtures/configs/cheap-first.yaml\n${head(printed(['replay', 'fixtures', '-k', 'fixtures/configs/cheap-first.yaml', '--no-store']), '\nrouter figures')}`,
    ),
  'sample:route': () =>
    fence(
      `$ npx gateway route "Prove that the sum of two odd numbers is even." --explain\n${printed(['route', 'Prove that the sum of two odd numbers is even.', '--explain'], temporary)}`,
    ),
  'sample:client': clientSample,
}

let text = readFileSync(file, 'utf8')
for (const [name, make] of Object.entries(parts)) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  text = `${text.slice(0, text.indexOf(start) + start.length)}\n\n${make()}\n\n${text.slice(text.indexOf(end))}`
}
writeFileSync(file, text)
rmSync(temporary, { recursive: true, force: true })
