import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { devProject, runGateway, startDev, startServer, type DevProject, type RunningServer } from './dev-process.ts'

const projects: DevProject[] = []
const servers: RunningServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
  for (const project of projects.splice(0)) await project.remove()
})

async function open(config?: string): Promise<DevProject> {
  const project = await devProject(config)
  projects.push(project)
  return project
}

async function status(url: string, key: string | null, path = '/v1/models'): Promise<number> {
  const response = await fetch(`${url}${path}`, { headers: key === null ? {} : { authorization: `Bearer ${key}` } })
  await response.text()
  return response.status
}

async function start(project: DevProject, ...args: readonly string[]) {
  const dev = await startDev(project, args)
  servers.push(dev)
  return dev
}

const keyInFile = async (project: DevProject): Promise<string> => (await project.read('.gateway/dev-key')).trim()

it('the development key is rotated, limited and revoked like any other', async () => {
  const project = await open()
  const dev = await start(project)
  const first = dev.key
  expect(dev.stderr()).toContain(`${first}  (new, kept in .gateway/dev-key)`)
  expect(await status(dev.url, first)).toBe(200)

  const rotated = await runGateway(project, ['keys', 'rotate', 'dev', '--quiet'])
  const second = await keyInFile(project)
  expect(rotated.stdout.trim()).toBe(second)
  expect([await status(dev.url, first), await status(dev.url, second)]).toEqual([200, 200])

  await runGateway(project, ['keys', 'set', 'dev', '--endpoints', 'chat.completions'])
  expect(await status(dev.url, second)).toBe(403)
  await runGateway(project, ['keys', 'set', 'dev', '--endpoints', 'any'])

  expect((await runGateway(project, ['keys', 'revoke', 'dev'])).code).toBe(0)
  expect([await status(dev.url, first), await status(dev.url, second)]).toEqual([401, 401])
  await dev.stop()

  const again = await start(project)
  expect(again.stderr()).toContain('(new, as the last one was revoked; kept in .gateway/dev-key)')
  expect(again.key).not.toBe(second)
  expect([await status(again.url, second), await status(again.url, again.key)]).toEqual([401, 200])
  await again.stop()

  const third = await start(project)
  expect(third.key).toBe(again.key)
  expect(third.stderr()).toMatch(/key +in \.gateway\/dev-key/)
  expect(third.stderr()).not.toContain(third.key)
})

it('`--print-env` prints the key that the running proxy takes, after a rotation too', async () => {
  const project = await open()
  const dev = await start(project)
  await runGateway(project, ['keys', 'rotate', 'dev', '--now', '--quiet'])
  const printed = await runGateway(project, ['dev', '--print-env', '--json', '--port', new URL(dev.url).port])
  const { OPENAI_API_KEY: key }: { OPENAI_API_KEY: string } = JSON.parse(printed.stdout)
  expect([await status(dev.url, key), await status(dev.url, dev.key)]).toEqual([200, 401])
})

it('without required keys everybody acts as the development key, on this machine only, and nobody administers', async () => {
  const project = await open('version: 1\nauth: { required: false }\n')
  await runGateway(project, ['keys', 'create', '--alias', 'boss', '--admin', '--quiet'])
  const dev = await start(project)
  expect(dev.stderr()).toContain('not required (auth.required: false)')
  expect([await status(dev.url, null), await status(dev.url, 'anything at all')]).toEqual([200, 200])
  for (const key of [null, 'anything', dev.key]) expect(await status(dev.url, key, '/gateway/keys')).not.toBe(200)
  expect(await status(dev.url, null, '/gateway/keys')).toBe(401)
  await runGateway(project, ['keys', 'set', 'dev', '--endpoints', 'chat.completions'])
  expect(await status(dev.url, null)).toBe(403)

  const remote = await runGateway(project, ['dev', '--port', '0', '--host', '0.0.0.0', '--allow-remote'])
  expect([remote.code, remote.stdout]).toEqual([2, ''])
  expect(remote.stderr).toContain('without keys the proxy only listens on this machine')
})

it('listens for other machines only when asked twice, and then with a key', async () => {
  const project = await open()
  const refused = await runGateway(project, ['dev', '--port', '0', '--host', '0.0.0.0'])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('--allow-remote')
  const server = await startServer(project, ['dev', '--port', '0', '--host', '0.0.0.0', '--allow-remote'])
  servers.push(server)
  expect([await status(server.url, null), await status(server.url, await keyInFile(project))]).toEqual([401, 200])
})

it('a store that others could have written is not trusted with keys', async () => {
  const project = await open()
  await runGateway(project, ['keys', 'create', '--alias', 'ci', '--quiet'])
  await chmod(join(project.dir, '.gateway/gateway.db'), 0o644)
  for (const args of [
    ['keys', 'list'],
    ['dev', '--port', '0'],
    ['audit', 'verify'],
  ]) {
    const { code, stderr } = await runGateway(project, args)
    expect(code, args[0]).toBe(3)
    expect(stderr).toContain('is not a file of yours alone')
  }
})

it('commands that only look make nothing', async () => {
  const project = await open()
  for (const args of [
    ['keys', 'list'],
    ['keys', 'group', 'list'],
    ['audit', 'tail'],
    ['audit', 'verify'],
  ])
    expect((await runGateway(project, args)).code, args.join(' ')).toBe(0)
  await expect(project.read('.gateway/gateway.db')).rejects.toThrow('ENOENT')
  await runGateway(project, ['keys', 'create', '--alias', 'ci', '--quiet'])
  expect(await project.read('.gateway/.gitignore')).toBe('*\n')
  // A log that is gone with its store is missed: the second place remembers it.
  await rm(join(project.dir, '.gateway/gateway.db'))
  const verified = await runGateway(project, ['audit', 'verify'])
  expect([verified.code, verified.stdout]).toEqual([1, expect.stringContaining('was cut off or rewritten')])
})
