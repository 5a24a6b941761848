import { closestNames } from '../../engine/eligibility/closest-names.ts'
import type { LatencyProfile, Matrix, ModelRow, Target } from '../../engine/matrix.ts'
import { targetKey, type StateSnapshot, type TargetHealth } from '../../engine/state.ts'
import { GatewayError } from '../../wire/errors.ts'

/**
 * The state with assumptions applied: `<name>=down`, `<name>=429`, `<name>=p95:9s`. The name is a model, or a provider
 * for all its models (latency: a model only).
 */
export function assume(state: StateSnapshot, matrix: Matrix, assumptions: readonly string[]): StateSnapshot {
  return assumptions.reduce((so, text) => applyOne(so, matrix, text), state)
}

function applyOne(state: StateSnapshot, matrix: Matrix, text: string): StateSnapshot {
  const at = text.lastIndexOf('=')
  const [name, what] = [text.slice(0, at), text.slice(at + 1)]
  if (at <= 0) throw misunderstood(text)
  const latency = /^p95:(\d+(?:\.\d+)?)(ms|s)$/.exec(what)
  if (latency !== null) {
    const row = matrix.rows.find((candidate) => candidate.id === name)
    if (row === undefined) throw unknownName(name, matrix)
    const p95 = Number(latency[1]) * (latency[2] === 's' ? 1000 : 1)
    return { ...state, latency: { ...state.latency, [row.id]: slowed(state.latency[row.id] ?? row.latency, p95) } }
  }
  if (what !== 'down' && what !== '429') throw misunderstood(text)
  const targets = targetsOf(name, matrix)
  if (targets.length === 0) throw unknownName(name, matrix)
  const health: TargetHealth =
    what === 'down'
      ? { state: 'down', retryAt: null, reason: 'assumed' }
      : { state: 'rate_limited', retryAt: null, reason: 'assumed' }
  const assumed = Object.fromEntries(
    targets.map(({ provider, upstreamModel }) => [targetKey(provider, upstreamModel), health]),
  )
  return { ...state, health: { ...state.health, ...assumed } }
}

function targetsOf(name: string, { rows }: Matrix): readonly Target[] {
  const row = rows.find((candidate: ModelRow) => candidate.id === name)
  if (row !== undefined) return row.targets
  return rows.flatMap((candidate) => candidate.targets.filter((target) => target.provider === name))
}

/** The first token as late as assumed; its median and the rest keep their proportion where they are known. */
function slowed(known: LatencyProfile | null, p95: number): LatencyProfile {
  const factor = known === null || known.firstTokenP95Ms === 0 ? 1 : p95 / known.firstTokenP95Ms
  return {
    firstTokenP50Ms: known === null ? p95 : Math.min(p95, known.firstTokenP50Ms * factor),
    firstTokenP95Ms: p95,
    perTokenP50Ms: known?.perTokenP50Ms ?? 0,
    perTokenP95Ms: known?.perTokenP95Ms ?? 0,
    // The user says so, hence limits bind it.
    source: 'user',
  }
}

function misunderstood(text: string): GatewayError {
  return new GatewayError('usage_error', `--assume does not understand "${text}"`, {
    hint: 'write <model>=down, <model>=429 or <model>=p95:9s',
  })
}

function unknownName(name: string, { rows }: Matrix): GatewayError {
  const providers = rows.flatMap((row) => row.targets.map((target) => target.provider))
  const closest = closestNames(name, [...new Set([...rows.map((row) => row.id), ...providers])])
  return new GatewayError('usage_error', `--assume: no model or provider is called "${name}"`, {
    hint:
      closest.length === 0
        ? '`gateway models list` shows the names'
        : `did you mean ${closest.map((other) => `"${other}"`).join(', ')}?`,
  })
}
