import { Command, CommanderError, Help, Option } from 'commander'
import { addAuditCommand } from './audit.ts'
import { watchOutput } from './broken-output.ts'
import { addConfigCommand } from './config.ts'
import { reportError, watchCrashes } from './crash.ts'
import { addModelsCommand } from './models.ts'
import { addDevCommand } from './dev.ts'
import { addFixturesCommand } from './fixtures.ts'
import { addKeysCommand } from './keys.ts'
import { addTrustCommand } from './trust.ts'
import { packageVersion } from './version.ts'
import { addReplayCommand } from './replay.ts'
import { addSpendCommand } from './spend.ts'
import { addStoreCommand } from './store.ts'
import { addSimulateCommand } from './simulate.ts'
import { addRouteCommand } from './route.ts'

/** The command tree. Commands only declare their options here; what they need is imported when they run. */
export function buildProgram(): Command {
  const program = new Command('gateway')
    .description(
      'Local LLM gateway: route by intent, and replay recorded traffic against a routing change before you ship it.',
    )
    .version(packageVersion(), '-V, --version')
    .option('-c, --config <file>', 'config file (default: gateway.yaml, found upwards to the git root)')
    .option('--cwd <dir>', 'run as if started in this directory')
    .option('--json', 'print one JSON document instead of text')
    .addOption(new Option('--ui <mode>', 'how to show progress').choices(['auto', 'tui', 'plain', 'none']))
    .option('--no-color', 'no colours')
    .option('--ascii', 'ASCII symbols only')
    .option('-q, --quiet', 'no progress and no hints')
    .option('--verbose', 'more detail')
    .option('--no-input', 'never ask')
    .option('--screen-reader', 'sentences instead of boxes')
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false, optionDescription: withoutEmptyDefault })
    .exitOverride()
  addDevCommand(program)
  addSimulateCommand(program)
  addReplayCommand(program)
  addRouteCommand(program)
  addFixturesCommand(program)
  addConfigCommand(program)
  addModelsCommand(program)
  addSpendCommand(program)
  addStoreCommand(program)
  addTrustCommand(program)
  addKeysCommand(program)
  addAuditCommand(program)
  return program
}

/** A repeatable option starts as an empty list, which says nothing to a reader. */
function withoutEmptyDefault(this: Help, option: Option): string {
  const empty = Array.isArray(option.defaultValue) && option.defaultValue.length === 0
  const shown = empty ? Object.assign(new Option(option.flags), option, { defaultValue: undefined }) : option
  return Help.prototype.optionDescription.call(this, shown)
}

export async function main(argv: readonly string[]): Promise<void> {
  watchOutput(process)
  watchCrashes()
  try {
    await buildProgram().parseAsync([...argv])
  } catch (error) {
    process.exitCode = exitCodeOf(error)
  }
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  return reportError(error)
}
