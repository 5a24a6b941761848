import { secretsOfEnvironment } from '../../guardrails/known-values.ts'
import { openAdmission, spendCap } from '../../pipeline/admission/spend-cap.ts'
import { createPipeline, type PipelinePorts } from '../../pipeline/pipeline.ts'
import type { AdmissionPort, Clock, Generation, Pipeline, StatePort } from '../../pipeline/ports.ts'
import { createLiveState } from '../../pipeline/state.ts'
import type { DecideAgain } from '../../replay/recorder/build-fixture.ts'
import type { Project } from '../project.ts'
import { busSink, observed, type DevBus } from './bus.ts'
import type { DevOptions } from './options.ts'
import { openRecording, type Recording } from './recording.ts'
import type { SettingsHolder } from './settings.ts'
import { swappableUpstream, type SwappableUpstream } from './swappable-upstream.ts'
import { openUpstream, type OpenedUpstream } from './upstream.ts'

export interface SessionSetup {
  readonly project: Project
  readonly options: DevOptions
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Told of things that matter, whenever they happen. */
  readonly warn: (text: string) => void
}

export interface PortsSetup extends SessionSetup {
  readonly bus: DevBus
  readonly settings: SettingsHolder
  /** Rate limits, budgets and ledger. */
  readonly gate: AdmissionPort
  /** Our own key, which must never get into a recording. */
  readonly ownKey: string
}

/** The pipeline of a live proxy with what has to be replaced or closed later. */
export interface SessionPorts {
  readonly pipeline: Pipeline
  readonly upstream: SwappableUpstream
  readonly recording: Recording | null
  readonly secrets: Set<string>
  /** Opens the providers of a project. */
  readonly prepare: (project: Project) => Promise<OpenedUpstream>
}

const liveClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Builds the real ports of the pipeline: providers, the wall clock, live state, the recorder. */
export async function openPorts(setup: PortsSetup): Promise<SessionPorts> {
  const { project, options, bus, settings } = setup
  const prepare = (next: Project): Promise<OpenedUpstream> =>
    openUpstream({ ...setup, project: next, clock: liveClock })
  const opened = await prepare(project)
  const secrets = new Set([setup.ownKey, ...opened.secrets, ...secretsOfEnvironment(setup.env)])
  const upstream = swappableUpstream(opened.port)
  const generation = (): Generation => settings.current().generation
  const { gate } = setup
  const admission = options.maxSpendNanoUsd === null ? gate : spendCap(options.maxSpendNanoUsd, gate)
  const common = { clock: liveClock, upstream, admission, generation }
  const recording = await openRecording({ ...setup, secrets: [...secrets], decideAgain: deciderOf(common) })
  const sinks = recording === null ? [busSink(bus)] : [recording.sink, busSink(bus)]
  const pipeline = createPipeline({ ...common, state: createLiveState(), sinks })
  return { pipeline: observed(pipeline, bus, () => liveClock.now()), upstream, recording, secrets, prepare }
}

/** Decides over a given snapshot, through the same pipeline that decided first. */
function deciderOf(ports: Omit<PipelinePorts, 'state' | 'sinks'>): DecideAgain {
  return (incoming, snapshot, now) => {
    const state: StatePort = { snapshot: () => snapshot, sessionAdvanced: () => undefined }
    return createPipeline({ ...ports, admission: openAdmission(), state, sinks: [] }).decide(incoming, now).decision
  }
}
