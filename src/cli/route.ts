import { InvalidArgumentError, type Command } from 'commander'
import { cliContext } from './context.ts'
import type { RouteOptions } from './route/options.ts'

const EXAMPLES = `
Examples:
  gateway route "summarise this function"              which model, and why
  gateway route --file body.json --why-not gpt-5.4-mini
  gateway route --fixture fixtures/recorded.jsonl#fx_031 --json
  gateway route "hi" --assume gpt-5.4-mini=down
  gateway route "hi" --as user:anna --budget-left 0.001 --expect fallback:budget
  gateway route "prove it" --compare cheap.yaml        the same request under another config
  gateway route "prove it" --expect tier:premium       exit 1 when it goes elsewhere
  gateway route test routes.yaml                       a table of such expectations`

/** Declares `gateway route` and `gateway route test`. */
export function addRouteCommand(program: Command): void {
  const route = withSituation(
    program
      .command('route')
      .description('show which model a request would get, and why; calls no provider')
      .argument('[prompt]', 'the prompt, or - for a chat body (JSON) on standard input')
      .option('-f, --file <file>', 'prompt or chat body (JSON) from a file')
      .option('--fixture <file#id>', 'a recorded request with its rights, state and time')
      .option('--explain', 'the whole tree (default on a terminal); without it one line')
      .option('--no-explain', 'one line, also on a terminal')
      .option('--depth <n>', 'levels of the tree (default: 2)', wholeNumber)
      .option('--why-not <model>', 'only what kept this model from being chosen')
      .option('--flip', 'the smallest changes that would alter the choice')
      .option('--compare <config>', 'the same request under another config, differences first')
      .option(
        '--expect <what>',
        'model, tier:<name>, rule:<name>, fallback:budget or refused, joined by commas; exit 1 when different',
      ),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (prompt: string | undefined, options: RouteOptions, command: Command) => {
      const { routeCommand } = await import('./route/command.ts')
      process.exitCode = await routeCommand(cliContext(command), prompt, options)
    })
  withSituation(
    route
      .command('test')
      .description('check a table of cases {prompt or request, expect}')
      .argument('<file>', 'YAML, JSON or JSONL')
      .option('--report <junit=path>', 'write the results as JUnit, - for standard output', collect, []),
  ).action(async (file: string, _options: unknown, command: Command) => {
    const { routeTest } = await import('./route/test-command.ts')
    // `route` itself takes the options that both have, wherever they stand on the line.
    process.exitCode = await routeTest(cliContext(command), file, command.optsWithGlobals())
  })
}

/** What-if options that a single request and a table of cases share. */
function withSituation(command: Command): Command {
  return command
    .option('--model <name>', 'model that the request asks for (default: auto)')
    .option(
      '--as <who>',
      'key:<alias> (with its rights, where the store knows it), group:<name>, user:<name> or project:<name>; repeatable',
      collect,
      [],
    )
    .option('--tier <tier>', 'as if the request were limited to this tier')
    .option('--tag <tag>', 'as if the request carried this tag; repeatable', collect, [])
    .option('--budget-left <usd>', 'as if every budget had this much left (default: nothing is spent)', dollars)
    .option('--health <file>', 'saved state (JSON): health, latency, outputTokens')
    .option('--assume <what>', '<model>=down, <model>=429 or <model>=p95:9s; repeatable', collect, [])
    .option('--seed <n>', 'seed of the draw (default: 0)', wholeNumber)
    .option('--at <time>', 'as if decided at this time, ISO 8601 (default: now)')
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value]
}

function wholeNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(value)
}

function dollars(value: string): number {
  if (!/^\$?\d+(\.\d+)?$/.test(value)) throw new InvalidArgumentError('Expected an amount in USD, such as 0.05.')
  return Number(value.replace('$', ''))
}
