import {
  declaredKeySets,
  keySetProblemsOf,
  trustHash,
  trustProblemsOf,
  type DeclaredKeySet,
  type TrustProblem,
} from '../../config/trust.ts'
import type { Project } from '../project.ts'

/** What the config would send to a host that is not the provider's own, and whom it asks for keys of issuers. */
export function trustProblems(project: Project): readonly TrustProblem[] {
  const providers = project.providersFrom === 'config' ? trustProblemsOf(project.providers) : []
  return [...providers, ...keySetProblemsOf(projectKeySets(project))]
}

/** Hosts that are asked for the public keys of issuers. */
export function projectKeySets({ config }: Project): readonly DeclaredKeySet[] {
  return declaredKeySets(config)
}

/** Names exactly what would be confirmed. */
export function projectTrustHash(project: Project): string {
  return trustHash(project.providers, project.dir, projectKeySets(project))
}
