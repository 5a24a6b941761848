import type { CandidateSummary, ExitCode, ExitReason, RunExit } from './types.ts'

/** Highest first. An interrupted run has no verdict, so it comes before everything a verdict could say. */
const PRECEDENCE: readonly ExitCode[] = [2, 70, 130, 143, 3, 1, 4]

/** The exit code of one reason. Below `allowed`, bad lines and upstream errors are only reported. */
export function exitCodeOf(reason: ExitReason): ExitCode {
  switch (reason.code) {
    case 'usage_error':
      return 2
    case 'internal_error':
      return 70
    case 'interrupted':
      return reason.signal === 'SIGINT' ? 130 : 143
    case 'fixture_errors':
    case 'upstream_errors':
      return reason.count > reason.allowed ? 3 : 0
    case 'spend_cap':
    case 'fixture_missing':
    case 'not_routable':
    case 'budget_refused':
      return 3
    case 'gate_failed':
      return 1
    case 'gate_undecided':
      return 4
  }
}

/** 2 > 70 > 130/143 > 3 > 1 > 4 > 0, with the reasons in that order. `exitZero` reports them and still exits 0. */
export function runExit(reasons: readonly ExitReason[], exitZero = false): RunExit {
  const rank = (reason: ExitReason): number => {
    const at = PRECEDENCE.indexOf(exitCodeOf(reason))
    return at === -1 ? PRECEDENCE.length : at
  }
  const ordered = reasons.toSorted((a, b) => rank(a) - rank(b))
  const [first] = ordered
  return { code: first === undefined || exitZero ? 0 : exitCodeOf(first), reasons: ordered }
}

/** What the gates alone say. */
export function gateReasons(candidates: readonly Pick<CandidateSummary, 'name' | 'gates'>[]): ExitReason[] {
  return candidates.flatMap(({ name, gates }) =>
    gates.flatMap((gate): ExitReason[] => {
      if (gate.exit === 1) return [{ code: 'gate_failed', candidate: name, gate: gate.label }]
      return gate.exit === 4 ? [{ code: 'gate_undecided', candidate: name, gate: gate.label }] : []
    }),
  )
}
