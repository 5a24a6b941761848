import { Option, type Command } from 'commander'
import { cliContext } from './context.ts'
import type { RawSimulateOptions } from './simulate/run.ts'

const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value]

/** `gateway simulate`: a provider that calls nobody, as a server of its own. */
export function addSimulateCommand(program: Command): void {
  const option = (flags: string, text: string): Option => new Option(flags, text)
  program
    .command('simulate')
    .summary('run a simulated provider')
    .description(
      'Run the simulated provider as a server that speaks the formats of OpenAI, Anthropic and Gemini. Any model name and any key will do; nothing is called and nothing costs.',
    )
    .addOption(option('-p, --port <n>', 'port; 0 takes a free one').default('4101'))
    .addOption(option('--host <addr>', 'address to listen on').default('127.0.0.1'))
    .option('--allow-remote', 'listen on an address that other machines reach')
    .option('--allow-host <name>', 'accept this `Host` too, as name or name:port (repeatable)', collect)
    .option('--allow-origin <origin>', 'accept requests from web pages of this origin (repeatable)', collect)
    .addOption(option('--stream-speed <x>', '0 at once, 1 as fast as measured providers').default('1'))
    .addOption(option('--chaos <spec>', 'faults on purpose, such as 429:0.1,cut:0.05,delay:800ms@gpt-*'))
    .addOption(option('--seed <n>', 'seed of every draw').default('0'))
    .option('--port-file <file>', 'write the port there once it is open')
    .addHelpText('before', EXAMPLES)
    .action(async (options: RawSimulateOptions, command: Command) => {
      const { runSimulate } = await import('./simulate/run.ts')
      process.exitCode = await runSimulate(cliContext(command), options)
    })
}

const EXAMPLES = `Examples:
  gateway simulate                         a provider on 127.0.0.1:4101
  gateway simulate --chaos 429:0.2,cut:0.1 one that is busy and breaks off
  gateway simulate --stream-speed 0        one that answers at once
`
