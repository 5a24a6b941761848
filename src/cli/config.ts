import type { Command } from 'commander'
import { cliContext } from './context.ts'

const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value]

/** `gateway config`: check, show and start a config. Offline; no variable and no secret is read. */
export function addConfigCommand(program: Command): void {
  const config = program.command('config').summary('check, show or start a config').description('The config file.')
  config
    .command('validate')
    .summary('report every mistake with its place')
    .argument('[file]', 'instead of the discovered config')
    .option('--set <path=value>', 'override a value first (repeatable)', collect)
    .action(async (file: string | undefined, options: { set?: string[] }, command: Command) => {
      const { runValidate } = await import('./config/validate.ts')
      process.exitCode = await runValidate(cliContext(command), { file, sets: options.set ?? [] })
    })
  config
    .command('print')
    .summary('show the config as it applies')
    .option('--origins', 'one line a value, with who set it')
    .option('--set <path=value>', 'override a value first (repeatable)', collect)
    .action(async (options: { origins?: boolean; set?: string[] }, command: Command) => {
      const { runPrint } = await import('./config/print.ts')
      await runPrint(cliContext(command), { origins: options.origins ?? false, sets: options.set ?? [] })
    })
  config
    .command('schema')
    .summary('print the JSON Schema of the config')
    .action(async (_options: unknown, command: Command) => {
      const { configJsonSchema } = await import('../config/json-schema.ts')
      cliContext(command).out(JSON.stringify(configJsonSchema(), null, 2))
    })
  config
    .command('init')
    .summary('write a commented config to start from')
    .option('--force', 'replace an existing file')
    .action(async (options: { force?: boolean }, command: Command) => {
      const { runInit } = await import('./config/init.ts')
      runInit(cliContext(command), options.force ?? false)
    })
}
