import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { devProject, runGateway, startDev, type DevProject, type RunningDev } from './dev-process.ts'

let project: DevProject
beforeEach(async () => {
  project = await devProject()
})
afterEach(() => project.remove())

const messages = [{ role: 'user' as const, content: 'hello' }]

/** After these, a request that was sent before them has arrived. */
async function roundTrips(dev: RunningDev): Promise<void> {
  for (let trip = 0; trip < 5; trip += 1) expect((await fetch(`${dev.url}/healthz`)).status).toBe(200)
}

const CALL = `
const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
  method: 'POST',
  headers: { authorization: 'Bearer ' + process.env.OPENAI_API_KEY, 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hello' }] }),
})
console.log('child got ' + response.status)
process.exitCode = 7`

describe('gateway dev -- <command>', () => {
  const fast = ['dev', '--port', '0', '--stream-speed', '0']

  it('points the command here, passes its exit code on and sums up on stderr', async () => {
    const env = { OPENAI_API_KEY: '', OPENAI_BASE_URL: 'http://evil.example' }
    const { code, stdout, stderr } = await runGateway(
      project,
      [...fast, '--', process.execPath, '--input-type=module', '-e', CALL],
      { env },
    )
    expect(code).toBe(7)
    // The child owns stdout; the request line stands beside it, not in it.
    expect(stdout).toBe('child got 200\n')
    expect(stderr).toMatch(/ status=200 .* model=\S+ /)
    expect(stderr).toMatch(/done {2}1 call · cost \$0\.\d+ · routes \S+ 1/)
  })

  it('says when the command can not be started', async () => {
    const { code, stderr } = await runGateway(project, [...fast, '--', 'no-such-program-here'])
    expect(code).toBe(2)
    expect(stderr).toContain('error usage_error  can not start "no-such-program-here" (ENOENT)')
  })

  it('does not leave the command behind when it is stopped at once', async () => {
    const child = 'process.on("SIGTERM", () => console.log("stays")); setInterval(() => {}, 1000); console.log("up")'
    const dev = await startDev(project, ['--', process.execPath, '-e', child])
    await expect.poll(dev.stdout).toBe('up\n')
    dev.child.kill('SIGTERM')
    await expect.poll(dev.stdout).toContain('stays')
    // The output that both share only closes when the command has gone as well.
    expect((await dev.stop('SIGTERM')).code).toBe(143)
  })

  it('reports the signal that ended the command', async () => {
    const suicide = 'process.kill(process.pid, "SIGKILL")'
    expect((await runGateway(project, [...fast, '--', process.execPath, '-e', suicide])).code).toBe(137)
  })

  it('hands a stop on to the command and waits for it', async () => {
    const child =
      'process.on("SIGTERM", () => { console.log("stopped"); process.exit(3) }); setInterval(() => {}, 1000); console.log("up")'
    const dev = await startDev(project, ['--', process.execPath, '-e', child])
    await expect.poll(dev.stdout).toContain('up')
    const { code, stdout } = await dev.stop('SIGTERM')
    expect([code, stdout]).toEqual([3, 'up\nstopped\n'])
  })
})

describe('starting and stopping', () => {
  it('prints a new key once and keeps it for its owner', async () => {
    const first = await startDev(project)
    const { stdout, stderr, code } = await first.stop('SIGINT')
    expect(code).toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain(first.key)
    expect(stderr).toContain(`pid ${first.child.pid}`)
    expect((await stat(join(project.dir, '.gateway', 'dev-key'))).mode & 0o777).toBe(0o600)
    const second = await startDev(project)
    expect(second.key).toBe(first.key)
    expect((await second.stop()).stderr).not.toContain(first.key)
  })

  it('prints settings for a shell that fit the running proxy', async () => {
    const dev = await startDev(project)
    const { port } = new URL(dev.url)
    const { stdout, code } = await runGateway(project, ['dev', '--port', port, '--print-env'])
    await dev.stop()
    expect(code).toBe(0)
    expect(stdout).toContain(`export OPENAI_BASE_URL='${dev.url}/v1'\n`)
    expect(stdout).toContain(`export OPENAI_API_KEY='${dev.key}'\n`)
  })

  it('writes the port where it was asked to, and takes it away again', async () => {
    const dev = await startDev(project, ['--port-file', 'port'])
    expect(await project.read('port')).toBe(`${new URL(dev.url).port}\n`)
    await dev.stop()
    await expect(project.read('port')).rejects.toThrow('ENOENT')
  })

  it('says which port is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve())
    })
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await runGateway(project, ['dev', '--port', String(port)])
    other.close()
    expect(code).toBe(3)
    expect(stderr).toContain(`error port_in_use  another program listens on 127.0.0.1:${port}`)
    expect(stderr).toContain('fix: ')
  })

  it('finishes a running answer on the first signal and ends at once on the second', async () => {
    const patient = await startDev(project, ['--chaos', 'delay:1s', '--stream-speed', '0'])
    const asked = patient.client.chat.completions.create({ model: 'auto', messages })
    await roundTrips(patient)
    const stopped = patient.stop('SIGINT')
    expect((await asked).object).toBe('chat.completion')
    expect((await stopped).code).toBe(0)

    const hurried = await startDev(project, ['--chaos', 'delay:20s'])
    const lost = hurried.client.chat.completions.create({ model: 'auto', messages }).catch(() => 'lost')
    await roundTrips(hurried)
    hurried.child.kill('SIGINT')
    await expect.poll(hurried.stderr).toContain('press Ctrl-C again')
    hurried.child.kill('SIGINT')
    expect((await hurried.finished).code).toBe(130)
    expect(await lost).toBe('lost')
  })

  it('takes the providers whose keys are in the environment', async () => {
    const env = { OPENAI_API_KEY: `sk-${randomBytes(24).toString('hex')}` }
    const dev = await startDev(project, [], { env })
    const ids = (await dev.client.models.list()).data.map(({ owned_by: owner }) => owner)
    expect(new Set(ids)).toEqual(new Set(['gateway', 'openai']))
    const { stdout, stderr } = await dev.stop()
    expect(stderr).toContain('upstream  live: openai')
    expect(stdout + stderr).not.toContain(env.OPENAI_API_KEY)
  })

  it('prints JSON lines when asked', async () => {
    const dev = await startDev(project, ['--json', '--stream-speed', '0'])
    await dev.client.chat.completions.create({ model: 'auto', messages })
    await fetch(`${dev.url}/v1/models`)
    const { stdout } = await dev.stop()
    const lines = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(lines).toMatchObject([
      { status: 200, asked: 'auto' },
      { status: 401, code: 'invalid_api_key', endpoint: 'models.list' },
    ])
  })
})

describe('refusing to start', () => {
  it.each([
    [['--host', '0.0.0.0'], 'usage_error'],
    [['--chaos', 'explode'], 'usage_error'],
    [['--upstream', 'recorded', '--fixtures', 'nowhere.jsonl'], 'fixture_not_found'],
  ])('%j', async (args, error) => {
    const { code, stderr } = await runGateway(project, ['dev', '--port', '0', ...args])
    expect(code).toBe(2)
    expect(stderr).toContain(`error ${error}  `)
    expect(stderr).not.toContain('ready url=')
  })

  it('names every protection that would be silently missing', async () => {
    await project.write(
      'gateway.yaml',
      `version: 1
guardrails:
  input: { patterns: { secrets: mask } }
  output: { patterns: { pii: block } }
`,
    )
    const { code, stderr } = await runGateway(project, ['dev', '--port', '0'])
    expect(code).toBe(2)
    expect(stderr).toContain('config_protection_inactive')
    for (const section of ['guardrails.input', 'guardrails.output']) expect(stderr).toContain(`"${section}"`)
  })

  it('for a config that would send a key elsewhere, unless that is confirmed', async () => {
    await project.write(
      'gateway.yaml',
      'version: 1\nproviders:\n  openai: { kind: openai, base_url: https://collector.example/v1, api_keys: ["${OPENAI_API_KEY}"] }\n',
    )
    const env = { OPENAI_API_KEY: `sk-${randomBytes(24).toString('hex')}` }
    const refused = await runGateway(project, ['dev', '--port', '0'], { env })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('config_untrusted')
    expect(refused.stderr).toContain('collector.example')
    const trusted = await startDev(project, ['--trust-config'], { env })
    expect((await trusted.stop()).stdout + trusted.stderr()).not.toContain(env.OPENAI_API_KEY)
  })

  it('without a key on other addresses', async () => {
    await project.write('gateway.yaml', 'version: 1\nauth: { required: false }\n')
    const remote = await runGateway(project, ['dev', '--port', '0', '--host', '0.0.0.0', '--allow-remote'])
    expect(remote.code).toBe(2)
    const local = await startDev(project)
    const response = await fetch(`${local.url}/v1/models`)
    expect(response.status).toBe(200)
    await project.write('gateway.yaml', 'version: 1\nauth: { required: true }\n')
    await expect.poll(async () => (await fetch(`${local.url}/v1/models`)).status, { timeout: 10_000 }).toBe(401)
    const page = await fetch(`${local.url}/v1/models`, { headers: { origin: 'https://evil.example' } })
    expect(page.status).toBe(403)
    await local.stop()
  })
})
