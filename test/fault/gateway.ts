import { setTimeout as delay } from 'node:timers/promises'
import { openAuthenticator } from '../../src/auth/authenticator.ts'
import type { ExchangeRecord } from '../../src/engine/record.ts'
import { openAdmission } from '../../src/pipeline/admission/spend-cap.ts'
import { createPipeline } from '../../src/pipeline/pipeline.ts'
import type { Clock } from '../../src/pipeline/ports.ts'
import { createLiveState } from '../../src/pipeline/state.ts'
import { createProxy } from '../../src/proxy/server.ts'
import type { ProviderSettings } from '../../src/upstream/ports.ts'
import { createUpstream } from '../../src/upstream/registry.ts'
import type { Speech } from './speech.ts'
import { matrixOf, ROUTING, row } from '../unit/pipeline/support.ts'

/** Limits of the suite: short, so that what stands still is found out soon. */
export const LIMITS = { connectMs: 2_000, firstTokenMs: 1_000, idleMs: 600, totalMs: 1_500, deadlineMs: 4_000 }

export interface Provider {
  readonly name: string
  readonly url: string
  readonly keys: readonly string[]
  readonly kind: Speech['kind']
}

export interface Gateway {
  readonly url: string
  readonly records: readonly ExchangeRecord[]
  /** What was thrown though nothing should throw it. */
  readonly bugs: readonly unknown[]
  close(): Promise<void>
}

const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** The real proxy, pipeline and adapters over the given providers; the first is the cheapest and so the choice. */
export async function openGateway(providers: readonly Provider[]): Promise<Gateway> {
  const records: ExchangeRecord[] = []
  const bugs: unknown[] = []
  const upstream = createUpstream(
    providers.map((provider) => settingsOf(provider)),
    { clock, seed: 1 },
  )
  const matrix = matrixOf(...providers.map(({ name }, index) => row(`m-${name}`, 'standard', name, 100 * (index + 1))))
  const failover = { ...ROUTING.failover, deadlineMs: LIMITS.deadlineMs }
  const pipeline = createPipeline({
    clock,
    upstream,
    state: createLiveState(),
    admission: openAdmission(),
    sinks: [{ accept: (record) => void records.push(record) }],
    generation: () => ({ routing: { ...ROUTING, failover }, matrix, seed: 1 }),
  })
  const proxy = createProxy({
    pipeline,
    auth: openAuthenticator(),
    catalog: { models: () => [] },
    readiness: { missing: () => [] },
    onRefusal: () => undefined,
    onBug: (bug) => void bugs.push(bug),
  })
  const url = await proxy.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    records,
    bugs,
    async close() {
      await proxy.close(0)
      await upstream.close()
    },
  }
}

function settingsOf({ name, url, keys, kind }: Provider): ProviderSettings {
  const { connectMs, firstTokenMs, idleMs, totalMs } = LIMITS
  return {
    name,
    kind,
    baseUrl: url,
    quirks: null,
    apiKeys: keys,
    timeouts: { connectMs, firstTokenMs, idleMs, totalMs },
    maxConcurrency: 8,
  }
}

/** Looks again and again until it holds; false when it does not within a time that only a real fault takes. */
export async function eventually(holds: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < 3_000; waited += 20) {
    if (holds()) return true
    await delay(20)
  }
  return holds()
}
