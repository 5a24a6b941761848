import { describe, expect, it } from 'vitest'
import { OpenAiUpstream } from '../../../src/upstream/openai.ts'
import type { AdapterPorts } from '../../../src/upstream/ports.ts'
import { callScript, makeCall, scriptedServer, sendJson, settings, wholeAnswer, type Script } from './support.ts'

const NOW = Date.parse('2026-11-22T10:00:00Z')
const fixedPorts: AdapterPorts = { clock: { now: () => NOW, monotonic: () => performance.now() } }

describe('keys of a provider', () => {
  const byKey: Script = (response, { headers }) => {
    const key = headers.authorization
    if (key === 'Bearer good') sendJson(response, 200, wholeAnswer('hi'))
    else if (key === 'Bearer slow') sendJson(response, 429, {}, { 'retry-after': '7' })
    else if (key === 'Bearer broke') sendJson(response, 429, { error: { code: 'insufficient_quota' } })
    else if (key === 'Bearer down') sendJson(response, 500, {})
    else sendJson(response, 401, {})
  }

  it('rotate when one is limited, refused or without money, and say so without the key', async () => {
    const notices: unknown[] = []
    const ports: AdapterPorts = { ...fixedPorts, onCredential: (notice) => notices.push(notice) }
    const keys = { apiKeys: ['slow', 'broke', 'wrong', 'good'] }
    const { result, server } = await callScript(byKey, makeCall(), { settings: keys, ports })
    expect(result).toMatchObject({
      kind: 'answer',
      refusedCredentials: [
        { failure: 'rate_limited', status: 429 },
        { failure: 'quota', status: 429 },
        { failure: 'auth', status: 401 },
      ],
    })
    expect(server.seen).toHaveLength(4)
    expect(notices).toEqual([
      { provider: 'p', keyIndex: 0, reason: 'rate_limited', pausedMs: 7_000 },
      { provider: 'p', keyIndex: 1, reason: 'quota', pausedMs: 60_000 },
      { provider: 'p', keyIndex: 2, reason: 'auth', pausedMs: 60_000 },
    ])
  })

  it('do not rotate for failures that are not about the key', async () => {
    const { result, server } = await callScript(byKey, makeCall(), { settings: { apiKeys: ['down', 'good'] } })
    expect(result).toMatchObject({ failure: 'server_error' })
    expect(server.seen).toHaveLength(1)
  })

  it('report the last failure when all are refused, and the only key is never skipped', async () => {
    const { result } = await callScript(byKey, makeCall(), { settings: { apiKeys: ['wrong', 'slow'] } })
    expect(result).toMatchObject({ failure: 'rate_limited', retryAfterMs: 7_000 })
  })

  it('that are paused are left alone until their time is over', async () => {
    const server = await scriptedServer(byKey)
    let now = NOW
    const upstream = new OpenAiUpstream(settings(server.baseUrl, { apiKeys: ['slow', 'good'] }), {
      clock: { now: () => now, monotonic: () => performance.now() },
    })
    await upstream.call(makeCall())
    await upstream.call(makeCall())
    now += 7_001
    await upstream.call(makeCall())
    const keys = server.seen.map(({ headers }) => headers.authorization?.slice('Bearer '.length))
    expect(keys).toEqual(['slow', 'good', 'good', 'slow', 'good'])
    await upstream.close()
    await server.close()
  })
})
