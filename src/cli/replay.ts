import { InvalidArgumentError, Option, type Command } from 'commander'
import { cliContext } from './context.ts'
import type { ReplayOptions } from './replay/options.ts'

const EXAMPLES = `
Examples:
  gateway replay                                   the bundled example, when no config is in sight
  gateway replay -b git:origin/main                this branch's config against the one on main
  gateway replay -k cheap=cheap.yaml --plan        only the routes that would change, no scores
  gateway replay --set routing.default_policy=best --where 'intent=code.*'
  gateway replay --gate 'cost.total<=+5%' --report md=replay.md --report junit=replay.xml`

export function addReplayCommand(program: Command): void {
  const replay = program
    .command('replay')
    .description('replay recorded prompts under other routing configs and compare cost, latency and quality')
    .argument('[fixtures...]', 'fixture files, directories, globs, or - for standard input')
    .option('-b, --baseline <what>', 'recorded, a config file, or git:<ref> (default: recorded)')
    .option(
      '-k, --candidate <config>',
      'config to judge, as path or name=path; repeatable (default: the config in sight)',
      collect,
      [],
    )
    .option(
      '--set <path=value>',
      'a candidate made from the config in sight with one value changed; repeatable',
      collect,
      [],
    )
    .option('-n, --plan', 'decide only: which routes change and what that is expected to cost')
    .option(
      '--where <filter>',
      "only pairs that match, such as 'intent=code.*' or 'tag=golden'; repeatable",
      collect,
      [],
    )
    .option('--sample <n>', 'only this many fixtures, chosen by the seed', wholeNumber)
    .option('--shard <i/n>', 'only part i of n')
    .option('--seed <n>', 'seed of samples, draws and resampling', wholeNumber, 0)
    .option('--scorer <id>', 'score with this scorer too, such as json_valid or not:refusal; repeatable', collect, [])
    .option(
      '--gate <expr>',
      "fail when broken, such as 'cost.total<=+5%' or 'quality.score non-inferior 0.03'; repeatable",
      collect,
      [],
    )
    .option('--strict', 'undecided gates fail (exit 4), estimates do not feed cost gates')
    .option('--max-errors <n>', 'bad fixtures and failed answers allowed before exit 3', wholeNumber)
    .option('--report <format=path>', 'md, junit, json, jsonl or csv; - for standard output; repeatable', collect, [])
    .option('--junit-all', 'a JUnit test case for every fixture')
    .option('--github', 'annotations and step summary (on by itself in GitHub Actions)')
    .option('--resume [run]', 'continue an interrupted run')
    .option('--exit-zero', 'report only: exit 0 whatever the gates say')
    .option('--no-store', 'do not keep the run under .gateway/')
    .addOption(new Option('--suite <name>', 'name of this set of fixtures and gates in reports').default('replay'))
    .addHelpText('after', EXAMPLES)
    .action(async (fixtures: string[], options: ReplayOptions, command: Command) => {
      const { replayCommand } = await import('./replay/command.ts')
      process.exitCode = await replayCommand(cliContext(command), fixtures, options)
    })
  addStoredRunCommands(replay)
}

function addStoredRunCommands(replay: Command): void {
  replay
    .command('show')
    .description('print a stored run again')
    .argument('[run]', 'id or its beginning (default: the newest)')
    .option('--fixture <id>', 'one fixture in detail')
    .action(async (run: string | undefined, options: { fixture?: string }, command: Command) => {
      const { showRun } = await import('./replay/stored.ts')
      process.exitCode = await showRun(cliContext(command), run, options)
    })
  replay
    .command('diff')
    .description('compare two stored runs without running anything')
    .argument('<a>')
    .argument('<b>')
    .action(async (a: string, b: string, _options: unknown, command: Command) => {
      const { diffRuns } = await import('./replay/stored.ts')
      process.exitCode = await diffRuns(cliContext(command), a, b)
    })
  replay
    .command('list')
    .description('list the stored runs')
    .action(async (_options: unknown, command: Command) => {
      const { listRuns } = await import('./replay/stored.ts')
      process.exitCode = await listRuns(cliContext(command))
    })
  replay
    .command('accept')
    .description('bless a run as the baseline for later ones (writes gateway.baseline.json)')
    .argument('[run]', 'id or its beginning (default: the newest)')
    .action(async (run: string | undefined, _options: unknown, command: Command) => {
      const { acceptRun } = await import('./replay/stored.ts')
      process.exitCode = await acceptRun(cliContext(command), run)
    })
  replay
    .command('rm')
    .description('remove a stored run')
    .argument('<run>')
    .action(async (run: string, _options: unknown, command: Command) => {
      const { removeRun } = await import('./replay/stored.ts')
      process.exitCode = await removeRun(cliContext(command), run)
    })
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value]
}

function wholeNumber(value: string): number {
  if (!/^\d{1,15}$/u.test(value)) throw new InvalidArgumentError('a whole number is needed')
  return Number(value)
}
