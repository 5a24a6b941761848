import type { ConfigProblem } from '../../config/problem.ts'
import type { ValidatedConfig } from '../../config/validate.ts'

/** What only the replay room can see in the gates: metrics that do not exist, limits that make no sense for them. */
export async function gateProblems(validated: ValidatedConfig): Promise<readonly ConfigProblem[]> {
  const gates = validated.config?.replay?.gates ?? []
  if (gates.length === 0) return []
  const { readGates } = await import('../../replay/gates/read-gate.ts')
  const { problems } = readGates(gates.map((object) => ({ object })))
  return problems.map(({ index, path, message }) => {
    const at = ['replay', 'gates', index]
    return {
      code: 'config_bad_value',
      severity: 'error',
      message: `gate ${index + 1}: ${message}`,
      note: undefined,
      fix: undefined,
      file: validated.source.file,
      place: (path === '' ? undefined : validated.source.place([...at, path])) ?? validated.source.place(at),
    }
  })
}
