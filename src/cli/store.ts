import type { Command } from 'commander'
import { cliContext } from './context.ts'

/** `gateway store`: care of the database under `.gateway/`. */
export function addStoreCommand(program: Command): void {
  const store = program
    .command('store')
    .summary('back up, check and shrink the database of this project')
    .description('The database under .gateway/: ledger, keys, audit log and replay runs.')
  store
    .command('backup')
    .summary('copy it to a new file, also while a proxy runs')
    .argument('<file>', 'a new file, for you alone')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { runBackup } = await import('./store/backup.ts')
      runBackup(cliContext(command), file)
    })
  store
    .command('check')
    .summary('is the file sound, and do the totals equal the sum of the rows? exit 1 when not')
    .action(async (_options: unknown, command: Command) => {
      const { runCheck } = await import('./store/check.ts')
      process.exitCode = runCheck(cliContext(command))
    })
  store
    .command('vacuum')
    .summary('give free room back to the disk; not while a proxy runs')
    .action(async (_options: unknown, command: Command) => {
      const { runVacuum } = await import('./store/vacuum.ts')
      runVacuum(cliContext(command))
    })
}
