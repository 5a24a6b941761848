import { join } from 'node:path'
import { createAuthenticator, DEVELOPMENT_PRINCIPAL, openAuthenticator } from '../../auth/authenticator.ts'
import { loadDevKey, type DevKey } from '../../auth/dev-key.ts'
import { keyDigest } from '../../auth/key-format.ts'
import { secretsOfEnvironment } from '../../guardrails/known-values.ts'
import { openAdmission, spendCap } from '../../pipeline/admission.ts'
import { createPipeline, type PipelinePorts } from '../../pipeline/pipeline.ts'
import type { Clock, Generation, StatePort } from '../../pipeline/ports.ts'
import { createLiveState } from '../../pipeline/state.ts'
import type { AuthPort } from '../../proxy/ports.ts'
import { createProxy, type Proxy } from '../../proxy/server.ts'
import type { DecideAgain } from '../../replay/recorder/build-fixture.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { Project } from '../project.ts'
import { busSink, createBus, observed, type DevBus } from './bus.ts'
import { catalogOf, isCallable } from './catalog.ts'
import { localHosts } from './local-hosts.ts'
import { isLoopback, type DevOptions } from './options.ts'
import { openRecording } from './recording.ts'
import { holdSettings, type SettingsHolder } from './settings.ts'
import type { DevStatus } from './status.ts'
import { swappableUpstream } from './swappable-upstream.ts'
import { createTotals } from './totals.ts'
import { openUpstream, type OpenedUpstream } from './upstream.ts'

export interface DevSession {
  readonly url: string
  readonly key: DevKey
  readonly bus: DevBus
  readonly settings: SettingsHolder
  /** Everything that must never be printed. */
  secrets(): readonly string[]
  status(): DevStatus
  /** Opens the providers of a changed config beside the present ones. */
  prepare(project: Project): Promise<OpenedUpstream>
  /** Puts a changed config in force, whole: routing, catalogue and providers. */
  replace(project: Project, upstream: OpenedUpstream): void
  /** Stops taking requests, waits for the running ones, closes everything. */
  close(graceMs: number): Promise<void>
}

export interface SessionSetup {
  readonly project: Project
  readonly options: DevOptions
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Told of things that matter before anybody listens to the bus. */
  readonly warn: (text: string) => void
}

const liveClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Builds the real ports of the pipeline and opens the server. */
export async function openSession(setup: SessionSetup): Promise<DevSession> {
  const { project, options } = setup
  const key = await loadDevKey(join(project.dir, '.gateway'))
  const auth = authOf(project, options, key)
  const bus = createBus()
  const totals = createTotals()
  bus.subscribe((event) => totals.count(event))
  const settings = holdSettings(project, options.seed)
  const prepare = (next: Project): Promise<OpenedUpstream> =>
    openUpstream({ ...setup, project: next, clock: liveClock })
  const opened = await prepare(project)
  const secrets = new Set([key.key, ...opened.secrets, ...secretsOfEnvironment(setup.env)])
  const upstream = swappableUpstream(opened.port)
  const generation = (): Generation => settings.current().generation
  const admission = options.maxSpendNanoUsd === null ? openAdmission() : spendCap(options.maxSpendNanoUsd)
  const common = { clock: liveClock, upstream, admission, generation }
  const decideAgain = deciderOf(common)
  const recording = await openRecording({ ...setup, secrets: [...secrets], decideAgain })
  const sinks = recording === null ? [busSink(bus)] : [recording.sink, busSink(bus)]
  const pipeline = createPipeline({ ...common, state: createLiveState(), sinks })
  const proxy = createProxy({
    pipeline: observed(pipeline, bus, () => liveClock.now()),
    auth,
    catalog: catalogOf(generation),
    readiness: { missing: () => missingParts(generation()) },
    onRefusal: (refusal) => bus.emit({ kind: 'refused', refusal }),
    allowedHosts: [...localHosts(options.host), ...options.allowedHosts],
    allowedOrigins: options.allowedOrigins,
  })
  const url = await listenOrClose(proxy, options, [upstream, recording])
  return {
    url,
    key,
    bus,
    settings,
    secrets: () => [...secrets],
    prepare,
    replace(next, { port, secrets: more }) {
      for (const secret of more) secrets.add(secret)
      upstream.swap(port)
      settings.accept(next)
    },
    status: () => ({
      url,
      config: configStatus(settings),
      upstream: upstream.mode,
      keyRequired: keyRequired(project),
      recording: recording?.status() ?? null,
      maxSpendNanoUsd: options.maxSpendNanoUsd,
      inFlight: proxy.inFlight(),
      totals: totals.totals(),
    }),
    async close(graceMs) {
      await proxy.close(graceMs)
      await upstream.close()
      await recording?.close()
    },
  }
}

/** Decides over a given snapshot, through the same pipeline that decided first. */
function deciderOf(ports: Omit<PipelinePorts, 'state' | 'sinks'>): DecideAgain {
  return (incoming, snapshot, now) => {
    const state: StatePort = { snapshot: () => snapshot, sessionAdvanced: () => undefined }
    return createPipeline({ ...ports, state, sinks: [] }).decide(incoming, now).decision
  }
}

/** A port that is taken must not leave connections or files open behind the error. */
async function listenOrClose(
  proxy: Proxy,
  { host, port }: DevOptions,
  rest: readonly ({ close(): Promise<void> } | null)[],
): Promise<string> {
  try {
    return await proxy.listen({ host, port })
  } catch (error) {
    for (const part of rest) await part?.close()
    throw error
  }
}

function authOf(project: Project, options: DevOptions, { key }: DevKey): AuthPort {
  if (keyRequired(project)) return createAuthenticator([{ digest: keyDigest(key), principal: DEVELOPMENT_PRINCIPAL }])
  if (isLoopback(options.host)) return openAuthenticator()
  throw new GatewayError(
    'usage_error',
    `without keys the proxy only listens on this machine, not on "${options.host}"`,
    {
      hint: 'remove `auth.required: false` from the config, or leave out `--host`',
    },
  )
}

function keyRequired({ config }: Project): boolean {
  return config.auth?.required !== false
}

function missingParts({ matrix }: Generation): readonly string[] {
  return matrix.rows.some((row) => isCallable(row)) ? [] : ['provider']
}

function configStatus(settings: SettingsHolder): DevStatus['config'] {
  const { project, rejected } = settings.current()
  return { file: project.file, hash: project.configHash, rejected }
}
