import type { Command } from 'commander'
import { cliContext } from './context.ts'

/** `gateway models`: the capability matrix and the catalogue behind it. */
export function addModelsCommand(program: Command): void {
  const models = program
    .command('models')
    .summary('show, check and update what is known of the models')
    .description('The capability matrix: which models there are, what they can do and cost.')
  models
    .command('list')
    .summary('every model the router may choose')
    .option('--all', 'the whole catalogue instead, also models that no provider serves')
    .action(async (options: { all?: boolean }, command: Command) => {
      const { runList } = await import('./models/list.ts')
      await runList(cliContext(command), options.all ?? false)
    })
  models
    .command('show')
    .summary('everything known of one model, with sources')
    .argument('<model>', 'a model of the matrix or the catalogue')
    .action(async (model: string, _options: unknown, command: Command) => {
      const { runShow } = await import('./models/show.ts')
      await runShow(cliContext(command), model)
    })
  models
    .command('check')
    .summary('retired, deprecated, unpriced and unreachable models; exit 1 when one is retired')
    .action(async (_options: unknown, command: Command) => {
      const { runCheck } = await import('./models/check.ts')
      process.exitCode = await runCheck(cliContext(command), Date.now())
    })
  models
    .command('sync')
    .summary('update prices and facts from a file, models.dev or LiteLLM')
    .description('Read a price list, show what changes, and keep it in .gateway/catalog.json for this project.')
    .requiredOption('--from <source>', '`models.dev`, `litellm`, or a JSON file of either shape')
    .option('--check', 'show the differences, write nothing')
    .option('--as-of <date>', 'date of a file that does not state one (default: when it was last changed)')
    .action(async (options: { from: string; check?: boolean; asOf?: string }, command: Command) => {
      const { runSync } = await import('./models/sync.ts')
      await runSync(cliContext(command), { from: options.from, check: options.check ?? false, asOf: options.asOf })
    })
}
