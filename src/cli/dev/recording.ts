import { createHash, randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { Matrix } from '../../engine/matrix.ts'
import { createRedactor } from '../../guardrails/redactor.ts'
import type { RecordSink } from '../../pipeline/ports.ts'
import type { DecideAgain } from '../../replay/recorder/build-fixture.ts'
import { createRecorder, type RecorderStats } from '../../replay/recorder/recorder.ts'
import { canonicalJson } from '../../wire/json.ts'
import type { Project } from '../project.ts'
import type { DevOptions } from './options.ts'
import type { RecordingStatus } from './status.ts'

export interface RecordingSetup {
  readonly options: DevOptions
  readonly project: Project
  readonly cwd: string
  readonly secrets: readonly string[]
  /** Decides the redacted request again, to see whether redaction changes the route. */
  readonly decideAgain: DecideAgain
}

export interface Recording {
  readonly sink: RecordSink
  status(): RecordingStatus
  close(): Promise<void>
}

/** Opens the fixture file of `--record`; null when recording is off. */
export async function openRecording(setup: RecordingSetup): Promise<Recording | null> {
  const { mode, file, sample, profile } = setup.options.record
  if (mode === 'off') return null
  const { project, secrets, decideAgain } = setup
  const salt = await localSalt(join(project.dir, '.gateway'))
  const path = resolve(setup.cwd, file)
  const recorder = await createRecorder({
    file: path,
    run: randomBytes(4).toString('hex'),
    mode,
    sample,
    redactor: createRedactor({ knownValues: secrets, profile, salt }),
    salt,
    decideAgain,
    catalogHash: project.matrix.hash,
    pricesHash: pricesHash(project.matrix),
    createdAt: new Date().toISOString(),
  })
  return {
    sink: recorder,
    status: () => ({ mode, file: relative(setup.cwd, path), ...countsOf(recorder.stats()) }),
    close: () => recorder.close(),
  }
}

function countsOf({ recorded, dropped }: RecorderStats): Pick<RecordingStatus, 'written' | 'dropped'> {
  return { written: recorded, dropped: dropped.leak + dropped.overflow + dropped.failed }
}

/** Keeps hashed user and project names stable on this machine and unguessable elsewhere. */
export async function localSalt(stateDir: string): Promise<string> {
  const file = join(stateDir, 'salt')
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(aside, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 })
  try {
    // The first of several starters wins, and nobody reads half a salt.
    await link(aside, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await rm(aside, { force: true })
  }
  return readFile(file, 'utf8')
}

function pricesHash(matrix: Matrix): string {
  const prices = matrix.rows.map(({ id, prices: list }) => [id, list])
  return createHash('sha256').update(canonicalJson(prices)).digest('hex').slice(0, 12)
}
