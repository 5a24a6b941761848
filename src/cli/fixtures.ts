import { Option, type Command } from 'commander'
import { cliContext } from './context.ts'
import type { CheckOptions } from './fixtures/check.ts'
import type { ImportCommandOptions } from './fixtures/import.ts'
import type { RedactCommandOptions } from './fixtures/redact.ts'

const EXAMPLES = `
Examples:
  gateway fixtures check                                        everything under fixtures/, for pre-commit and CI
  gateway fixtures import batch_in.jsonl batch_out.jsonl        OpenAI batch files, joined by custom_id
  gateway fixtures import litellm.jsonl --from litellm --ask auto --to fixtures/prod.jsonl
  gateway fixtures stats fixtures/prod.jsonl                    models, tokens, cost, sessions, time span
  gateway fixtures redact raw.jsonl --to fixtures/clean.jsonl   take secrets and personal data out`

const PROFILES = ['secrets', 'strict', 'shape'] as const
const FILES = 'fixture files, directories or quoted globs (default: fixtures/)'

/** `gateway fixtures`: check, import and describe recorded exchanges. Offline. */
export function addFixturesCommand(program: Command): void {
  const fixtures = program
    .command('fixtures')
    .summary('check, import, describe and redact recorded exchanges')
    .description('Recorded exchanges: what `gateway replay` replays.')
    .addHelpText('after', EXAMPLES)
  fixtures
    .command('check')
    .summary('secrets, schema, duplicates, order, models and prices; exit 1 on a secret or a duplicate')
    .argument('[files...]', FILES)
    .addOption(
      new Option('--redact <profile>', 'what counts as secret').choices(['secrets', 'strict']).default('secrets'),
    )
    .option('--max-age <days>', 'point out fixtures that are older')
    .action(async (files: string[], options: CheckOptions, command: Command) => {
      const { runCheck } = await import('./fixtures/check.ts')
      process.exitCode = await runCheck(cliContext(command), { files, options, now: Date.now() })
    })
  fixtures
    .command('import')
    .summary('make fixtures of OpenAI batch files, chat JSON Lines or LiteLLM logs')
    .argument('<files...>', 'source files; input and output of a batch together')
    .addOption(
      new Option('--from <format>', 'format of the source')
        .choices(['auto', 'openai-batch', 'chat-jsonl', 'litellm'])
        .default('auto'),
    )
    .option('--to <file>', 'fixture file to write', 'fixtures/imported.jsonl')
    .option('--append', 'add to an existing file')
    .option('--ask <model>', 'what the requests ask for instead of their own model, such as auto')
    .addOption(new Option('--redact <profile>', 'what to take out').choices(PROFILES).default('strict'))
    .action(async (files: string[], options: ImportCommandOptions, command: Command) => {
      const { runImport } = await import('./fixtures/import.ts')
      process.exitCode = await runImport(cliContext(command), { files, options, now: Date.now() })
    })
  fixtures
    .command('stats')
    .summary('counts by model, intent and tag, tokens, cost, sessions, time span')
    .argument('[files...]', FILES)
    .action(async (files: string[], _options: unknown, command: Command) => {
      const { runStats } = await import('./fixtures/stats.ts')
      process.exitCode = await runStats(cliContext(command), files)
    })
  fixtures
    .command('redact')
    .summary('write a copy without secrets and personal data')
    .argument('<file>', 'fixture file')
    .requiredOption('--to <file>', 'file to write; must not exist')
    .addOption(new Option('--redact <profile>', 'what to take out').choices(PROFILES).default('strict'))
    .action(async (file: string, options: RedactCommandOptions, command: Command) => {
      const { runRedact } = await import('./fixtures/redact.ts')
      process.exitCode = await runRedact(cliContext(command), { file, options, now: Date.now() })
    })
}
