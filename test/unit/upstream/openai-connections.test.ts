import { describe, expect, it } from 'vitest'
import { OpenAiUpstream } from '../../../src/upstream/openai.ts'
import { makeCall, realClock, scriptedSocket, settings, wholeAnswer } from './support.ts'

describe('connections that fail', () => {
  async function callSocket(script: Parameters<typeof scriptedSocket>[0]) {
    const server = await scriptedSocket(script)
    const upstream = new OpenAiUpstream(settings(server.baseUrl), { clock: realClock })
    try {
      return await upstream.call(makeCall())
    } finally {
      await upstream.close()
      await server.close()
    }
  }

  it('refused', async () => {
    const gone = await scriptedSocket(() => undefined)
    await gone.close()
    const upstream = new OpenAiUpstream(settings(gone.baseUrl), { clock: realClock })
    const result = await upstream.call(makeCall())
    await upstream.close()
    expect(result).toMatchObject({
      kind: 'failed',
      failure: 'connect',
      status: null,
      message: 'the connection was refused',
      uncalled: true,
    })
  })

  it('a host that does not exist', async () => {
    const upstream = new OpenAiUpstream(settings('http://no-such-host.invalid/v1'), { clock: realClock })
    const result = await upstream.call(makeCall())
    await upstream.close()
    expect(result).toMatchObject({ failure: 'connect', status: null, uncalled: true })
  })

  it('reset before the answer', async () => {
    const result = await callSocket((socket) => socket.once('data', () => socket.resetAndDestroy()))
    expect(result).toMatchObject({ failure: 'connect', status: null })
  })

  it('an answer that is no HTTP', async () => {
    const result = await callSocket((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n\r\n')))
    expect(result).toMatchObject({ failure: 'malformed', status: null })
  })

  it('a pooled connection that the provider closes is a failure of its own: nothing is sent twice', async () => {
    let posts = 0
    const server = await scriptedSocket((socket) => {
      socket.on('data', (data) => {
        if (!data.toString('latin1').startsWith('POST ')) return
        posts += 1
        // The provider has read the request, and may bill it.
        if (posts === 2) return void socket.resetAndDestroy()
        const body = JSON.stringify(wholeAnswer('hi'))
        const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`
        socket.write(`${head}\r\n\r\n${body}`)
      })
    })
    const upstream = new OpenAiUpstream(settings(server.baseUrl, { maxConcurrency: 1 }), { clock: realClock })
    expect((await upstream.call(makeCall())).kind).toBe('answer')
    const second = await upstream.call(makeCall())
    expect(second).toMatchObject({ kind: 'failed', failure: 'connect' })
    expect(second).not.toHaveProperty('uncalled')
    expect(posts).toBe(2)
    expect((await upstream.call(makeCall())).kind).toBe('answer')
    await upstream.close()
    await server.close()
  })

  it('an address that must never be called is refused before any connection', () => {
    for (const host of ['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]', '0xa9fea9fe', '100.100.100.200']) {
      expect(() => new OpenAiUpstream(settings(`http://${host}/v1`), { clock: realClock })).toThrow('may not be called')
    }
  })
})
