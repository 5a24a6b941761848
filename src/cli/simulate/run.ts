import { rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import { openAuthenticator } from '../../auth/authenticator.ts'
import { EMPTY_STATE } from '../../engine/state.ts'
import { openAdmission } from '../../pipeline/admission/spend-cap.ts'
import { createPipeline } from '../../pipeline/pipeline.ts'
import type { Clock, Incoming, Pipeline, StatePort, UpstreamPort } from '../../pipeline/ports.ts'
import { createProxy } from '../../proxy/server.ts'
import { logRedactor } from '../../telemetry/redact.ts'
import { parseChaos, type ChaosRule } from '../../upstream/chaos-spec.ts'
import { ChaosUpstream, drawFaults } from '../../upstream/chaos.ts'
import { SimulatedUpstream } from '../../upstream/simulated/simulated.ts'
import { realSleep } from '../../upstream/sleep.ts'
import type { CliContext } from '../context.ts'
import { bugText } from '../bug-text.ts'
import { busSink, createBus, type DevBus } from '../dev/bus.ts'
import { localHosts } from '../dev/local-hosts.ts'
import { devOptions, type DevOptions, type RawDevOptions } from '../dev/options.ts'
import { attachPlainLog } from '../dev/plain-log.ts'
import { stopSignals } from '../dev/signals.ts'
import { breakBytes, socketFault } from './broken-bytes.ts'
import { generationFor, SIMULATED } from './generation.ts'
import { asProvider } from './provider-error.ts'

/** As commander hands them over: the options of `dev` that a provider has too. */
export type RawSimulateOptions = Pick<
  RawDevOptions,
  'port' | 'host' | 'allowRemote' | 'allowHost' | 'allowOrigin' | 'streamSpeed' | 'chaos' | 'seed' | 'portFile'
>

/** How long answers under way may take after a stop was asked for. */
const GRACE_MS = 1_000

const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** A provider remembers nothing, so that each request meets the faults that the seed has for it. */
const FORGETFUL: StatePort = { snapshot: () => EMPTY_STATE, sessionAdvanced: () => undefined }

/** Runs `gateway simulate` until it is told to stop. Returns the exit code. */
export async function runSimulate(context: CliContext, raw: RawSimulateOptions): Promise<number> {
  const options = devOptions({ ...raw, record: 'off' }, [], context)
  const bus = createBus()
  const style = { json: context.json, redact: logRedactor([]) }
  const line = (text: string): void => context.out(text)
  const note = (text: string): void => context.note(text)
  const detach = attachPlainLog(bus, { style, line, note })
  const proxy = proxyOf(options, bus)
  const portFile = options.portFile === null ? null : resolve(context.cwd, options.portFile)
  const stop = stopSignals()
  try {
    const url = await proxy.listen(options)
    if (portFile !== null) await writeFile(portFile, `${new URL(url).port}\n`)
    announce(context, url, options)
    await stop.stopped
    return 0
  } finally {
    await proxy.close(GRACE_MS)
    if (portFile !== null) await rm(portFile, { force: true })
    detach()
    stop.dispose()
  }
}

function proxyOf(options: DevOptions, bus: DevBus): ReturnType<typeof createProxy> {
  const responses = new Map<string, ServerResponse>()
  return createProxy({
    pipeline: pipelineOf(options, { bus, responses }),
    onAccepted: (requestId, response) => {
      responses.set(requestId, response)
      response.once('close', () => responses.delete(requestId))
    },
    auth: openAuthenticator(),
    catalog: { models: () => [{ id: SIMULATED, ownedBy: SIMULATED, created: 0 }] },
    readiness: { missing: () => [] },
    onRefusal: (refusal) => bus.emit({ kind: 'refused', refusal }),
    onBug: (bug, requestId) => bus.emit({ kind: 'notice', text: `bug in ${requestId}: ${bugText(bug, 'first')}` }),
    allowedHosts: [...localHosts(options.host), ...options.allowedHosts],
    allowedOrigins: options.allowedOrigins,
  })
}

interface Surroundings {
  readonly bus: DevBus
  /** Answers under way, by the id of their request. */
  readonly responses: ReadonlyMap<string, ServerResponse>
}

/** The pipeline of the gateway over a matrix that holds the one model each request asks for. */
function pipelineOf(options: DevOptions, { bus, responses }: Surroundings): Pipeline {
  const { seed } = options
  const rules = options.chaos === null ? [] : parseChaos(options.chaos)
  const onSocket = rules.filter(({ fault }) => socketFault([fault]) !== null)
  const common = {
    clock,
    upstream: upstreamOf(
      options,
      rules.filter((rule) => !onSocket.includes(rule)),
    ),
    state: FORGETFUL,
    admission: openAdmission(),
    sinks: [busSink(bus)],
  }
  const over = (incoming: Incoming): Pipeline =>
    createPipeline({ ...common, generation: () => generationFor(incoming, seed) })
  return {
    decide: (incoming, at) => over(incoming).decide(incoming, at),
    run: async (incoming, signal) => {
      const { exchangeId, asked, requestId } = incoming
      const fault = socketFault(
        drawFaults({ rules: onSocket, seed }, { exchangeId, attempt: 0, models: [asked.model] }),
      )
      const response = responses.get(requestId)
      if (fault !== null && response !== undefined) {
        // The log below tells of the answer as it was before this.
        bus.emit({ kind: 'notice', text: `${fault} on the connection of ${requestId}` })
        breakBytes(response, fault)
      }
      return asProvider(await over(incoming).run(incoming, signal))
    },
  }
}

function upstreamOf({ seed, streamSpeed }: DevOptions, rules: readonly ChaosRule[]): UpstreamPort {
  const simulated = new SimulatedUpstream({ seed, speed: streamSpeed, sleep: realSleep })
  return rules.length === 0 ? simulated : new ChaosUpstream(simulated, { rules, seed, sleep: realSleep })
}

/** On stderr, like the start of `dev`; the last line is the signal for scripts. */
function announce(context: CliContext, url: string, { chaos }: DevOptions): void {
  context.note(`gateway simulate  ${url}/v1  pid ${process.pid}`)
  context.note('  formats   OpenAI and Anthropic under /v1, Gemini under /v1beta; any model, any key')
  if (chaos !== null) context.note(`  chaos     ${chaos}`)
  context.note(`ready url=${url}`)
}
