import { setImmediate } from 'node:timers/promises'
import type { FixtureSet } from '../../replay/fixtures/fixture-set.ts'
import { trackProgress } from '../../report/view/replay-progress.ts'
import type { FinishedRun, ReplaySource, ReplayState } from '../../report/view/replay-source.ts'
import type { CliContext } from '../context.ts'
import type { ReplayPlan } from './command.ts'
import type { Interrupt } from './interrupt.ts'
import type { RunObserver } from './observer.ts'
import type { RunResult } from './output.ts'
import { answerTexts } from './texts.ts'

/** Runs a replay behind the view: its progress, then what it found, until the user leaves. */
export async function runWithView(
  plan: ReplayPlan,
  interrupt: Interrupt,
  run: (observer: RunObserver) => Promise<RunResult>,
): Promise<RunResult> {
  const live = new LiveRun(plan, interrupt)
  const { runReplayView } = await import('../../tui/replay-view.ts')
  const left = new AbortController()
  const view = runReplayView(live.source, viewOptions(plan.context, left.signal, interrupt))
  try {
    const result = await run(live.observer)
    live.finish(finishedRun(result, plan.set))
    // An interrupted run has been stopped by the user already; nobody is there to look at it.
    if (interrupt.caught() !== null) left.abort()
    await view
    return result
  } catch (error) {
    left.abort()
    await view
    throw error
  }
}

/** Shows a stored run. */
export async function showStored(context: CliContext, result: RunResult, set: FixtureSet | null): Promise<void> {
  const state: ReplayState = { kind: 'finished', run: finishedRun(result, set) }
  const source: ReplaySource = { subscribe: () => () => undefined, state: () => state, control: null }
  const { runReplayView } = await import('../../tui/replay-view.ts')
  const { color, ascii, screenReader } = context
  await runReplayView(source, { color, ascii, screenReader, signal: new AbortController().signal })
}

function viewOptions({ color, ascii, screenReader }: CliContext, signal: AbortSignal, interrupt: Interrupt) {
  return { color, ascii, screenReader, signal, interrupt: () => interrupt.press() }
}

function finishedRun({ summary, rows }: RunResult, set: FixtureSet | null): FinishedRun {
  return {
    summary,
    pairs: (candidate) => rows[candidate] ?? [],
    pair: (candidate, index) => Promise.resolve(rows[candidate]?.[index] ?? null),
    texts: (row) => (set === null ? Promise.resolve({ baseline: null, candidate: null }) : answerTexts(set, row)),
  }
}

class LiveRun {
  readonly source: ReplaySource
  readonly observer: RunObserver
  #finished: FinishedRun | null = null
  #resume: (() => void) | null = null
  #paused: Promise<void> | null = null
  readonly #listeners = new Set<() => void>()

  constructor({ setup, set, options }: ReplayPlan, interrupt: Interrupt) {
    const tracker = trackProgress(
      {
        candidates: setup.candidates.map(({ name }) => name),
        baseline: setup.baseline.label,
        fixtures: set.exchanges,
        seed: options.seed,
        mode: options.plan === true ? 'plan' : 'full',
      },
      () => performance.now(),
    )
    const stop = (): void => {
      this.#pause(false)
      interrupt.stop()
    }
    this.source = {
      subscribe: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      state: () =>
        this.#finished === null
          ? { kind: 'running', progress: tracker.snapshot() }
          : { kind: 'finished', run: this.#finished },
      control: {
        pause: (paused) => {
          tracker.setPaused(paused)
          this.#pause(paused)
        },
        stop,
        abort: () => {
          this.#pause(false)
          interrupt.press()
        },
      },
    }
    this.observer = {
      rows: (rows) => {
        tracker.add(rows)
        this.#changed()
      },
      gate: async () => {
        await (this.#paused ?? setImmediate())
      },
    }
  }

  finish(run: FinishedRun): void {
    this.#finished = run
    this.#changed()
  }

  #pause(paused: boolean): void {
    if (paused && this.#paused === null) {
      this.#paused = new Promise((resolve) => {
        this.#resume = resolve
      })
    }
    if (!paused) {
      this.#resume?.()
      this.#paused = null
    }
    this.#changed()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
