import { analyse } from '../engine/analyse.ts'
import { decide } from '../engine/decide.ts'
import { rollOf } from '../engine/roll.ts'
import type { AdmissionPort, Decided, Generation, Incoming, StatePort } from './ports.ts'

/** The synchronous part of an exchange: features, intent, and the decision over the state as it stands. */
export function decideNow(
  ports: { readonly state: StatePort; readonly admission: AdmissionPort },
  exchange: { incoming: Incoming; generation: Generation; at: number },
): Decided {
  const { incoming, generation, at } = exchange
  const snapshot = ports.state.snapshot(incoming, at)
  const budgets = ports.admission.budgets?.(incoming, generation, at) ?? snapshot.budgets
  const { features, intent } = analyse(incoming.request, snapshot.session?.intent ?? null, budgets)
  const learned = ports.state.learned?.({ matrix: generation.matrix, intent: intent.label, now: at })
  const state = { ...snapshot, ...learned, budgets }
  const roll = rollOf(generation.seed, incoming.exchangeId)
  const decision = decide({
    asked: incoming.asked,
    rights: incoming.rights,
    features,
    intent,
    config: generation.routing,
    matrix: generation.matrix,
    state,
    seed: generation.seed,
    roll,
    now: at,
  })
  return { decision, state, roll }
}
