import type { Command } from 'commander'
import { cliContext } from './context.ts'

/** `gateway audit`: what administrators did and what was refused. */
export function addAuditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .summary('what was changed and refused, and whether the log is whole')
    .description('Every change of keys and every refusal, each entry linked to the one before it by its hash.')
  audit
    .command('tail')
    .summary('the newest entries')
    .option('-n, --lines <n>', 'how many', '20')
    .option('-f, --follow', 'go on with new ones until Ctrl-C')
    .action(async (options: { lines: string; follow?: boolean }, command: Command) => {
      const { runTail } = await import('./audit/tail.ts')
      await runTail(cliContext(command), options)
    })
  audit
    .command('verify')
    .summary('look for changed, missing, moved and cut entries; exit 1 when there are some')
    .option('--head <hash>', 'a hash that was noted elsewhere; the log must still hold its entry')
    .action(async (options: { head?: string }, command: Command) => {
      const { runVerify } = await import('./audit/verify.ts')
      process.exitCode = runVerify(cliContext(command), options.head)
    })
  audit
    .command('export')
    .summary('all entries as JSONL')
    .argument('[file]', 'a new file, for you alone (default: stdout)')
    .action(async (file: string | undefined, _options: unknown, command: Command) => {
      const { runExport } = await import('./audit/export.ts')
      runExport(cliContext(command), file)
    })
}
