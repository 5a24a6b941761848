import { openUserSettings } from '../../config/user-settings.ts'
import { ERROR_FACES } from '../../wire/errors.ts'
import type { CliContext } from '../context.ts'
import { loadProject, type Project } from '../project.ts'
import { projectKeySets, projectTrustHash, trustProblems } from '../project/trust.ts'

/** Shows everything that would leave the machine, asks, remembers. Returns the exit code. No secret is read. */
export async function runTrust(context: CliContext, yes: boolean): Promise<number> {
  const project = await loadProject(context)
  const problems = trustProblems(project)
  const settings = await openUserSettings(context.env)
  const hash = projectTrustHash(project)
  const known = settings.isTrusted(hash)
  if (context.json) {
    if (yes) settings.trust(hash, project.dir)
    context.out(
      JSON.stringify({ file: project.file, hash, trusted: known || yes || problems.length === 0, problems }, null, 2),
    )
    return known || yes || problems.length === 0 ? 0 : ERROR_FACES.config_untrusted.exitCode
  }
  context.out(outboundLines(project).join('\n'))
  if (problems.length === 0) {
    context.out('Nothing unusual: every key goes to its own provider, so no confirmation is needed.')
    return 0
  }
  for (const problem of problems) context.out(`  ! ${problem.why}`)
  if (known) {
    context.out(`You confirmed this before (${hash}).`)
    return 0
  }
  if (!yes && !(context.input && (await ask('Send these there from now on? [y/N] ')))) {
    context.fail(context.input ? 'not confirmed; nothing was remembered' : 'not confirmed: nobody to ask; pass --yes')
    return ERROR_FACES.config_untrusted.exitCode
  }
  settings.trust(hash, project.dir)
  context.out(`Confirmed and remembered (${hash}) until a host, a key or a provider changes.`)
  context.note('next: gateway dev')
  return 0
}

/** A yes/no question on stderr; anything but yes is no. */
async function ask(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim())
  } finally {
    terminal.close()
  }
}

function outboundLines(project: Project): string[] {
  const lines = project.providers.map(({ name, kind, baseUrl, keyReferences }) => {
    const keys = keyReferences.length === 0 ? 'no key' : keyReferences.join(', ')
    return kind === 'simulated' ? `  ${name}  stays on this machine` : `  ${name}  ${keys} -> ${baseUrl}`
  })
  const keySets = projectKeySets(project).map(({ issuer, url }) => `  ${issuer}  public keys <- ${url}`)
  return [`${project.file ?? 'Without a config'}: what goes where`, ...lines, ...keySets]
}
