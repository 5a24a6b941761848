import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isKeyShaped, keyDigest } from '../../../src/auth/key-format.ts'
import { addKeysCommand } from '../../../src/cli/keys.ts'
import type { CliContext } from '../../../src/cli/context.ts'
import { runAlias, runRevoke, runSet } from '../../../src/cli/keys/change.ts'
import { runCreate } from '../../../src/cli/keys/create.ts'
import { runGroupChange, runGroupList, runGroupRemove, runGroupShow } from '../../../src/cli/keys/groups.ts'
import { runImport } from '../../../src/cli/keys/import.ts'
import { expiryOf, graceOf, listOf } from '../../../src/cli/keys/options.ts'
import { runRotate } from '../../../src/cli/keys/rotate.ts'
import { runList, runShow } from '../../../src/cli/keys/show.ts'
import { captured, temporaryDirectory, type Captured } from './test-context.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const CONFIG = `version: 1
providers: { sim: { kind: simulated } }
models:
  small: { provider: sim, tier: free, price: { input: 0, output: 0 } }
  large: { provider: sim, tier: premium, price: { input: 10, output: 20 } }
aliases: { chat: { models: [small] } }
budgets: [{ name: per user, scope: user, limit: 5 USD, window: day }]
rate_limits: [{ name: slow, scope: key, requests: 60/min }]
`

let cwd: string
beforeEach(() => {
  cwd = temporaryDirectory()
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

/** Runs one command and gives what it printed; with `--json`, as a value. */
async function run(
  work: (context: CliContext) => Promise<void> | void,
  over: Partial<CliContext> = {},
): Promise<Captured> {
  const one = captured(cwd, over)
  await work(one.context)
  return one
}

const create = (
  options: Partial<Parameters<typeof runCreate>[1]> = {},
  over: Partial<CliContext> = {},
): Promise<Captured> => run((context) => runCreate(context, { alias: 'ci', env: 'live', ...options }, NOW), over)

describe('gateway keys create', () => {
  it('prints the secret alone on stdout, once, and keeps only its digest', async () => {
    const { stdout, stderr } = await create({ env: 'test' })
    expect(stdout).toHaveLength(1)
    const [secret = ''] = stdout
    expect(isKeyShaped(secret)).toBe(true)
    expect(secret).toMatch(/^gw_test_/)
    expect(stderr.join('\n')).not.toContain(secret)
    const shown = await run((context) => runShow(context, 'ci', NOW))
    expect(shown.stdout.join('\n')).toContain(`…${secret.slice(-4)}`)
    const kept = readFileSync(join(cwd, '.gateway/gateway.db'), 'latin1')
    expect(kept).not.toContain(secret.slice(8, 40))
    const all = [shown, await run((context) => runList(context, true, NOW), { json: true })]
    for (const one of all) {
      expect(one.stdout.join('\n')).not.toContain(secret)
      expect(one.stdout.join('\n')).not.toContain(keyDigest(secret).toString('hex'))
    }
  })

  it('is one document with --json', async () => {
    const { stdout } = await create(
      { alias: 'ci,nightly', user: 'anna', expires: '90d', explain: true },
      { json: true },
    )
    const { secret, key } = JSON.parse(stdout.join(''))
    expect(isKeyShaped(secret)).toBe(true)
    expect(key).toMatchObject({
      kind: 'user',
      aliases: ['ci', 'nightly'],
      user: 'anna',
      expires: '2027-02-20T12:00:00.000Z',
      scopes: { explain: true, models: null },
    })
  })

  it('checks names against the config, and names the closest', async () => {
    writeFileSync(join(cwd, 'gateway.yaml'), CONFIG)
    const mistakes: readonly (readonly [Partial<Parameters<typeof runCreate>[1]>, string, string])[] = [
      [{ models: 'smal' }, 'no model or alias is called "smal"', 'did you mean "small"?'],
      [{ models: 'gpt-*' }, 'no model fits the pattern "gpt-*"', 'gateway models list'],
      [{ maxTier: 'premum' }, 'no tier is called "premum"', 'did you mean "premium"?'],
      [{ policies: 'balancd' }, 'no policy is called "balancd"', 'did you mean "balanced"?'],
      [{ budgets: 'per usr' }, 'no budget is called "per usr"', 'did you mean "per user"?'],
      [{ limits: 'slo' }, 'no rate limit is called "slo"', 'did you mean "slow"?'],
      [{ endpoints: 'chat.completion' }, 'no endpoint is called', 'did you mean "chat.completions"?'],
      [{ hints: 'explain' }, 'no hint is called "explain"', 'known: tier'],
    ]
    for (const [options, message, hint] of mistakes)
      await expect(create(options)).rejects.toMatchObject({
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      })
    await create({ models: 'chat,l*', maxTier: 'free', policies: 'balanced', budgets: 'per user', limits: 'slow' })
    const { stdout } = await run((context) => runShow(context, 'ci', NOW))
    expect(stdout.join('\n')).toMatch(/models +chat, l\*[\s\S]*budgets +per user[\s\S]*limits +slow/)
  })

  it('checks names of the program even where there is no config', async () => {
    await expect(create({ endpoints: 'chat' })).rejects.toMatchObject({ code: 'usage_error' })
    await create({ models: 'whatever', budgets: 'whatever' })
  })

  it('makes nothing of a mistake', async () => {
    await expect(create({ env: 'prod' })).rejects.toMatchObject({ code: 'usage_error' })
    await expect(create({ expires: '1999-01-01' })).rejects.toMatchObject({ code: 'key_invalid' })
    await expect(create({ group: 'gone' })).rejects.toMatchObject({ code: 'key_not_found' })
    const { stdout } = await run((context) => runList(context, true, NOW), { json: true })
    expect(JSON.parse(stdout.join(''))).toEqual({ keys: [] })
  })
})

describe('gateway keys', () => {
  it('changes what is named and leaves the rest', async () => {
    await create({ owner: 'ada', hints: 'tier' })
    await run((context) => runSet(context, { key: 'ci', options: { user: 'anna', explain: true }, now: NOW }))
    const { stdout } = await run(
      (context) => runSet(context, { key: 'ci', options: { owner: 'none', hints: 'any' }, now: NOW }),
      { json: true },
    )
    expect(JSON.parse(stdout.join(''))).toMatchObject({
      owner: null,
      user: 'anna',
      scopes: { hints: null, explain: true },
    })
    await expect(run((context) => runSet(context, { key: 'ci', options: {}, now: NOW }))).rejects.toThrow(
      'nothing to change',
    )
  })

  it('rotates within the environment of the key, and says how long the old one works', async () => {
    await create({ env: 'test' })
    const { stdout, stderr } = await run((context) =>
      runRotate(context, { key: 'ci', options: { grace: '2h' }, now: NOW }),
    )
    expect(stdout.join('')).toMatch(/^gw_test_/)
    expect(stderr.join(' ')).toContain('the old one works until 2026-11-22T14:00:00.000Z')
    const at_once = await run((context) =>
      runRotate(context, { key: 'ci', options: { grace: '2h', now: true }, now: NOW }),
    )
    expect(at_once.stderr.join(' ')).toContain('does not work any more')
    const { stdout: listed } = await run((context) => runList(context, false, NOW))
    expect(listed.join('\n')).toMatch(/ active /)
  })

  it('revokes, and hides what is revoked until asked', async () => {
    await create()
    await run((context) => runRevoke(context, 'ci', NOW))
    expect((await run((context) => runList(context, false, NOW))).stdout.join('')).not.toContain('ci')
    expect((await run((context) => runList(context, true, NOW))).stdout.join('')).toContain('revoked')
    await expect(run((context) => runRevoke(context, 'ci', NOW))).rejects.toThrow('is revoked already')
  })

  it('finds keys by alias or id, and names the closest to a wrong one, but never a secret', async () => {
    const { stdout } = await create()
    const [secret = ''] = stdout
    await expect(run((context) => runShow(context, 'cy', NOW))).rejects.toMatchObject({ hint: 'did you mean "ci"?' })
    for (const work of [
      (context: CliContext) => runShow(context, secret, NOW),
      (context: CliContext) => runRevoke(context, secret, NOW),
      (context: CliContext) => runAlias(context, { key: 'ci', action: 'add', name: secret, now: NOW }),
    ]) {
      const error = await run(work).catch((thrown: unknown) => thrown)
      expect(String(error)).toMatch(/there is no key of this name|a key was given/)
      expect(JSON.stringify(error) + String(error)).not.toContain(secret.slice(0, 16))
    }
  })

  it('gives names and takes them back', async () => {
    await create()
    const added = await run((context) => runAlias(context, { key: 'ci', action: 'add', name: 'batch', now: NOW }))
    expect(added.stdout.join('')).toContain('goes by ci, batch')
    await expect(
      run((context) => runAlias(context, { key: 'ci', action: 'rename', name: 'x', now: NOW })),
    ).rejects.toMatchObject({ code: 'usage_error' })
  })

  it('keeps groups', async () => {
    const change = (action: 'create' | 'set', options: object): Promise<Captured> =>
      run((context) => runGroupChange(context, { name: 'team', action, options, now: NOW }))
    await change('create', { hints: 'tier', explain: false })
    await create({ group: 'team' })
    await change('set', { endpoints: 'embeddings' })
    const { stdout } = await run((context) => runGroupShow(context, 'team'), { json: true })
    expect(JSON.parse(stdout.join(''))).toMatchObject({
      scopes: { hints: ['tier'], explain: false, endpoints: ['embeddings'] },
      keys: ['ci'],
    })
    expect((await run((context) => runGroupList(context))).stdout).toEqual(['team   1 keys'])
    await expect(run((context) => runGroupRemove(context, 'team', NOW))).rejects.toThrow('has 1 key')
    await run((context) => runSet(context, { key: 'ci', options: { group: 'none' }, now: NOW }))
    await run((context) => runGroupRemove(context, 'team', NOW))
    expect((await run((context) => runGroupList(context))).stdout).toEqual([])
  })

  it('imports a file and says nothing of what is in it', async () => {
    const secret = 'sk-0123456789abcdefghijklmnopqrstuvwxyz'
    writeFileSync(join(cwd, 'keys.csv'), `alias,secret\nold,${secret}\n`)
    const { stdout, stderr } = await run((context) => runImport(context, 'keys.csv', NOW))
    expect(stdout).toEqual(['1 key imported'])
    expect([...stdout, ...stderr].join('\n')).not.toContain(secret)
    await expect(run((context) => runImport(context, 'none.csv', NOW))).rejects.toMatchObject({ code: 'usage_error' })
  })
})

describe('a place where nothing can be kept', () => {
  it('is told as trouble with the store, not as a bug', async () => {
    writeFileSync(join(cwd, '.gateway'), '')
    await expect(create()).rejects.toMatchObject({ code: 'store_failed' })
  })
})

describe('lists that are given in several options', () => {
  it('are one list, so that no group gets lost', () => {
    const program = new Command()
    addKeysCommand(program)
    const command = program.commands[0]?.commands.find((one) => one.name() === 'create')
    command?.parseOptions(['--alias', 'a', '--alias', 'b', '--group', 'few', '--group', 'slow', '--models', 'x'])
    expect(command?.opts()).toMatchObject({ alias: 'a,b', group: 'few,slow', models: 'x' })
  })
})

describe('times and lists of the command line', () => {
  it.each([
    ['90d', NOW + 90 * 86_400_000],
    ['12h', NOW + 12 * 3_600_000],
    ['2027-01-31', Date.UTC(2027, 0, 31)],
    ['2027-01-31T12:00:00+02:00', Date.UTC(2027, 0, 31, 10)],
    ['now', NOW],
    ['never', null],
  ])('`--expires %s`', (text, at) => {
    expect(expiryOf(text, NOW)).toBe(at)
  })

  it.each([
    '',
    '90',
    'tomorrow',
    '2027-02-30T00:00:00Z',
    '2027-13-01',
    '31.12.2027',
    '2027-01-31T12:00',
    '-5d',
    '0',
    '2026-11-22',
    '99999999d',
  ])('`--expires %s` is refused', (text) => {
    expect(() => expiryOf(text, NOW)).toThrow(/--expires/)
  })

  it('a grace is a time, or nothing with --now', () => {
    expect([graceOf({ grace: '24h' }), graceOf({ grace: '24h', now: true })]).toEqual([86_400_000, 0])
    expect(() => graceOf({ grace: 'long' })).toThrow(/--grace/)
    expect(() => graceOf({ grace: '99999999d' })).toThrow(/--grace/)
  })

  it('a list has no empty names, as an unset variable of a shell would make one', () => {
    expect(listOf('--models', 'a, b,a')).toEqual(['a', 'b'])
    expect(listOf('--models', 'none')).toEqual([])
    for (const text of ['', ',', 'a,,b', 'a,']) expect(() => listOf('--models', text)).toThrow('empty name')
  })
})
