import { describe, expect, it } from 'vitest'
import { UpstreamStreamError } from '../../../src/engine/upstream-error.ts'
import { OpenAiUpstream } from '../../../src/upstream/openai.ts'
import {
  callScript,
  collect,
  delta,
  events,
  makeCall,
  realClock,
  ROLE,
  scriptedServer,
  settings,
  startStream,
  STOP,
  streamCall,
  textOf,
  type Script,
} from './support.ts'

/** Longer than a test may take: only what is tested can end the call. */
const PATIENT = { connectMs: 1_000, firstTokenMs: 60_000, idleMs: 60_000, totalMs: 60_000 }
const SHORT = { ...PATIENT, firstTokenMs: 80 }

/** Sends the texts with a pause between them; `end` says what happens after the last. */
function paced(texts: readonly string[], end: 'end' | 'destroy' | 'hang'): Script {
  return async (response) => {
    startStream(response)
    for (const text of texts) {
      response.write(text)
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
    if (end === 'end') response.end()
    if (end === 'destroy') response.destroy()
  }
}

describe('a stream of a provider', () => {
  it('comes through part by part with its payloads', async () => {
    const usage = { id: 'c1', choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } }
    const chunks = [ROLE, delta({ content: 'Hel' }), delta({ content: 'lo' }), STOP, usage]
    const { result, parts } = await callScript(
      paced([...chunks.map((one) => events(one)), events('[DONE]')], 'end'),
      streamCall(),
    )
    expect(result).toMatchObject({ kind: 'stream', status: 200, injected: false })
    expect(textOf(parts)).toBe('Hello')
    expect(Array.isArray(parts) ? parts.map(({ raw }) => raw) : parts).toEqual(chunks.map((one) => JSON.stringify(one)))
  })

  it('may cut a character and an event anywhere', async () => {
    const bytes = Buffer.from(`\uFEFF${events(ROLE, delta({ content: 'grüße 😀' }), STOP)}`)
    const script: Script = async (response) => {
      startStream(response)
      for (const byte of bytes) {
        response.write(Buffer.of(byte))
        await new Promise((resolve) => setImmediate(resolve))
      }
      response.end()
    }
    expect(textOf((await callScript(script, streamCall())).parts)).toBe('grüße 😀')
  })

  it('needs no [DONE] and no last blank line, but a finish reason', async () => {
    const text = events(ROLE, delta({ content: 'a' }), STOP)
    expect(textOf((await callScript(paced([text.trimEnd()], 'end'), streamCall())).parts)).toBe('a')
  })

  it('may be full of comments', async () => {
    const text = `: OPENROUTER PROCESSING\n\n${events(ROLE)}: keep-alive\n\n${events(delta({ content: 'a' }), STOP)}`
    expect(textOf((await callScript(paced([text], 'end'), streamCall())).parts)).toBe('a')
  })

  it('leaves its connection open for the next call', async () => {
    const server = await scriptedServer(paced([events(ROLE, delta({ content: 'a' }), STOP, '[DONE]')], 'end'))
    const upstream = new OpenAiUpstream(settings(server.baseUrl, { maxConcurrency: 1 }), { clock: realClock })
    for (let count = 0; count < 3; count += 1) {
      const result = await upstream.call(streamCall())
      expect(textOf(result.kind === 'stream' ? await collect(result) : null)).toBe('a')
    }
    expect(server.connections()).toBe(1)
    await upstream.close()
    await server.close()
  })
})

describe('a stream that fails before its first content', () => {
  it.each([
    ['nothing at all', paced([], 'end'), 'empty'],
    ['[DONE] alone', paced([events('[DONE]')], 'end'), 'empty'],
    ['comments alone', paced([': hi\n\n'], 'end'), 'empty'],
    ['a finish without content', paced([events(ROLE, STOP, '[DONE]')], 'end'), 'empty'],
    ['a role and then a cut', paced([events(ROLE)], 'destroy'), 'cut_mid_stream'],
    ['a role and then the end', paced([events(ROLE)], 'end'), 'cut_mid_stream'],
    [
      'an error',
      paced([events(ROLE, { error: { message: 'm', code: 'rate_limit_exceeded' } })], 'end'),
      'rate_limited',
    ],
    ['an error event', paced([`event: error\n${events({ message: 'm' })}`], 'end'), 'server_error'],
    ['an event that is no JSON', paced([events('{"choices":[')], 'end'), 'malformed'],
    ['an event cut in the middle', paced(['data: {"choices":['], 'end'), 'cut_mid_stream'],
  ] satisfies [string, Script, string][])('%s can go to another provider', async (_, script, failure) => {
    const { result } = await callScript(script, streamCall())
    expect(result).toMatchObject({ kind: 'failed', status: 200, failure })
  })

  it('stalls before its headers', async () => {
    const { result } = await callScript(() => undefined, streamCall(), { settings: { timeouts: SHORT } })
    expect(result).toMatchObject({ failure: 'timeout_first_token', status: null, message: 'no content within 80 ms' })
  })

  it('stalls after its headers, also when it keeps sending comments', async () => {
    const script: Script = (response) => {
      startStream(response)
      response.write(events(ROLE))
      const timer = setInterval(() => response.write(': keep-alive\n\n'), 10)
      response.on('close', () => clearInterval(timer))
    }
    const { result } = await callScript(script, streamCall(), {
      settings: { timeouts: { ...PATIENT, firstTokenMs: 600 } },
    })
    expect(result).toMatchObject({ failure: 'timeout_first_token', status: 200 })
  })

  it('is bounded by the deadline of the exchange as well', async () => {
    const { result } = await callScript(() => undefined, streamCall({ firstTokenWithinMs: 60 }))
    expect(result).toMatchObject({ failure: 'timeout_first_token', message: 'no content within 60 ms' })
    const whole = await callScript(() => undefined, makeCall({ firstTokenWithinMs: 60 }))
    expect(whole.result).toMatchObject({ failure: 'timeout_first_token' })
  })

  it('holds an event that is larger than we read', async () => {
    const script: Script = (response) => {
      startStream(response)
      response.write('data: ')
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1_048_576, 97)));
      }
      response.on('drain', more)
      more()
    }
    const { result } = await callScript(script, streamCall())
    expect(result).toMatchObject({ failure: 'malformed', status: 200 })
  })

  it('does not keep its connection when it is given up', async () => {
    const server = await scriptedServer(paced([events(ROLE, STOP)], 'hang'))
    const upstream = new OpenAiUpstream(settings(server.baseUrl, { timeouts: PATIENT }), { clock: realClock })
    expect(await upstream.call(streamCall({ firstTokenWithinMs: 60_000 }))).toMatchObject({ failure: 'empty' })
    await expect(server.closed).resolves.toBeUndefined()
    await upstream.close()
    await server.close()
  })

  it('counts as content when it was cut by the output limit', async () => {
    const { parts } = await callScript(paced([events(ROLE, delta({}, 'length'))], 'end'), streamCall())
    expect(parts).toMatchObject([{ kind: 'start' }, { kind: 'finish', reason: 'length' }])
  })
})

describe('a stream that fails after its first content', () => {
  const head = events(ROLE, delta({ content: 'a' }))

  it.each([
    ['is cut', paced([head], 'destroy'), 'cut_mid_stream'],
    ['ends without a finish reason', paced([head], 'end'), 'cut_mid_stream'],
    ['ends with [DONE] but no finish reason', paced([head, events('[DONE]')], 'end'), 'cut_mid_stream'],
    ['reports an error', paced([head, events({ error: { message: 'm' } })], 'end'), 'server_error'],
    ['reports an error as finish reason', paced([head, events(delta({}, 'error'))], 'end'), 'server_error'],
    ['sends what is no JSON', paced([head, events('oops')], 'end'), 'malformed'],
  ] satisfies [string, Script, string][])('%s: its parts throw', async (_, script, failure) => {
    const { result, parts } = await callScript(script, streamCall())
    expect(result.kind).toBe('stream')
    expect(parts).toBeInstanceOf(UpstreamStreamError)
    expect(parts).toMatchObject({ failure })
  })

  it('stands still', async () => {
    const { parts } = await callScript(paced([head], 'hang'), streamCall(), {
      settings: { timeouts: { ...PATIENT, idleMs: 80 } },
    })
    expect(parts).toMatchObject({ failure: 'timeout_idle', message: 'the stream stood still for 80 ms' })
  })

  it('never ends', async () => {
    const script: Script = (response) => {
      startStream(response)
      response.write(head)
      const timer = setInterval(() => response.write(events(delta({ content: 'b' }))), 10)
      response.on('close', () => clearInterval(timer))
    }
    const timeouts = { ...PATIENT, totalMs: 1_000 }
    const { parts } = await callScript(script, streamCall(), { settings: { timeouts } })
    expect(parts).toMatchObject({ failure: 'timeout_total' })
  })

  it('is not taken for dead while its reader is slow', async () => {
    const server = await scriptedServer(paced([head, events(delta({ content: 'b' }), STOP, '[DONE]')], 'end'))
    const upstream = new OpenAiUpstream(settings(server.baseUrl, { timeouts: { ...PATIENT, idleMs: 400 } }), {
      clock: realClock,
    })
    const result = await upstream.call(streamCall())
    if (result.kind !== 'stream') throw new Error(`got ${result.kind}`)
    let text = ''
    for await (const part of result.parts) {
      if (part.kind === 'text') text += part.text
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    expect(text).toBe('ab')
    await upstream.close()
    await server.close()
  })
})

describe('a client that leaves', () => {
  const endless: Script = (response) => {
    startStream(response)
    response.write(events(ROLE, delta({ content: 'a' })))
  }

  async function abortDuring(script: Script, given: { stream: boolean }) {
    const server = await scriptedServer(script)
    const upstream = new OpenAiUpstream(settings(server.baseUrl, { timeouts: PATIENT }), { clock: realClock })
    const controller = new AbortController()
    const pending = upstream.call(
      given.stream ? streamCall({ signal: controller.signal }) : makeCall({ signal: controller.signal }),
    )
    while (server.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    return {
      server,
      pending,
      abort: () => controller.abort(),
      end: async () => {
        await upstream.close()
        await server.close()
      },
    }
  }

  it.each([
    ['before the headers', () => undefined, true],
    ['before the headers of a whole answer', () => undefined, false],
    [
      'before the first content',
      (response) => {
        startStream(response)
        response.write(events(ROLE))
      },
      true,
    ],
  ] satisfies [string, Script, boolean][])('%s closes the upstream connection', async (_, script, stream) => {
    const { server, pending, abort, end } = await abortDuring(script, { stream })
    await new Promise((resolve) => setTimeout(resolve, 20))
    abort()
    expect(await pending).toMatchObject({ kind: 'failed', failure: 'aborted' })
    await expect(server.closed).resolves.toBeUndefined()
    await end()
  })

  it('in the middle of the stream closes the upstream connection', async () => {
    const { server, pending, abort, end } = await abortDuring(endless, { stream: true })
    const result = await pending
    if (result.kind !== 'stream') throw new Error(`got ${result.kind}`)
    const reading = collect(result)
    abort()
    expect(await reading).toMatchObject({ failure: 'aborted' })
    await expect(server.closed).resolves.toBeUndefined()
    await end()
  })

  it('by not reading on closes the upstream connection', async () => {
    const { server, pending, end } = await abortDuring(endless, { stream: true })
    const result = await pending
    if (result.kind !== 'stream') throw new Error(`got ${result.kind}`)
    for await (const part of result.parts) if (part.kind === 'text') break
    await expect(server.closed).resolves.toBeUndefined()
    await end()
  })

  it('before reading anything closes the upstream connection', async () => {
    const { server, pending, end } = await abortDuring(endless, { stream: true })
    const result = await pending
    if (result.kind !== 'stream') throw new Error(`got ${result.kind}`)
    await result.parts[Symbol.asyncIterator]().return?.()
    await expect(server.closed).resolves.toBeUndefined()
    await end()
  })

  it('before the call is not called for at all', async () => {
    const { result, server } = await callScript(endless, streamCall({ signal: AbortSignal.abort() }))
    expect(result).toMatchObject({ failure: 'aborted' })
    expect(server.seen).toHaveLength(0)
  })
})
