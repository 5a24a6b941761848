import { inactiveProtections } from '../../config/inactive.ts'
import type { TrustProblem } from '../../config/trust.ts'
import { openUserSettings } from '../../config/user-settings.ts'
import { GatewayError } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { projectTrustHash, trustProblems } from '../project/trust.ts'
import { loadProject, type Project } from '../project.ts'
import type { DevOptions } from './options.ts'

/** Loads the project as a live proxy may use it: every protection it asks for is in force, and keys go where they may. */
export async function loadForDev(context: CliContext, options: DevOptions): Promise<Project> {
  const live = callsProviders(options)
  const project = await loadProject(context, { credentials: live ? 'present' : 'declared' })
  refuseInactiveProtections(project)
  const problems = trustProblems(project).filter(({ what }) => what === 'key_set' || live)
  if (problems.length > 0 && !options.trustConfig) await refuseUntrusted(project, context, problems)
  return project
}

/** Whether any request could reach a provider on the network. */
function callsProviders({ upstream, onMiss }: DevOptions): boolean {
  return upstream === null || upstream === 'live' || (upstream === 'recorded' && onMiss === 'live')
}

function refuseInactiveProtections({ config }: Project): void {
  const sections = inactiveProtections(config)
  if (sections.length === 0) return
  const names = sections.map((section) => `"${section}"`).join(', ')
  const are = sections.length === 1 ? 'is' : 'are'
  throw new GatewayError('config_protection_inactive', `${names} ${are} not enforced by this version yet`, {
    hint: 'take the sections out to run without these protections; `replay` and `route` accept them as they are',
  })
}

/** A config that came with a repository may be hostile: unusual targets are confirmed once, before any secret is read. */
async function refuseUntrusted(
  project: Project,
  context: CliContext,
  problems: readonly TrustProblem[],
): Promise<void> {
  const settings = await openUserSettings(context.env)
  if (settings.isTrusted(projectTrustHash(project))) return
  throw new GatewayError('config_untrusted', problems.map(problemText).join('; '), {
    hint: 'check the config, then run `gateway trust`; in CI pass `--trust-config`',
  })
}

function problemText({ provider, what, why }: TrustProblem): string {
  return `${what === 'key_set' ? 'issuer' : 'provider'} "${provider}": ${why}`
}
