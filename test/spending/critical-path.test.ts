import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createKeyAuthenticator } from '../../src/auth/authenticator.ts'
import { openDevelopmentKey } from '../../src/auth/dev-identity.ts'
import { openBooks, type Books } from '../../src/cli/dev/books.ts'
import { cliAct, openKeyStores } from '../../src/cli/open-store.ts'
import { loadProject } from '../../src/cli/project.ts'
import { stateDir } from '../../src/cli/state-dir.ts'
import type { BudgetRule } from '../../src/engine/routing-config.ts'
import { createPipeline } from '../../src/pipeline/pipeline.ts'
import type { Generation, Pipeline } from '../../src/pipeline/ports.ts'
import { createLiveState } from '../../src/pipeline/state.ts'
import type { AuthPort } from '../../src/proxy/ports.ts'
import { createProxy, type Proxy } from '../../src/proxy/server.ts'
import { answered, matrixOf, ROUTING, row, streamed, USAGE } from '../unit/pipeline/support.ts'

/** Every statement that any connection of this process ran, in order. */
const ran: string[] = []

/** Lets the statements of better-sqlite3 write down that they ran. Gives the way back. */
function countStatements(): () => void {
  const { prototype } = Database
  const before = { prepare: Reflect.get(prototype, 'prepare'), exec: Reflect.get(prototype, 'exec') }
  const original = { prepare: method(prototype, 'prepare'), exec: method(prototype, 'exec') }
  Object.assign(prototype, {
    prepare(this: unknown, sql: string) {
      const statement: object = original.prepare(this, [sql])
      for (const how of ['run', 'get', 'all']) {
        const run = method(statement, how)
        const counted = (...values: unknown[]): unknown => {
          ran.push(sql)
          return run(statement, values)
        }
        Object.assign(statement, { [how]: counted })
      }
      return statement
    },
    exec(this: unknown, sql: string) {
      ran.push(sql)
      return original.exec(this, [sql])
    },
  })
  return () => void Object.assign(prototype, before)
}

type Method = (self: unknown, values: readonly unknown[]) => never

function method(of: object, name: string): Method {
  const found: unknown = Reflect.get(of, name)
  if (typeof found !== 'function') throw new Error(`no method ${name}`)
  return (self, values) => Reflect.apply(found, self, values) as never
}

const budget = (name: string, changes: Partial<BudgetRule>): BudgetRule => ({
  name,
  scope: 'global',
  limitNanoUsd: 1e12,
  window: 'day',
  warnAt: 0.8,
  onExceed: 'block',
  ...changes,
})

const GENERATION: Generation = {
  seed: 1,
  matrix: matrixOf(row('only', 'standard', 'one')),
  routing: {
    ...ROUTING,
    budgets: [
      budget('all', {}),
      budget('key', { scope: 'key', rolling: true }),
      budget('user', { scope: 'user', onExceed: 'downgrade' }),
    ],
    rateLimits: [
      { name: 'often', scope: 'key', requests: { amount: 1_000, perMs: 60_000 } },
      { name: 'much', scope: 'user', tokens: { amount: 1e9, perMs: 60_000 }, concurrent: 10 },
    ],
  },
}

/** What ran while a part of the program was at work, without a wait in between. */
const during = { auth: [] as string[], admission: [] as string[], settling: [] as string[] }

const directory = mkdtempSync(join(tmpdir(), 'gateway-path-'))
const stopCounting = countStatements()
let books: Books
let proxy: Proxy
let url = ''
let key = ''

beforeAll(async () => {
  const project = await loadProject({ cwd: directory, config: undefined, env: {} })
  books = openBooks({ project: () => project, generation: () => GENERATION, warn: () => undefined })
  const stores = openKeyStores(books.connection, directory, () => undefined)
  key = (await openDevelopmentKey(stateDir(directory), stores.keys, cliAct(Date.now()))).key
  proxy = createProxy({
    pipeline: watchedPipeline(),
    auth: watchedAuth(createKeyAuthenticator({ store: stores.keys, tiers: () => GENERATION.routing.tiers })),
    catalog: { models: () => [] },
    readiness: { missing: () => [] },
    onRefusal: () => undefined,
  })
  url = await proxy.listen({ host: '127.0.0.1', port: 0 })
})

afterAll(async () => {
  await proxy.close(0)
  await books.close()
  stopCounting()
  rmSync(directory, { recursive: true, force: true })
})

function watchedAuth(auth: AuthPort): AuthPort {
  return {
    ...auth,
    authenticate(secret, now) {
      ran.length = 0
      const found = auth.authenticate(secret, now)
      during.auth.push(...ran)
      return found
    },
  }
}

/** From the parsed request to the call of the provider nothing waits, so whatever ran in between is this request's. */
function watchedPipeline(): Pipeline {
  const pipeline = createPipeline({
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    upstream: {
      mode: 'live',
      call({ request }) {
        during.admission.push(...ran)
        ran.length = 0
        const end = { kind: 'usage', usage: USAGE } as const
        return Promise.resolve(
          request.stream
            ? streamed([
                { kind: 'start', id: 'a', model: 'm' },
                { kind: 'text', text: 'x' },
                { kind: 'finish', reason: 'stop' },
                end,
              ])
            : answered('x'),
        )
      },
      close: () => Promise.resolve(),
    },
    state: createLiveState(),
    admission: books.gate,
    sinks: [],
    generation: () => GENERATION,
  })
  return {
    decide: (incoming, at) => pipeline.decide(incoming, at),
    run(incoming, signal) {
      ran.length = 0
      return pipeline.run(incoming, signal)
    },
  }
}

async function ask(stream: boolean): Promise<void> {
  during.auth = []
  during.admission = []
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'x-gateway-user': 'ada' },
    body: JSON.stringify({ model: 'auto', stream, messages: [{ role: 'user', content: 'hello' }] }),
  })
  const text = await response.text()
  expect(response.status, text).toBe(200)
  during.settling = [...ran]
}

const WRITES = /^\s*(?:BEGIN|INSERT|UPDATE|DELETE|REPLACE|COMMIT|CREATE|DROP|ALTER|VACUUM)/i

it('the first request of a key and user reads their accounts, and writes nothing before its provider is called', async () => {
  await ask(false)
  expect(during.auth.length).toBeGreaterThan(0)
  // One for each of three budgets, at least.
  expect(during.admission.filter((sql) => /SELECT/i.test(sql)).length).toBeGreaterThanOrEqual(3)
  expect([...during.auth, ...during.admission].filter((sql) => WRITES.test(sql))).toEqual([])
})

it.each([false, true])(
  'every further one reads the version of the store and nothing else (stream: %s)',
  async (stream) => {
    await ask(stream)
    expect(new Set(during.auth)).toEqual(new Set(['PRAGMA data_version']))
    expect(during.admission).toEqual([])
  },
)

it('and its row is written before its last byte', async () => {
  const count = (): number => books.connection.prepare<[], number>('SELECT count(*) FROM attempt').pluck().get() ?? 0
  const before = count()
  await ask(false)
  expect(count()).toBe(before + 1)
  expect(during.settling.some((sql) => /INSERT INTO attempt /i.test(sql))).toBe(true)
  expect(during.settling.filter((sql) => WRITES.test(sql)).length).toBeGreaterThan(0)
})
