import { relative } from 'node:path'
import { usdText } from '../../engine/record-facts.ts'
import type { CliContext } from '../context.ts'
import { isLoopback, type DevOptions } from './options.ts'
import type { DevSession } from './session.ts'
import type { DevStatus } from './status.ts'

/** The lines of the start, on stderr. The last one is the signal for scripts: the port answers. */
export function announce(context: CliContext, session: DevSession, options: DevOptions): void {
  const status = session.status()
  const facts: [string, string][] = [
    ['config', configText(context, status)],
    ['upstream', upstreamText(session, options, status.upstream)],
    ['key', keyText(context, session, status)],
  ]
  if (!isLoopback(options.host)) facts.push(['listen', `${options.host}: other machines can reach this proxy`])
  if (status.recording !== null) facts.push(['record', `${status.recording.mode} to ${status.recording.file}`])
  if (status.maxSpendNanoUsd !== null) facts.push(['spend', `at most $${usdText(status.maxSpendNanoUsd)}`])
  if (options.chaos !== null) facts.push(['chaos', options.chaos])
  context.note(`gateway dev  ${status.url}/v1  pid ${process.pid}`)
  for (const [name, text] of facts) context.note(`  ${name.padEnd(9)} ${text}`)
  context.note(`ready url=${status.url}`)
}

function configText({ cwd }: CliContext, { config }: DevStatus): string {
  if (config.file === null) return `bundled defaults ${config.hash.slice(0, 6)}`
  return `${relative(cwd, config.file) || config.file} ${config.hash.slice(0, 6)}`
}

function upstreamText(session: DevSession, { upstream }: DevOptions, mode: DevStatus['upstream']): string {
  const { project } = session.settings.current()
  if (mode === 'simulated' && upstream === null)
    return 'simulated, as no provider is configured; set OPENAI_API_KEY or write a config to call real ones'
  const names = project.providers.map(({ name }) => name).join(', ')
  return mode === 'live' ? `live: ${names}` : mode
}

/** A new key is shown once; later only where it lies. */
function keyText({ cwd }: CliContext, { key }: DevSession, { keyRequired }: DevStatus): string {
  if (!keyRequired) return 'not required (auth.required: false)'
  const file = relative(cwd, key.file) || key.file
  switch (key.origin) {
    case 'found':
      return `in ${file}`
    case 'made':
      return `${key.key}  (new, kept in ${file})`
    case 'replaced':
      return `${key.key}  (the one in ${file} could not be trusted and was replaced)`
    case 'revoked':
      return `${key.key}  (new, as the last one was revoked; kept in ${file})`
    case 'expired':
      return `${key.key}  (new, as the last one has expired; kept in ${file})`
    case 'unknown':
      return `${key.key}  (new, as the one in ${file} is not the one of the store; kept there)`
  }
}
