import type { Command } from 'commander'
import { cliContext } from './context.ts'
import type { RawKeyOptions, RawScopeOptions } from './keys/options.ts'

/** `gateway keys`: who may use the proxy, and for what. */
export function addKeysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .summary('make, rotate and revoke keys')
    .description('Who may use the proxy, and for what. A running proxy sees every change with its next request.')
  addLife(keys)
  addSecrets(keys)
  addLooks(keys)
  addGroups(keys)
}

function addLife(keys: Command): void {
  keyOptions(keys.command('create'))
    .summary('make a key; its secret is printed this once')
    .requiredOption('--alias <names>', 'name of the key, and further names that requests may go by', joined)
    .option('--admin', 'may read `/gateway/…`; budgets and limits bind it all the same')
    .option('--env <env>', 'live or test; stands in the key', 'live')
    .action(async (options: RawKeyOptions & { alias: string; admin?: boolean; env: string }, command: Command) => {
      const { runCreate } = await import('./keys/create.ts')
      await runCreate(cliContext(command), options, Date.now())
    })
  keyOptions(keys.command('set'))
    .summary('change what a key may do')
    .argument('<key>', 'alias or id')
    .action(async (key: string, options: RawKeyOptions, command: Command) => {
      const { runSet } = await import('./keys/change.ts')
      await runSet(cliContext(command), { key, options, now: Date.now() })
    })
  keys
    .command('alias')
    .summary('add or remove a name that requests of the key may go by')
    .argument('<key>', 'alias or id')
    .argument('<action>', 'add or remove')
    .argument('<name>', 'the name')
    .action(async (key: string, action: string, name: string, _options: unknown, command: Command) => {
      const { runAlias } = await import('./keys/change.ts')
      runAlias(cliContext(command), { key, action, name, now: Date.now() })
    })
}

function addSecrets(keys: Command): void {
  keys
    .command('rotate')
    .summary('give a key a new secret; the old one works on for a while')
    .argument('<key>', 'alias or id')
    .option('--grace <time>', 'how long the old secret works on', '24h')
    .option('--now', 'the old secret stops at once')
    .action(async (key: string, options: { grace: string; now?: boolean }, command: Command) => {
      const { runRotate } = await import('./keys/rotate.ts')
      await runRotate(cliContext(command), { key, options, now: Date.now() })
    })
  keys
    .command('revoke')
    .summary('end a key for good, at once')
    .argument('<key>', 'alias or id')
    .action(async (key: string, _options: unknown, command: Command) => {
      const { runRevoke } = await import('./keys/change.ts')
      runRevoke(cliContext(command), key, Date.now())
    })
  keys
    .command('import')
    .summary('take over keys of another gateway')
    .description('Take over keys: one JSON object a line, or CSV with a header; alias and secret, or alias and sha256.')
    .argument('<file>', 'the file; `-` for stdin')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { runImport } = await import('./keys/import.ts')
      await runImport(cliContext(command), file, Date.now())
    })
}

function addLooks(keys: Command): void {
  keys
    .command('list')
    .summary('all keys')
    .option('--all', 'revoked ones too')
    .action(async (options: { all?: boolean }, command: Command) => {
      const { runList } = await import('./keys/show.ts')
      runList(cliContext(command), options.all ?? false, Date.now())
    })
  keys
    .command('show')
    .summary('one key with all its rights')
    .argument('<key>', 'alias or id')
    .action(async (key: string, _options: unknown, command: Command) => {
      const { runShow } = await import('./keys/show.ts')
      runShow(cliContext(command), key, Date.now())
    })
}

function addGroups(keys: Command): void {
  const group = keys
    .command('group')
    .summary('rights that several keys share')
    .description('What all keys of a group may do.')
  for (const [name, summary] of [
    ['create', 'make a group'],
    ['set', 'change what its keys may do'],
  ] as const) {
    scopeOptions(group.command(name))
      .summary(summary)
      .argument('<group>', 'its name')
      .action(async (which: string, options: RawScopeOptions, command: Command) => {
        const { runGroupChange } = await import('./keys/groups.ts')
        await runGroupChange(cliContext(command), { name: which, action: name, options, now: Date.now() })
      })
  }
  addGroupLooks(group)
}

function addGroupLooks(group: Command): void {
  group
    .command('remove')
    .summary('remove a group without keys')
    .argument('<group>', 'its name')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { runGroupRemove } = await import('./keys/groups.ts')
      runGroupRemove(cliContext(command), name, Date.now())
    })
  group
    .command('list')
    .summary('all groups')
    .action(async (_options: unknown, command: Command) => {
      const { runGroupList } = await import('./keys/groups.ts')
      runGroupList(cliContext(command))
    })
  group
    .command('show')
    .summary('one group with its keys')
    .argument('<group>', 'its name')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { runGroupShow } = await import('./keys/groups.ts')
      runGroupShow(cliContext(command), name)
    })
}

/** A list that is given in several options is one list: a group that got lost would leave out what it forbids. */
function joined(text: string, before?: string): string {
  return before === undefined ? text : `${before},${text}`
}

function scopeOptions(command: Command): Command {
  return command
    .option('--models <names>', 'models, aliases and patterns such as gpt-*; `any` for all', joined)
    .option('--max-tier <tier>', 'highest tier; `any` for all')
    .option('--policies <names>', 'policies that may be asked for, the first as default; `any` for all', joined)
    .option('--endpoints <names>', 'endpoints such as chat.completions; `any` for all', joined)
    .option('--hints <names>', 'x-gateway-… headers it may send, such as tier,user; `any` or `none`', joined)
    .option('--explain', 'may see decision records')
    .option('--no-explain', 'may not see decision records')
    .option('--budgets <names>', 'budgets of the config that bind it too; `none` for none', joined)
    .option('--limits <names>', 'rate limits of the config that bind it too; `none` for none', joined)
}

function keyOptions(command: Command): Command {
  return scopeOptions(command)
    .option('--owner <name>', 'who answers for it; `none` for nobody')
    .option('--deployment <name>', 'where it is used; `none` for unknown')
    .option('--user <name>', 'all its requests are of this user; `none` lets requests say')
    .option('--project <name>', 'all its requests are of this project; `none` lets requests say')
    .option('--group <names>', 'groups that it is in; `none` for none', joined)
    .option('--expires <when>', 'a time from now such as 90d, a date (UTC), `now` or `never`')
}
