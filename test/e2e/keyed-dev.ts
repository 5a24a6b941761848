import { connect } from 'node:net'
import { afterAll, beforeAll, expect } from 'vitest'
import { devProject, runGateway, startDev, type DevProject, type RunningDev } from './dev-process.ts'

const CONFIG = `version: 1
providers: { sim: { kind: simulated } }
models:
  cheap: { provider: sim, tier: free, price: { input: 0, output: 0 } }
  plain: { provider: sim, tier: standard, price: { input: 1, output: 2 } }
  dear: { provider: sim, tier: premium, price: { input: 10, output: 20 } }
aliases: { pair: { models: [cheap, dear] } }
`

export interface Answer {
  readonly status: number
  readonly code: string | undefined
  readonly text: string
  readonly headers: Headers
}

export interface NewKey {
  readonly alias: string
  readonly secret: string
}

export interface KeyedDev {
  readonly project: DevProject
  readonly dev: RunningDev
  /** Every secret that `newKey` handed out. */
  readonly issued: readonly string[]
  readonly chat: (
    headers: Readonly<Record<string, string>>,
    body?: Readonly<Record<string, unknown>>,
  ) => Promise<Answer>
  readonly ask: (path: string, init?: RequestInit) => Promise<Answer>
  /** Runs `gateway keys` in a process of its own, beside the running proxy, and gives what it printed. */
  readonly keys: (...args: readonly string[]) => Promise<string>
  readonly newKey: (...options: readonly string[]) => Promise<NewKey>
  /** The audit log as the command line shows it. */
  readonly tail: () => Promise<string>
  /** Sends bytes as they are and waits for the end of the connection. */
  readonly raw: (text: string) => Promise<string>
}

export const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })

/** One `gateway dev` over simulated models for all tests of a file. */
export function keyedDev(): KeyedDev {
  let opened: { readonly project: DevProject; readonly dev: RunningDev } | undefined
  const issued: string[] = []
  const here = (): { readonly project: DevProject; readonly dev: RunningDev } => {
    if (opened === undefined) throw new Error('not started yet')
    return opened
  }
  beforeAll(async () => {
    const project = await devProject(CONFIG)
    opened = { project, dev: await startDev(project, ['--stream-speed', '0']) }
  }, 60_000)
  afterAll(async () => {
    await here().dev.stop()
    await here().project.remove()
  })

  async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${here().dev.url}${path}`, init)
    const text = await response.text()
    return { status: response.status, code: /"code":"([a-z_]+)"/.exec(text)?.[1], text, headers: response.headers }
  }

  async function keys(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await runGateway(here().project, ['keys', ...args])
    expect(stderr, args.join(' ')).not.toContain('error')
    expect(code).toBe(0)
    return stdout.trim()
  }

  return {
    get project() {
      return here().project
    },
    get dev() {
      return here().dev
    },
    issued,
    ask,
    keys,
    chat(headers, body = {}) {
      const messages = [{ role: 'user', content: 'hi' }]
      return ask('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'cheap', messages, ...body }),
      })
    },
    async newKey(...options) {
      const alias = `key-${issued.length + 1}`
      const secret = await keys('create', '--alias', alias, '--quiet', ...options)
      issued.push(secret)
      return { alias, secret }
    },
    tail: async () => (await runGateway(here().project, ['audit', 'tail', '-n', '1000'])).stdout,
    raw: (text) => rawExchange(Number(new URL(here().dev.url).port), text),
  }
}

function rawExchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (piece) => (answer += String(piece)))
    socket.once('close', () => resolve(answer))
    socket.once('error', (error) => (answer === '' ? reject(error) : resolve(answer)))
    socket.write(text)
  })
}
