import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devProject, startDev, type DevProject, type RunningDev } from './dev-process.ts'

let project: DevProject
let dev: RunningDev
beforeAll(async () => {
  project = await devProject()
  dev = await startDev(project, ['--stream-speed', '0'])
})
afterAll(async () => {
  await dev.stop()
  await project.remove()
})

const messages = [{ role: 'user' as const, content: 'Write a function that reverses a string.' }]

describe('the official client against a fresh `gateway dev`', () => {
  it('gets a whole answer and sees how it was routed', async () => {
    const asked = dev.client.chat.completions.create({ model: 'auto', messages })
    const { data, response, request_id: requestId } = await asked.withResponse()
    expect(data.object).toBe('chat.completion')
    expect(data.choices[0]?.message.content).toContain('Simulated answer')
    expect(data.usage?.total_tokens).toBeGreaterThan(0)
    expect(response.headers.get('x-gateway-model')).toBe(data.model)
    expect(response.headers.get('x-gateway-requested-model')).toBe('auto')
    expect(response.headers.get('x-gateway-intent')).toMatch(/^code\.generate;[01]\.\d\d$/)
    expect(response.headers.get('x-gateway-upstream')).toBe('simulated')
    expect(requestId).toBe(response.headers.get('x-gateway-request-id'))
  })

  it('gets the same answer in parts, with usage when it asks', async () => {
    const whole = await dev.client.chat.completions.create({ model: 'auto', messages })
    const asked = dev.client.chat.completions.create({
      model: 'auto',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    const { data: stream, response } = await asked.withResponse()
    expect(response.headers.get('x-gateway-cost-usd')).toBe('pending')
    let text = ''
    let finish: string | null | undefined
    let total: number | undefined
    for await (const part of stream) {
      text += part.choices[0]?.delta.content ?? ''
      finish = part.choices[0]?.finish_reason ?? finish
      total = part.usage?.total_tokens ?? total
    }
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(finish).toBe('stop')
    expect(total).toBe(whole.usage?.total_tokens)
  })

  it('works with the streaming helper, which checks roles and finish reasons', async () => {
    const runner = dev.client.chat.completions.stream({ model: 'auto', messages })
    const final = await runner.finalChatCompletion()
    expect(final.choices[0]?.finish_reason).toBe('stop')
    expect(final.usage).toBeUndefined()
  })

  it('lists what can be named', async () => {
    const listed = await dev.client.models.list()
    const ids = listed.data.map(({ id }) => id)
    expect(ids).toContain('auto')
    const model = ids.find((id) => !id.includes(':') && id !== 'auto')
    expect((await dev.client.models.retrieve(model ?? '')).id).toBe(model)
  })

  it('gets errors of its own classes', async () => {
    const wrongKey = new OpenAI({ baseURL: `${dev.url}/v1`, apiKey: 'sk-wrong', maxRetries: 0 })
    await expect(wrongKey.chat.completions.create({ model: 'auto', messages })).rejects.toMatchObject({
      constructor: AuthenticationError,
      code: 'invalid_api_key',
    })
    await expect(dev.client.chat.completions.create({ model: 'no-such-model', messages })).rejects.toMatchObject({
      constructor: NotFoundError,
      code: 'model_not_found',
      param: 'model',
      requestID: expect.stringMatching(/^req_/),
    })
    await expect(
      dev.client.chat.completions.create({ model: 'auto', messages, temperature: 'hot' as unknown as number }),
    ).rejects.toMatchObject({ constructor: BadRequestError, param: 'temperature' })
  })

  it('narrows the choice with hints and explains it when asked', async () => {
    const headers = { 'x-gateway-tier': 'free', 'x-gateway-explain': '1' }
    const { data, response } = await dev.client.chat.completions
      .create({ model: 'auto', messages }, { headers })
      .withResponse()
    expect(response.headers.get('x-gateway-tier')).toBe('free')
    expect(data).toMatchObject({ gateway: { decision: { outcome: { kind: 'chosen', model: data.model } } } })
  })

  it('prints one line for every request, whose facts are those of the headers', async () => {
    const { response } = await dev.client.chat.completions.create({ model: 'auto', messages }).withResponse()
    const id = response.headers.get('x-request-id') ?? 'none'
    await expect.poll(() => dev.stdout()).toContain(id)
    const lines = dev
      .stdout()
      .split('\n')
      .filter((line) => line.includes(id))
    expect(lines).toHaveLength(1)
    for (const [field, header] of [
      ['model', 'x-gateway-model'],
      ['provider', 'x-gateway-provider'],
      ['tier', 'x-gateway-tier'],
      ['cost_usd', 'x-gateway-cost-usd'],
      ['fallback', 'x-gateway-fallback'],
    ] as const) {
      expect(lines[0]).toContain(`${field}=${response.headers.get(header)}`)
    }
    expect(dev.stdout() + dev.stderr()).not.toContain('\u001b')
  })
})

describe('strangers', () => {
  it('get in neither by name nor from a page, whatever key they bring', async () => {
    const { port } = new URL(dev.url)
    const authorization = `Bearer ${dev.key}`
    const pages = ['https://evil.example', 'null', `http://localhost:${Number(port) + 1}`]
    for (const origin of pages) {
      for (const path of ['/healthz', '/v1/models', '/v1/chat/completions']) {
        const answer = await fetch(dev.url + path, { headers: { origin, authorization } })
        expect(answer.status).toBe(403)
        expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
      }
    }
    for (const path of ['/healthz', '/readyz', '/v1/models', '/nothing'])
      expect(await statusWithHost(`attacker.example:${port}`, path)).toBe(403)
    expect(await statusWithHost(`localhost:${port}`, '/healthz')).toBe(200)
  })

  async function statusWithHost(host: string, path: string): Promise<number | undefined> {
    const sent = request(dev.url + path, { headers: { host, authorization: `Bearer ${dev.key}` } })
    sent.end()
    const [answer]: IncomingMessage[] = await once(sent, 'response')
    answer?.resume()
    return answer?.statusCode
  }
})

describe('a client that leaves', () => {
  it('ends the exchange at once, and the line says so', async () => {
    const slowProject = await devProject()
    const slow = await startDev(slowProject, ['--stream-speed', '0.2'])
    try {
      const stream = await slow.client.chat.completions.create({ model: 'auto', messages, stream: true })
      for await (const part of stream) if (part.choices.length > 0) break
      await expect.poll(() => slow.stdout(), { timeout: 5_000 }).toContain('status=499 code=client_gone')
    } finally {
      await slow.stop()
      await slowProject.remove()
    }
  })
})
