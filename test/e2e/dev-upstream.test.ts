import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { devProject, startDev, type DevProject, type RunningDev } from './dev-process.ts'
import {
  chunk,
  localConfig,
  scriptedUpstream,
  sendAnswer,
  sendStream,
  USAGE_CHUNK,
  type Script,
  type ScriptedUpstream,
} from './scripted-upstream.ts'

const providerKey = `sk-local-${randomBytes(24).toString('hex')}`
const messages = [{ role: 'user' as const, content: 'hello' }]

interface World {
  readonly project: DevProject
  readonly upstream: ScriptedUpstream
  readonly dev: RunningDev
}

let world: World | undefined
afterEach(async () => {
  await world?.dev.stop()
  await world?.upstream.close()
  await world?.project.remove()
  world = undefined
})

interface Setup {
  readonly extra?: string
  /** Where the config says that the provider is. Default: where it is. */
  readonly address?: (url: string) => string
}

async function open(
  script: Script,
  args: readonly string[] = [],
  { extra = '', address = (url) => url }: Setup = {},
): Promise<World> {
  const upstream = await scriptedUpstream(script)
  const project = await devProject(localConfig(address(upstream.url), extra))
  const dev = await startDev(project, args, { env: { LOCAL_KEY: providerKey } })
  world = { project, upstream, dev }
  return world
}

describe('a provider of its own format', () => {
  it("gets its own key, never the client's, and only headers that we chose", async () => {
    const { dev, upstream } = await open((_request, response) => sendAnswer(response, 'hi'))
    const headers = {
      'x-gateway-user': 'ada',
      cookie: 'session=1',
      'openai-organization': 'org-x',
    }
    const answer = await fetch(`${dev.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...headers, 'x-api-key': dev.key, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'auto',
        messages,
        top_k: 7,
      }),
    })
    expect(answer.status).toBe(200)
    const [seen] = upstream.seen
    expect(seen?.headers.authorization).toBe(`Bearer ${providerKey}`)
    expect(JSON.stringify(seen?.headers)).not.toContain(dev.key)
    expect(
      Object.keys(seen?.headers ?? {}).some(
        (name) =>
          name.startsWith('x-gateway') || name === 'cookie' || name === 'openai-organization' || name === 'x-api-key',
      ),
    ).toBe(false)
    expect(seen?.body).toMatchObject({ model: 'local-2026', top_k: 7 })
  })

  it('can not be chosen by a client, neither in the body nor by a header or the query', async () => {
    const { dev, upstream } = await open((_request, response) => sendAnswer(response, 'hi'))
    const names = ['api_base', 'base_url', 'api_key', 'organization', 'extra_headers', 'x-base-url']
    for (const name of names) {
      const body = { model: 'auto', messages, [name]: 'http://evil.example' }
      const asked = dev.client.post('/chat/completions', { body })
      await expect(asked).rejects.toMatchObject({ status: 400, param: name })
      const headers = { [name]: 'http://evil.example' }
      const path = `/chat/completions?${name}=http://evil.example`
      await dev.client.post(path, { body: { model: 'auto', messages }, headers })
    }
    expect(upstream.seen).toHaveLength(names.length)
    expect(JSON.stringify(upstream.seen)).not.toContain('evil')
  })

  it('has its answer relayed with fields we do not know, under the name the model has here', async () => {
    const { dev } = await open((_request, response) => sendAnswer(response, 'hi'))
    const { data, response } = await dev.client.chat.completions.create({ model: 'auto', messages }).withResponse()
    expect(data).toMatchObject({ id: 'up-1', model: 'local-model', vendor_field: 'kept', usage: { total_tokens: 11 } })
    // 9 tokens at 1 USD and 2 at 2 USD per million.
    expect(response.headers.get('x-gateway-cost-usd')).toBe('0.000013')
  })

  it('is always asked for usage, which reaches only clients that asked', async () => {
    const { dev, upstream } = await open((_request, response) => {
      sendStream(response, [
        chunk({ role: 'assistant', content: '' }),
        chunk({ content: 'hi' }),
        chunk({}, 'stop'),
        USAGE_CHUNK,
        'data: [DONE]\n\n',
      ])
      response.end()
    })
    const parts = async (usage: boolean): Promise<unknown[]> => {
      const options = usage ? { stream_options: { include_usage: true } } : {}
      const stream = await dev.client.chat.completions.create({ model: 'auto', messages, stream: true, ...options })
      const all: unknown[] = []
      for await (const part of stream) all.push(part)
      return all
    }
    expect(JSON.stringify(await parts(false))).not.toContain('total_tokens')
    expect((await parts(true)).at(-1)).toMatchObject({ model: 'local-model', choices: [], usage: { total_tokens: 11 } })
    expect(upstream.seen.map(({ body }) => body['stream_options'])).toEqual([
      { include_usage: true },
      { include_usage: true },
    ])
    await expect.poll(() => dev.stdout().match(/tokens=reported cost_usd=0.000013/g)?.length).toBe(2)
  })

  it('is left at once when the client leaves, before and after the first part', async () => {
    const { dev, upstream } = await open((request, response) => {
      if (request.body['stream'] === true)
        sendStream(response, [chunk({ role: 'assistant', content: '' }), chunk({ content: 'hi' })])
    })
    const stream = await dev.client.chat.completions.create({ model: 'auto', messages, stream: true })
    for await (const part of stream) if (part.choices[0]?.delta.content === 'hi') break
    await expect.poll(upstream.aborted).toBe(1)
    const leaving = new AbortController()
    const waiting = dev.client.chat.completions.create({ model: 'auto', messages }, { signal: leaving.signal })
    await expect.poll(() => upstream.seen.length).toBe(2)
    leaving.abort()
    await expect(waiting).rejects.toThrow('aborted')
    await expect.poll(upstream.aborted).toBe(2)
    await expect.poll(() => dev.stdout().match(/status=499 code=client_gone/g)?.length).toBe(2)
    // Nobody waits for the rest, so nothing else is tried.
    expect(upstream.seen).toHaveLength(2)
  })

  it('that breaks off in the middle ends the stream with an error, not as if it were whole', async () => {
    const { dev } = await open((_request, response) => {
      sendStream(response, [chunk({ role: 'assistant', content: '' }), chunk({ content: 'half' })])
      setTimeout(() => response.destroy(), 50)
    })
    const stream = await dev.client.chat.completions.create({ model: 'auto', messages, stream: true })
    let text = ''
    await expect(async () => {
      for await (const part of stream) text += part.choices[0]?.delta.content ?? ''
    }).rejects.toMatchObject({ code: 'upstream_exhausted' })
    expect(text).toBe('half')
    await expect.poll(() => dev.stdout()).toContain('code=upstream_exhausted')
  })
})

describe('a provider in trouble', () => {
  it('that is down gives a clear 502 with the attempts, and the proxy lives on', async () => {
    // Port 1 is never handed out; one that was just freed may belong to somebody else a moment later.
    const nobody = { address: (url: string) => url.replace(/:\d+/u, ':1') }
    const { dev } = await open((_request, response) => sendAnswer(response, 'hi'), [], nobody)
    // A lost connection is tried twice.
    const attempt = expect.objectContaining({ provider: 'local', failure: 'connect' })
    await expect(dev.client.chat.completions.create({ model: 'auto', messages })).rejects.toMatchObject({
      status: 502,
      code: 'upstream_exhausted',
      error: { gateway: { attempts: [attempt, attempt] } },
    })
    expect((await fetch(`${dev.url}/healthz`)).status).toBe(200)
    await expect.poll(() => dev.stdout()).toContain('status=502 code=upstream_exhausted')
  })

  it('that refuses our key never looks like a wrong key of the client', async () => {
    const { dev } = await open((_request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({ error: { message: `Incorrect API key provided: ${providerKey}`, code: 'invalid_api_key' } }),
      )
    })
    const failure = await dev.client.chat.completions
      .create({ model: 'auto', messages })
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ status: 502, code: 'upstream_auth_failed' })
    expect(JSON.stringify(failure)).not.toContain(providerKey)
  })

  it('that is busy says so with its wait, capped', async () => {
    const { dev } = await open((_request, response) => {
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '3600' })
      response.end(JSON.stringify({ error: { message: 'slow down', code: 'rate_limit_exceeded' } }))
    })
    const response = await fetch(`${dev.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${dev.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', messages }),
    })
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('60')
  })

  it('on purpose is marked in the log', async () => {
    const { dev, upstream } = await open((_request, response) => sendAnswer(response, 'hi'), ['--chaos', '503:1'])
    await expect(dev.client.chat.completions.create({ model: 'auto', messages })).rejects.toMatchObject({ status: 503 })
    expect(upstream.seen).toHaveLength(0)
    await expect.poll(() => dev.stdout()).toContain('chaos=true')
  })

  it('is not called any more once the spend cap is used up', async () => {
    const { dev, upstream } = await open((_request, response) => sendAnswer(response, 'hi'), ['--max-spend', '0'])
    await expect(dev.client.chat.completions.create({ model: 'auto', messages })).rejects.toMatchObject({
      status: 402,
      code: 'spend_cap_reached',
    })
    expect(upstream.seen).toHaveLength(0)
  })
})

describe('a config that changes', () => {
  it('is in force from the next request on; one with a mistake changes nothing and says so', async () => {
    const { dev, project, upstream } = await open((_request, response) => sendAnswer(response, 'hi'))
    const served = async (): Promise<string> =>
      (await dev.client.chat.completions.create({ model: 'auto', messages })).model
    expect(await served()).toBe('local-model')
    const config = await project.read('gateway.yaml')

    await project.write('gateway.yaml', config.replace('  local-model:', '  renamed:'))
    await expect.poll(() => dev.stderr(), { timeout: 10_000 }).toContain('in force (generation 2)')
    expect(await served()).toBe('renamed')

    await project.write('gateway.yaml', config.replace('tier: standard', 'teir: standard'))
    await expect.poll(() => dev.stderr(), { timeout: 10_000 }).toContain('the last good one stays')
    expect(dev.stderr()).toContain('config_invalid')
    expect(await served()).toBe('renamed')

    await project.write('gateway.yaml', config + 'guardrails: { input: { patterns: { secrets: mask } } }\n')
    await expect.poll(() => dev.stderr(), { timeout: 10_000 }).toContain('config_protection_inactive')
    expect(await served()).toBe('renamed')
    expect(upstream.seen).toHaveLength(4)
  })

  it('can not send a key to a new host without consent', async () => {
    const { dev, project } = await open((_request, response) => sendAnswer(response, 'hi'))
    const config = await project.read('gateway.yaml')
    await project.write('gateway.yaml', config.replace(/base_url: \S+,/, 'base_url: https://collector.example/v1,'))
    await expect.poll(() => dev.stderr(), { timeout: 10_000 }).toContain('config_untrusted')
    expect((await dev.client.chat.completions.create({ model: 'auto', messages })).model).toBe('local-model')
  })
})
