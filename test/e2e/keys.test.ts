import { randomBytes, createHash } from 'node:crypto'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, runGateway, startDev, type DevProject, type RunningDev } from './dev-process.ts'

const CONFIG = `version: 1
providers: { sim: { kind: simulated } }
models:
  cheap: { provider: sim, tier: free, price: { input: 0, output: 0 } }
  plain: { provider: sim, tier: standard, price: { input: 1, output: 2 } }
  dear: { provider: sim, tier: premium, price: { input: 10, output: 20 } }
aliases: { pair: { models: [cheap, dear] } }
`

let project: DevProject
let dev: RunningDev
beforeAll(async () => {
  project = await devProject(CONFIG)
  dev = await startDev(project, ['--stream-speed', '0'])
}, 60_000)
afterAll(async () => {
  await dev.stop()
  await project.remove()
})

interface Answer {
  readonly status: number
  readonly code: string | undefined
  readonly text: string
  readonly headers: Headers
}

async function chat(
  headers: Readonly<Record<string, string>>,
  body: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const messages = [{ role: 'user', content: 'hi' }]
  return ask('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'cheap', messages, ...body }),
  })
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${dev.url}${path}`, init)
  const text = await response.text()
  return { status: response.status, code: /"code":"([a-z_]+)"/.exec(text)?.[1], text, headers: response.headers }
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })

/** Runs the command line in a process of its own and gives what it printed. */
async function keys(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runGateway(project, ['keys', ...args])
  expect(stderr, args.join(' ')).not.toContain('error')
  expect(code).toBe(0)
  return stdout.trim()
}

/** A new key, as a second process makes it beside the running proxy. */
let made = 0
const issued: string[] = []
async function newKey(...options: readonly string[]): Promise<{ readonly alias: string; readonly secret: string }> {
  made += 1
  const alias = `key-${made}`
  const secret = await keys('create', '--alias', alias, '--quiet', ...options)
  issued.push(secret)
  return { alias, secret }
}

describe('authentication of a running proxy', () => {
  it('takes a key by each of the three headers, with the same rights', async () => {
    const { secret } = await newKey('--max-tier', 'free')
    for (const headers of [bearer(secret), { 'x-api-key': secret }, { 'x-goog-api-key': secret }]) {
      expect((await chat(headers)).status).toBe(200)
      expect(await chat(headers, { model: 'dear' })).toMatchObject({ status: 403, code: 'model_not_allowed' })
    }
    expect((await chat({ ...bearer(secret), 'x-api-key': secret })).status).toBe(200)
    expect(await chat({ ...bearer(secret), 'x-api-key': dev.key })).toMatchObject({ status: 400 })
    expect(await chat({ 'x-goog-api-key': secret, 'x-api-key': 'other' })).toMatchObject({ status: 400 })
  })

  it('answers every failure with the same words', async () => {
    const { alias, secret } = await newKey()
    const expiring = await newKey('--expires', '100ms')
    const revoked = await newKey()
    await keys('revoke', revoked.alias)
    const next = await keys('rotate', alias, '--now', '--quiet')
    const wrongEnd = next.slice(0, -1) + (next.endsWith('a') ? 'b' : 'a')
    const digest = createHash('sha256').update(next).digest()
    const attempts: Record<string, string>[] = [
      {},
      bearer(''),
      bearer(wrongEnd),
      bearer(secret),
      bearer(revoked.secret),
      bearer(expiring.secret),
      bearer(digest.toString('hex')),
      bearer(digest.toString('base64')),
      bearer(`gw_live_${randomBytes(24).toString('hex')}`),
      bearer(`"'--%_;DROP TABLE api_key;${'%'.repeat(100)}`),
      { 'x-api-key': `' OR '1'='1` },
      { 'x-api-key': 'x'.repeat(8_000) },
      { cookie: `key=${next}` },
      { 'proxy-authorization': `Bearer ${next}` },
    ]
    const answers = await Promise.all(attempts.map((headers) => chat(headers)))
    expect(answers.map(({ status, code }) => [status, code])).toEqual(attempts.map(() => [401, 'invalid_api_key']))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect((await chat(bearer(next))).status).toBe(200)
    expect((await ask(`/v1/models?key=${next}`)).status).toBe(401)
  })

  it('takes a scheme nobody knows for no key at all', async () => {
    const { secret } = await newKey()
    const schemes = [
      'Basic',
      'Digest',
      'Negotiate',
      'NTLM',
      'Hawk',
      'Key',
      'Token',
      'ApiKey',
      'Bearers',
      'Bear',
      'bearer:',
    ]
    const foreign = [
      'OAuth',
      'AWS4-HMAC-SHA256',
      'MAC',
      'Signature',
      'Session',
      'Admin',
      'Internal',
      'None',
      'null',
      '',
    ]
    for (const scheme of [...schemes, ...foreign]) {
      const { status, code } = await chat({ authorization: `${scheme} ${secret}` })
      expect([status, code], scheme).toEqual([401, 'invalid_api_key'])
    }
    for (const text of [secret, `Bearer`, `Bearer ${secret} x`, `Bearer,${secret}`, `Bearer Bearer ${secret}`])
      expect((await chat({ authorization: text })).status, text.slice(0, 8)).toBe(401)
  })

  it('closes at once on bytes that no header may hold, and on a key that never ends', async () => {
    const head = (value: string): string =>
      `GET /v1/models HTTP/1.1\r\nHost: ${new URL(dev.url).host}\r\nx-api-key: ${value}\r\n\r\n`
    expect(await raw(head('gw_live_\0'))).toMatch(/^HTTP\/1\.1 400 /)
    expect(await raw(head('x'.repeat(1_000_000)))).toMatch(/^HTTP\/1\.1 431 /)
    expect((await ask('/healthz')).status).toBe(200)
  })
})

describe('changes by a second process', () => {
  it('revoke a key for the next request on a connection that stays open', async () => {
    const { alias, secret } = await newKey()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const sockets = new Set<unknown>()
    const get = (): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asking = request(`${dev.url}/v1/models`, { agent, headers: bearer(secret) }, (answer) => {
          answer.resume().on('end', () => resolve(answer.statusCode))
        })
        asking.on('socket', (socket) => sockets.add(socket))
        asking.on('error', reject)
        asking.end()
      })
    expect([await get(), await get()]).toEqual([200, 200])
    await keys('revoke', alias)
    expect(await get()).toBe(401)
    expect(sockets.size).toBe(1)
    agent.destroy()
  })

  it('narrow a key at once: expiry, models, its group', async () => {
    const { alias, secret } = await newKey()
    await keys('group', 'create', 'narrow')
    expect((await chat(bearer(secret), { model: 'dear' })).status).toBe(200)
    await keys('set', alias, '--group', 'narrow')
    await keys('group', 'set', 'narrow', '--models', 'cheap,p*')
    expect((await chat(bearer(secret), { model: 'dear' })).status).toBe(403)
    expect((await chat(bearer(secret), { model: 'plain' })).status).toBe(200)
    await keys('set', alias, '--models', 'pair')
    expect((await chat(bearer(secret), { model: 'plain' })).status).toBe(403)
    // The alias holds a model that the group forbids; the other one serves.
    const served = await chat(bearer(secret), { model: 'pair' })
    expect([served.status, served.headers.get('x-gateway-model')]).toEqual([200, 'cheap'])
    const { data }: { data: { id: string }[] } = JSON.parse((await ask('/v1/models', { headers: bearer(secret) })).text)
    const ids = data.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['auto', 'pair', 'cheap', 'tier:free']))
    for (const id of ['dear', 'plain', 'tier:premium', 'tier:standard']) expect(ids).not.toContain(id)
    await keys('set', alias, '--expires', 'now')
    expect((await chat(bearer(secret))).status).toBe(401)
    await keys('set', alias, '--expires', 'never')
    expect((await chat(bearer(secret))).status).toBe(200)
  })

  it('rotate a key while a thousand requests run: none fails, and all are booked on the one identity', async () => {
    const { alias, secret } = await newKey()
    const sent = new Map([[secret, 0]])
    const failed: Answer[] = []
    let current = secret
    const running = { yes: true }
    let count = 0
    const worker = async (): Promise<void> => {
      while (running.yes || count < 1_000) {
        count += 1
        sent.set(current, (sent.get(current) ?? 0) + 1)
        const answer = await chat(bearer(current))
        if (answer.status !== 200) failed.push(answer)
      }
    }
    const workers = Array.from({ length: 4 }, worker)
    current = await keys('rotate', alias, '--grace', '1h', '--quiet')
    current = await keys('rotate', alias, '--grace', '1h', '--quiet')
    running.yes = false
    await Promise.all(workers)
    expect(failed).toEqual([])
    expect(sent.size).toBe(3)
    const booked = (): number =>
      dev
        .stdout()
        .split('\n')
        .filter((line) => line.includes(` key=${alias} `)).length
    await expect.poll(booked).toBe(count)
    // The first secret still works beside the two newer ones, until somebody says `--now`.
    expect((await chat(bearer(secret))).status).toBe(200)
    await keys('rotate', alias, '--now', '--quiet')
    for (const old of sent.keys()) expect((await chat(bearer(old))).status).toBe(401)
  }, 120_000)

  it('let one secret go by several names, and by no other', async () => {
    const { alias, secret } = await newKey()
    await keys('alias', alias, 'add', 'batch')
    expect((await chat({ ...bearer(secret), 'x-gateway-alias': 'batch' })).status).toBe(200)
    expect(await chat({ ...bearer(secret), 'x-gateway-alias': 'dev' })).toMatchObject({ code: 'hint_not_allowed' })
    await keys('alias', alias, 'remove', 'batch')
    expect((await chat({ ...bearer(secret), 'x-gateway-alias': 'batch' })).status).toBe(403)
    expect(dev.stdout()).toMatch(/ key=batch /)
  })

  it('import keys of another gateway', async () => {
    const [secret, hashed] = [`sk-${randomBytes(24).toString('hex')}`, `sk-${randomBytes(24).toString('hex')}`]
    const sha256 = createHash('sha256').update(hashed).digest('hex')
    await project.write(
      'keys.jsonl',
      `{"alias":"old-1","secret":"${secret}"}\n{"alias":"old-2","sha256":"${sha256}"}\n`,
    )
    expect(await keys('import', 'keys.jsonl')).toBe('2 keys imported')
    expect([(await chat(bearer(secret))).status, (await chat(bearer(hashed))).status]).toEqual([200, 200])
    expect((await chat(bearer(sha256))).status).toBe(401)
    const again = await runGateway(project, ['keys', 'import', 'keys.jsonl'])
    expect([again.code, again.stdout]).toEqual([2, ''])
    expect(again.stderr).toContain('line 1: ')
    for (const text of [secret, hashed, sha256]) expect(again.stderr).not.toContain(text)
  })
})

describe('paths of administrators', () => {
  it('open to a key made for it and to no other', async () => {
    const { secret } = await newKey()
    const admin = await newKey('--admin')
    for (const path of [
      '/gateway/keys',
      '/gateway/keys/dev',
      '/gateway/groups',
      '/gateway/audit/head',
      '/gateway/config',
    ]) {
      expect((await ask(path)).status).toBe(401)
      for (const key of [secret, dev.key])
        expect(await ask(path, { headers: bearer(key) })).toMatchObject({ status: 403 })
    }
    const listed = await ask('/gateway/keys', { headers: bearer(admin.secret) })
    expect(listed.status).toBe(200)
    for (const key of [secret, dev.key, admin.secret]) {
      const digest = createHash('sha256').update(key).digest('hex')
      expect(listed.text.includes(key) || listed.text.includes(digest)).toBe(false)
    }
    expect(await ask('/gateway/keys/none', { headers: bearer(admin.secret) })).toMatchObject({ status: 404 })
  })

  it('give an administrator no more models than anybody', async () => {
    const admin = await newKey('--admin', '--max-tier', 'free')
    expect(await chat(bearer(admin.secret), { model: 'dear' })).toMatchObject({
      status: 403,
      code: 'model_not_allowed',
    })
  })
})

describe('the audit log of a running proxy', () => {
  it('holds what was changed and refused, whole, and nothing secret', async () => {
    const { alias, secret } = await newKey()
    await chat(bearer(`gw_live_${randomBytes(30).toString('hex')}`))
    await chat(bearer(secret), { model: 'dear', user: 'a-user' })
    await keys('revoke', alias)
    await chat(bearer(secret))
    await expect.poll(tail, { timeout: 10_000 }).toContain('reason=revoked')
    const log = await tail()
    expect(log).toMatch(/ cli key\.revoke key_\w{16} /)
    expect(log).toMatch(/ - request\.refused chat\.completions code=invalid_api_key reason=malformed /)
    expect(log).not.toContain(secret.slice(0, 20))
    expect(log).not.toContain(createHash('sha256').update(secret).digest('hex'))
    const verified = await runGateway(project, ['audit', 'verify'])
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringMatching(/^whole: \d+ entries, head [0-9a-f]{64}\n$/),
    ])
  })

  it('is beside the development key the only trace of a secret, and holds none itself', async () => {
    const secrets = [dev.key, ...issued]
    expect(secrets.length).toBeGreaterThan(10)
    for (const entry of await readdir(join(project.dir, '.gateway'))) {
      if (entry === 'dev-key') continue
      const bytes = await readFile(join(project.dir, '.gateway', entry), 'latin1')
      for (const secret of secrets) expect(bytes.includes(secret.slice(8, 40)), entry).toBe(false)
    }
    for (const secret of secrets) expect(dev.stdout().includes(secret)).toBe(false)
    for (const secret of issued) expect(dev.stderr().includes(secret)).toBe(false)
  })

  it('is exported for its owner alone, once', async () => {
    expect((await runGateway(project, ['audit', 'export', 'audit.jsonl'])).code).toBe(0)
    expect((await stat(`${project.dir}/audit.jsonl`)).mode & 0o777).toBe(0o600)
    const lines = (await project.read('audit.jsonl')).trimEnd().split('\n')
    const entries = lines.map((line): { seq: number; hash: string; previous: string } => JSON.parse(line))
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, at) => at + 1))
    for (const [at, { previous }] of entries.entries()) expect(previous).toBe(entries[at - 1]?.hash ?? '0'.repeat(64))
    expect((await runGateway(project, ['audit', 'export', 'audit.jsonl'])).code).toBe(2)
  })
})

async function tail(): Promise<string> {
  return (await runGateway(project, ['audit', 'tail', '-n', '1000'])).stdout
}

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(dev.url).port), '127.0.0.1')
    let answer = ''
    socket.on('data', (piece) => (answer += String(piece)))
    socket.once('close', () => resolve(answer))
    socket.once('error', (error) => (answer === '' ? reject(error) : resolve(answer)))
    socket.write(text)
  })
}
