import type { Command } from 'commander'
import { cliContext } from './context.ts'
import type { SpendOptions } from './spend/options.ts'

/** `gateway spend`: who spent what. */
export function addSpendCommand(program: Command): void {
  program
    .command('spend')
    .summary('who spent what, on which models')
    .description('Calls, tokens and cost from the ledger of this project, exact, also while a proxy runs.')
    .option(
      '--by <names>',
      'split by user, project, key, alias, group, tag, model, tier, provider, intent, endpoint, day or month; several with commas',
      'model',
    )
    .option('--since <time>', '`7d`, `24h`, `2026-08-01` or a time in ISO 8601, UTC')
    .option('--until <time>', 'the same; a day counts whole')
    .option('--key <key>', 'only this key, by id or alias')
    .option('--user <user>', 'only this user')
    .option('--project <project>', 'only this project')
    .option('--group <group>', 'only keys of this group')
    .option('--model <model>', 'only this model')
    .option('--tier <tier>', 'only this tier')
    .option('--provider <provider>', 'only this provider')
    .option('--intent <intent>', 'only this intent')
    .option('--tag <tag>', 'only calls with this tag')
    .option('--top <n>', 'only the n most expensive lines')
    .option('--rows', 'instead: single calls, the newest first (20 of them, or --top; all with --csv and --json)')
    .option('--csv', 'comma-separated values for spreadsheets')
    .option('--budgets', 'instead: every budget of the config with what is left of it')
    .action(async (options: SpendOptions, command: Command) => {
      const { runSpend } = await import('./spend/run.ts')
      await runSpend(cliContext(command), options, Date.now())
    })
}
