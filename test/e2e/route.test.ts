import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { gateway } from './run-gateway.ts'

let cwd = ''
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'gateway-route-'))
})

/** Prints the URL of every module that is loaded, to standard error. */
const LISTING = `
import { register } from 'node:module'
const hook = "export async function load(url, context, next) { process.stderr.write('loaded ' + url + '\\\\n'); return next(url, context) }"
register('data:text/javascript,' + encodeURIComponent(hook))
`

describe('gateway route, as a program', () => {
  it('routes on the bundled defaults, offline, without a config or a key', async () => {
    const noNetwork = pathToFileURL(join(import.meta.dirname, 'no-network.mjs')).href
    const env = { NODE_OPTIONS: `--import ${noNetwork}` }
    const { code, stdout, stderr } = await gateway(['-q', 'route', 'hello'], { cwd, env })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^\S+ {2}\S+ {2}\S+.* {2}est=\$/u)
    expect(code).toBe(0)
  })

  it('loads neither Ink, React, undici, conf nor the database', async () => {
    const file = join(cwd, 'listing.mjs')
    writeFileSync(file, LISTING)
    const env = { NODE_OPTIONS: `--import ${pathToFileURL(file).href}` }
    const { code, stderr } = await gateway(['-q', 'route', 'hello', '--explain', '--flip', '--json'], { cwd, env })
    expect(code).toBe(0)
    const loaded = stderr.split('\n').filter((line) => line.startsWith('loaded '))
    expect(loaded.filter((line) => line.includes('/dist/engine/')).length).toBeGreaterThan(20)
    const heavy = /node_modules\/(ink|react|react-reconciler|yoga-layout|undici|conf|better-sqlite3|chalk|ajv)\//u
    expect(loaded.filter((line) => heavy.test(line))).toEqual([])
  })

  it('reads a chat body from standard input', async () => {
    const input = JSON.stringify({ model: 'nobody', messages: [{ role: 'user', content: 'hi' }] })
    const { code, stderr } = await gateway(['route', '-'], { cwd, input })
    expect(code).toBe(3)
    expect(stderr).toContain('error model_not_found')
    expect((await gateway(['route', '-'], { cwd, input: 'plain text' })).code).toBe(2)
    expect((await gateway(['route', '-'], { cwd, input: '{"messages":[{"role":"nobody"}]}' })).stderr).toContain(
      'error',
    )
  })

  it('gives the same bytes twice, and no escape byte in a pipe', async () => {
    const run = (): ReturnType<typeof gateway> =>
      gateway(['-q', 'route', 'prove it', '--explain', '--at', '2026-03-01T00:00:00Z'], {
        cwd,
        env: { FORCE_COLOR: '0' },
      })
    const [first, second] = [await run(), await run()]
    expect(first.stdout).toBe(second.stdout)
    expect(first.stdout).not.toContain('\u001B')
  })

  it('exit codes: 0 as expected, 1 different, 2 usage, 3 not routable', async () => {
    const code = async (...parameters: readonly string[]): Promise<number | null> =>
      (await gateway(['-q', 'route', ...parameters], { cwd })).code
    expect(await code('hi', '--expect', 'refused')).toBe(1)
    expect(await code('hi', '--model', 'tier:free', '--expect', 'tier:free')).toBe(0)
    expect(await code('hi', '--depth', 'two')).toBe(2)
    expect(await code()).toBe(2)
    expect(await code('hi', '--model', 'tier:nothing')).toBe(3)
  })

  it('tests a table, with options before and after its name', async () => {
    writeFileSync(
      join(cwd, 'cases.yaml'),
      '- { prompt: hi, expect: tier:free }\n- { prompt: ho, expect: tier:premium }\n',
    )
    const run = async (...parameters: readonly string[]): Promise<string> =>
      (await gateway(['-q', 'route', ...parameters], { cwd })).stdout
    const limited = await run('test', 'cases.yaml', '--tier', 'free')
    expect(limited).toContain('2 cases, 1 failed')
    expect(await run('--tier', 'free', 'test', 'cases.yaml')).toBe(limited)
  })
})
