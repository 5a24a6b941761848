import { Option, type Command } from 'commander'
import { cliContext } from './context.ts'
import type { RawDevOptions } from './dev/options.ts'

const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value]

/** `gateway dev`: the proxy. */
export function addDevCommand(program: Command): void {
  const option = (flags: string, text: string): Option => new Option(flags, text)
  program
    .command('dev')
    .summary('run the proxy')
    .description('Run the proxy on this machine; with `-- <command>`, run the command against it and stop after it.')
    .argument('[command...]', 'a command to run with its OpenAI settings pointing here, after `--`')
    .addOption(option('-p, --port <n>', 'port; 0 takes a free one').default('4100').env('GATEWAY_PORT'))
    .addOption(option('--host <addr>', 'address to listen on').default('127.0.0.1').env('GATEWAY_HOST'))
    .option('--allow-remote', 'listen on an address that other machines reach')
    .option('--allow-host <name>', 'accept this `Host` too, as name or name:port (repeatable)', collect)
    .option('--allow-origin <origin>', 'accept requests from web pages of this origin (repeatable)', collect)
    .addOption(
      option('--upstream <mode>', 'who answers (default: live; simulated without a provider)')
        .choices(['live', 'recorded', 'simulated'])
        .env('GATEWAY_UPSTREAM'),
    )
    .addOption(
      option('--on-miss <action>', 'recorded: when no answer is on record')
        .choices(['error', 'live', 'simulated'])
        .env('GATEWAY_ON_MISS'),
    )
    .option('--offline', 'recorded answers only, no connection to any provider')
    .addOption(
      option('--record <mode>', 'write exchanges to a fixture file')
        .choices(['off', 'new', 'all'])
        .default('off')
        .env('GATEWAY_RECORD'),
    )
    .addOption(option('--record-to <file>', 'default: fixtures/recorded.jsonl').env('GATEWAY_RECORD_TO'))
    .addOption(option('--record-sample <p>', 'share of exchanges to record, 0..1').env('GATEWAY_RECORD_SAMPLE'))
    .addOption(
      option('--redact <profile>', 'what is taken out of recordings')
        .choices(['secrets', 'strict', 'shape'])
        .env('GATEWAY_REDACT'),
    )
    .addOption(option('--stream-speed <x>', 'recorded, simulated: 0 at once, 1 as timed').env('GATEWAY_STREAM_SPEED'))
    .addOption(option('--chaos <spec>', 'faults on purpose, such as 429:0.1,delay:800ms@gpt-*').env('GATEWAY_CHAOS'))
    .addOption(option('--max-spend <usd>', 'stop calling providers after this').env('GATEWAY_MAX_SPEND'))
    .addOption(option('--seed <n>', 'seed of every draw').default('0').env('GATEWAY_SEED'))
    .option('--fixtures <file>', 'recorded: fixture file or directory (repeatable)', collect)
    .option('--print-env', 'print the settings for a shell and exit')
    .option('--port-file <file>', 'write the port there once it is open')
    .option('--trust-config', 'send credentials where the config says, without having asked')
    .addHelpText('before', EXAMPLES)
    .action(async (words: string[], options: RawDevOptions, command: Command) => {
      const { runDev } = await import('./dev/run.ts')
      process.exitCode = await runDev(cliContext(command), options, words)
    })
}

const EXAMPLES = `Examples:
  gateway dev                              simulated answers, no key needed
  gateway dev --record new                 keep what passes through as fixtures
  gateway dev -- npm test                  run tests against the proxy
  eval "$(gateway dev --print-env)"        point this shell at a running proxy
`
