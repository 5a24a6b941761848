import { canonicalJson } from '../wire/json.ts'
import { baseUrlFault } from './base-url.ts'
import { checkAuth } from './checks-auth.ts'
import type { Cursor } from './cursor.ts'
import { checkTwice } from './checks-routing.ts'
import { checkSpending } from './checks-spending.ts'
import { checkIntents, checkModelName, checkName, type KnownNames } from './known-names.ts'
import type { Report } from './report.ts'

const GATE_LIMITS = ['max_increase', 'max', 'min', 'non_inferior']

/** Names and combinations in budgets, canaries, guardrails, auth, telemetry and replay. */
export function checkSections(root: Cursor, names: KnownNames, report: Report): void {
  checkSpending(root, names, report)
  checkCanaries(root, names, report)
  checkGates(root, names, report)
  checkIntents(root.at('guardrails', 'output', 'grounding', 'when', 'intent'), report)
  checkAuth(root, names, report)
  const endpoint = root.at('telemetry', 'otlp', 'endpoint')
  const fault = endpoint.text() === undefined ? undefined : baseUrlFault(endpoint.text() ?? '')
  if (fault !== undefined)
    report.add({ code: 'config_bad_value', path: endpoint.path, message: `telemetry.otlp.endpoint: ${fault}` })
}

function checkCanaries(root: Cursor, names: KnownNames, report: Report): void {
  const canaries = root.at('canaries').items()
  checkTwice(
    canaries.map((canary) => canary.at('name')),
    'canary',
    report,
  )
  for (const canary of canaries) {
    const where = `in canary "${canary.at('name').text() ?? ''}"`
    checkModelName(canary.at('baseline'), where, names, report)
    checkModelName(canary.at('candidate'), where, names, report)
    checkIntents(canary.at('when', 'intent'), report)
    if (canary.at('candidate').text() !== canary.at('baseline').text() || !canary.at('candidate').exists) continue
    report.add({
      code: 'config_conflict',
      path: canary.at('candidate').path,
      message: `baseline and candidate are the same model ${where}`,
      fix: 'name two models',
    })
  }
}

function checkGates(root: Cursor, names: KnownNames, report: Report): void {
  const seen = new Map<string, number>()
  for (const [index, gate] of root.at('replay', 'gates').items().entries()) {
    checkIntents(gate.at('where', 'intent'), report)
    for (const tier of gate.at('where', 'tier').items()) {
      checkName(tier, names.tiers, { what: 'tier', where: `in gate ${index + 1}` }, report)
    }
    for (const model of gate.at('where', 'model').items()) checkModelName(model, `in gate ${index + 1}`, names, report)
    checkGateLimit(gate, index, report)
    const metric = gate.at('metric').text()
    if (metric === undefined) continue
    const key = `${metric} ${canonicalJson(sliceOf(gate))}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, index)
    else {
      report.add({
        code: 'config_duplicate',
        path: gate.at('metric').path,
        message: `gate ${index + 1} is about the same metric and slice as gate ${first + 1}: "${metric}"`,
        fix: 'merge the two, or give one a "where"',
      })
    }
  }
}

/** `where` with single texts as lists, so that `intent: math` and `intent: [math]` are the same slice. */
function sliceOf(gate: Cursor): Record<string, readonly string[]> {
  const slice: Record<string, readonly string[]> = {}
  for (const [key, member] of gate.at('where').entries()) {
    slice[key] = member
      .items()
      .flatMap((item) => item.text() ?? [])
      .sort()
  }
  return slice
}

function checkGateLimit(gate: Cursor, index: number, report: Report): void {
  if (GATE_LIMITS.some((key) => gate.at(key).exists)) return
  report.add({
    code: 'config_conflict',
    path: gate.path,
    message: `gate ${index + 1} (${gate.at('metric').text() ?? 'no metric'}) has no limit`,
    fix: `add one of ${GATE_LIMITS.join(', ')}`,
  })
}
