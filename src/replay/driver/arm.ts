import type { Decision } from '../../engine/decision.ts'
import { createPipeline } from '../../pipeline/pipeline.ts'
import type { Generation, Incoming, Pipeline } from '../../pipeline/ports.ts'
import { createReplayState, type ReplayState } from '../../pipeline/state.ts'
import type { ResponseStore } from '../ports.ts'
import type { BudgetUse } from '../summary/budget-types.ts'
import type { ArmRow, Fixture } from '../types.ts'
import { rowOf } from './arm-row.ts'
import { drainingBudgets, type DrainingBudgets } from './draining.ts'
import type { LatencyEstimate } from './evidence.ts'
import { budgetsThatMoved } from './moved-by-budget.ts'
import { recordedAttempts } from './recorded-attempts.ts'
import { createReplayUpstream, type InFlight } from './replay-upstream.ts'
import { markOf } from './recorded-mark.ts'
import { VirtualTime } from './virtual-time.ts'
import { wholeReply, type WholeReply } from './whole-reply.ts'

/** What an arm did on one fixture, before scoring. */
export interface ArmOutcome {
  readonly row: Omit<ArmRow, 'metrics' | 'scores'>
  /** Null for the recorded arm of a fixture without a decision. */
  readonly decision: Decision | null
  readonly flight: InFlight
}

export interface Arm {
  readonly label: string
  /** The decision alone, without running the exchange; null for the recorded arm. */
  plan(incoming: Incoming, fixture: Fixture): Decision | null
  /** Starts the exchange at the fixture's time. `settled` resolves when the virtual clock has passed its end. */
  arrive(incoming: Incoming, flight: InFlight): Promise<{ readonly settled: Promise<ArmOutcome> }>
  /** Lets everything in flight come to its end. */
  finish(): Promise<void>
  spending(): ArmSpending
}

/** What an arm spent so far. The recorded arm has no budgets of its own. */
export interface ArmSpending {
  readonly budgets: readonly BudgetUse[]
  /** Fixtures recorded under the arm's very config, and those of them before which its balances were others than then. */
  readonly compared: number
  readonly differing: number
}

interface ConfigArmSetup {
  readonly label: string
  readonly generation: Generation
  readonly latency: LatencyEstimate
  readonly store: ResponseStore | null
}

/** A run stops between two fixtures and brings what is in flight to its end: no client of a replay ever leaves. */
const NEVER = new AbortController().signal

/** An arm that decides: the live pipeline on recorded ports and a virtual clock of its own. */
export function configArm(setup: ConfigArmSetup): Arm {
  const time = new VirtualTime()
  const recorded = createReplayState()
  const attempts = recordedAttempts()
  const state = { ...recorded, callable: attempts.callable, attemptStarts: attempts.attemptStarts }
  const budgets = drainingBudgets(setup.generation)
  const flights = new Map<string, InFlight>()
  const upstream = createReplayUpstream({ time, flights, store: setup.store, latency: setup.latency })
  const pipeline = createPipeline({
    clock: time,
    upstream,
    state,
    admission: budgets,
    sinks: [],
    sleep: (ms) => time.wait(ms),
    generation: () => setup.generation,
  })
  return {
    label: setup.label,
    plan: (incoming, fixture) => planOnly({ pipeline, state, budgets }, incoming, fixture),
    async arrive(incoming, flight) {
      const { fixture } = flight
      await time.advanceTo(fixture.ctx.now, markOf(fixture, fixture.ctx.step))
      recorded.recorded(incoming, fixture.ctx.state)
      attempts.recorded(incoming, fixture)
      budgets.recorded(incoming, fixture)
      flights.set(incoming.requestId, flight)
      const settled = pipeline.run(incoming, NEVER).then(async (reply) => {
        const over = await wholeReply(reply)
        flights.delete(incoming.requestId)
        noteBudgets(budgets, over)
        return { row: rowOf(over, flight), decision: over.record.decision, flight }
      })
      return { settled }
    },
    finish: () => time.drain(),
    spending: () => ({ budgets: budgets.book.uses(), ...budgets.likeness() }),
  }
}

interface PlanRun {
  readonly pipeline: Pipeline
  readonly state: ReplayState
  readonly budgets: DrainingBudgets
}

/**
 * The session still moves on and budgets still drain when nothing is answered, so that later fixtures see the model that
 * was planned and what it would have cost.
 */
function planOnly(run: PlanRun, incoming: Incoming, fixture: Fixture): Decision {
  run.state.recorded(incoming, fixture.ctx.state)
  run.budgets.recorded(incoming, fixture)
  const decided = run.pipeline.decide(incoming, fixture.ctx.now)
  const { decision } = decided
  run.budgets.spend(incoming, decided, fixture.ctx.now)
  if (decision.outcome.kind === 'chosen') {
    run.state.sessionAdvanced({
      sessionId: incoming.sessionId,
      model: decision.outcome.model,
      intent: decision.intent.label,
      prefixTokens: decision.features.inputTokens,
      promptCaching: false,
      at: fixture.ctx.now,
    })
  }
  return decision
}

function noteBudgets({ book }: DrainingBudgets, { record, code, budget }: WholeReply): void {
  book.downgraded(budgetsThatMoved(record.decision))
  if (code === 'budget_exceeded' && budget !== null) book.refused(budget)
}
