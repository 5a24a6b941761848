import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { secretsOfEnvironment } from '../../guardrails/known-values.ts'
import { onlyAdmitted } from '../../pipeline/admission/ticket.ts'
import type { Clock, UpstreamPort } from '../../pipeline/ports.ts'
import { parseChaos } from '../../upstream/chaos-spec.ts'
import { ChaosUpstream } from '../../upstream/chaos.ts'
import type { AnswerLookup, CredentialNotice, ProviderSettings, RecordedLookup } from '../../upstream/ports.ts'
import { RecordedUpstream } from '../../upstream/recorded.ts'
import { createUpstream } from '../../upstream/registry.ts'
import { realSleep } from '../../upstream/sleep.ts'
import { logRedactor } from '../../telemetry/redact.ts'
import { GatewayError } from '../../wire/errors.ts'
import { resolveProviders, type Project } from '../project.ts'
import type { DevOptions } from './options.ts'
import type { OpenedLookup } from './recorded-lookup.ts'

export interface UpstreamSetup {
  readonly project: Project
  readonly options: DevOptions
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly clock: Clock
  readonly warn: (text: string) => void
}

export interface OpenedUpstream {
  readonly port: UpstreamPort
  /** Keys that are in use, for redaction. */
  readonly secrets: readonly string[]
}

const BUNDLED_FIXTURES = fileURLToPath(new URL('../../../fixtures/', import.meta.url))

/**
 * The upstream that the options ask for: providers, recordings or simulation, with chaos around it. Nobody in the program
 * holds it without the guard, which lets only admitted attempts through.
 */
export async function openUpstream(setup: UpstreamSetup): Promise<OpenedUpstream> {
  const { port, secrets } = await disturbedUpstream(setup)
  return { port: onlyAdmitted(port), secrets }
}

async function disturbedUpstream(setup: UpstreamSetup): Promise<OpenedUpstream> {
  const { options } = setup
  const { port, secrets } = await chosenUpstream(setup)
  if (options.chaos === null) return { port, secrets }
  const rules = parseChaos(options.chaos)
  return { port: new ChaosUpstream(port, { rules, seed: options.seed, sleep: realSleep }), secrets }
}

async function chosenUpstream(setup: UpstreamSetup): Promise<OpenedUpstream> {
  const { options, project } = setup
  switch (options.upstream ?? (project.providersFrom === 'bundled' ? 'simulated' : 'live')) {
    case 'live':
      return liveUpstream(setup)
    case 'simulated':
      return {
        port: opening('simulated', async () => simulatedUpstream(setup, await knownAnswers(setup))),
        secrets: [],
      }
    case 'recorded':
      return recordedUpstream(setup)
  }
}

function liveUpstream(setup: UpstreamSetup): OpenedUpstream {
  const { project, env, warn } = setup
  const settings = resolveProviders(project, env, warn)
  const simulated = settings.some(({ kind }) => kind === 'simulated')
  const port = registry(setup, settings, null)
  if (simulated && settings.every(({ kind }) => kind === 'simulated')) return { port, secrets: [] }
  return { port, secrets: settings.flatMap(({ apiKeys }) => apiKeys) }
}

/** Every declared provider, played by a simulated one of the same name. */
function simulatedUpstream(setup: UpstreamSetup, answers: AnswerLookup | null): UpstreamPort {
  const settings = setup.project.providers.map(({ name, timeouts, maxConcurrency }): ProviderSettings => ({
    name,
    kind: 'simulated',
    baseUrl: '',
    quirks: null,
    apiKeys: [],
    timeouts,
    maxConcurrency,
  }))
  return registry(setup, settings, answers)
}

async function recordedUpstream(setup: UpstreamSetup): Promise<OpenedUpstream> {
  const { options } = setup
  const lookup = await openLookup(setup)
  if (lookup.problems > 0)
    setup.warn(`${lookup.problems} lines of the fixtures could not be used; see \`gateway fixtures check\``)
  const recorded = new RecordedUpstream({ lookup, streamSpeed: options.streamSpeed, sleep: realSleep })
  switch (options.onMiss) {
    case 'error':
      return { port: recorded, secrets: [] }
    case 'simulated':
      return { port: orElse(recorded, simulatedUpstream(setup, null)), secrets: [] }
    case 'live': {
      const live = liveUpstream(setup)
      return { port: orElse(recorded, live.port), secrets: live.secrets }
    }
  }
}

function registry(
  { options, clock, warn, env }: UpstreamSetup,
  settings: readonly ProviderSettings[],
  answers: AnswerLookup | null,
): UpstreamPort {
  return createUpstream(settings, {
    clock,
    seed: options.seed,
    streamSpeed: options.streamSpeed,
    onCredential: (notice) => warn(credentialText(notice)),
    redact: logRedactor([...secretsOfEnvironment(env), ...settings.flatMap(({ apiKeys }) => apiKeys)]),
    ...(answers === null ? {} : { answers }),
  })
}

/** Asks `first`; what it has no answer for goes to `second`. */
function orElse(first: UpstreamPort, second: UpstreamPort): UpstreamPort {
  return {
    mode: first.mode,
    async call(call) {
      const result = await first.call(call)
      return result.kind === 'missing' ? second.call(call) : result
    },
    async close() {
      await Promise.all([first.close(), second.close()])
    },
  }
}

/** `--fixtures`, else those of the config, else `fixtures/` of the project, else the bundled ones. */
async function openLookup({ options, project, cwd }: UpstreamSetup): Promise<OpenedLookup> {
  const { openRecordedLookup } = await import('./recorded-lookup.ts')
  if (options.fixtures.length > 0) return openRecordedLookup(options.fixtures, cwd)
  const configured = project.config.replay?.fixtures ?? []
  if (configured.length > 0) return openRecordedLookup(configured, project.dir)
  const own = join(project.dir, 'fixtures')
  return openRecordedLookup([existsSync(own) ? own : BUNDLED_FIXTURES], cwd)
}

/** A simulated model says what the same model said on record, when it was asked the same. Without recordings it makes do. */
async function knownAnswers(setup: UpstreamSetup): Promise<AnswerLookup | null> {
  try {
    const lookup = await openLookup(setup)
    return (request, model) => known(lookup.find(request, model))
  } catch (error) {
    if (error instanceof GatewayError) return null
    throw error
  }
}

/** Soon after the start, so that the first call does not pay for it. */
const OPEN_AHEAD_MS = 200

/** Opens an upstream beside the start of the proxy, which need not wait for it; calls do. */
function opening(mode: UpstreamPort['mode'], open: () => Promise<UpstreamPort>): UpstreamPort {
  let opened: Promise<UpstreamPort> | undefined
  const port = (): Promise<UpstreamPort> => (opened ??= open())
  const ahead = setTimeout(() => void port().catch(() => undefined), OPEN_AHEAD_MS)
  return {
    mode,
    call: async (call) => (await port()).call(call),
    async close() {
      clearTimeout(ahead)
      if (opened !== undefined) await (await opened).close()
    },
  }
}

function known(found: ReturnType<RecordedLookup['find']>): ReturnType<AnswerLookup> {
  if (found.kind !== 'hit') return null
  const { blocks, finish, usage } = found.answer
  const texts = blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []))
  if (texts.length !== blocks.length || finish === null) return null
  return { text: texts.join(''), finish, usage }
}

function credentialText({ provider, keyIndex, reason, pausedMs }: CredentialNotice): string {
  const why = { rate_limited: 'is rate limited', auth: 'was refused', quota: 'has no quota left' }[reason]
  return `key ${keyIndex + 1} of provider "${provider}" ${why}; not used for ${Math.ceil(pausedMs / 1000)} s`
}
