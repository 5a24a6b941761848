import { createHash, randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { runGateway } from './dev-process.ts'
import { bearer, keyedDev, type Answer } from './keyed-dev.ts'

const proxy = keyedDev()
const { ask, chat, keys, newKey } = proxy

describe('changes by a second process', () => {
  it('revoke a key for the next request on a connection that stays open', async () => {
    const { alias, secret } = await newKey()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const sockets = new Set<unknown>()
    const get = (): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asking = request(`${proxy.dev.url}/v1/models`, { agent, headers: bearer(secret) }, (answer) => {
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
      proxy.dev
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
    expect(proxy.dev.stdout()).toMatch(/ key=batch /)
  })

  it('import keys of another gateway', async () => {
    const [secret, hashed] = [`sk-${randomBytes(24).toString('hex')}`, `sk-${randomBytes(24).toString('hex')}`]
    const sha256 = createHash('sha256').update(hashed).digest('hex')
    await proxy.project.write(
      'keys.jsonl',
      `{"alias":"old-1","secret":"${secret}"}\n{"alias":"old-2","sha256":"${sha256}"}\n`,
    )
    expect(await keys('import', 'keys.jsonl')).toBe('2 keys imported')
    expect([(await chat(bearer(secret))).status, (await chat(bearer(hashed))).status]).toEqual([200, 200])
    expect((await chat(bearer(sha256))).status).toBe(401)
    const again = await runGateway(proxy.project, ['keys', 'import', 'keys.jsonl'])
    expect([again.code, again.stdout]).toEqual([2, ''])
    expect(again.stderr).toContain('line 1: ')
    for (const text of [secret, hashed, sha256]) expect(again.stderr).not.toContain(text)
  })
})
