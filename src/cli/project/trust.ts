import { trustProblemsOf, type TrustProblem } from '../../config/trust.ts'
import type { Project } from '../project.ts'

/** What the config would send to a host that is not the provider's own. Empty for providers from the environment. */
export function trustProblems(project: Project): readonly TrustProblem[] {
  return project.providersFrom === 'config' ? trustProblemsOf(project.providers) : []
}
