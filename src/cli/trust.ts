import type { Command } from 'commander'
import { cliContext } from './context.ts'

/** `gateway trust`: confirm where a config sends keys and prompts. */
export function addTrustCommand(program: Command): void {
  program
    .command('trust')
    .summary('confirm where a config sends keys')
    .description('Show which keys the config would send where, and remember your consent for exactly that.')
    .option('--yes', 'do not ask')
    .action(async (options: { yes?: boolean }, command: Command) => {
      const { runTrust } = await import('./trust/run.ts')
      process.exitCode = await runTrust(cliContext(command), options.yes ?? false)
    })
}
