import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LedgerRow } from '../../src/engine/ledger.ts'
import { createLedgerWriter } from '../../src/store/ledger/writer.ts'
import { openDatabase } from '../../src/store/open.ts'
import { closing, opening } from '../unit/store/rows.ts'
import { gateway, type Finished } from './run-gateway.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const JULY = Date.UTC(2024, 6, 1)

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-spend-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const path = (): string => join(directory, '.gateway', 'gateway.db')
const run = (...parameters: string[]): Promise<Finished> => gateway(parameters, { cwd: directory })

/** Rows as a proxy would have left them, the last of them not in the roll-ups yet. */
function fill(rows: readonly Partial<LedgerRow>[]): void {
  const connection = openDatabase(path())
  const closings = rows.map((changes) => closing(opening(changes), changes))
  createLedgerWriter(connection)({ openings: [opening({ at: JULY, reservedNanoUsd: 70 })], ended: [], closings })
  connection.close()
}

const SAMPLE: readonly Partial<LedgerRow>[] = [
  { at: JULY, user: 'ada', model: 'gpt-5.4', tier: 'standard', costNanoUsd: 1_000_000_001 },
  { at: JULY + DAY, user: 'ada', model: 'gpt-5-nano', costNanoUsd: 20_000, costBasis: 'estimated' },
  {
    at: JULY + DAY + MINUTE,
    user: 'bob',
    keyId: 'key_b',
    alias: 'batch',
    groups: ['staff', 'night'],
    costNanoUsd: 300,
  },
  { at: JULY + 2 * DAY, user: null, costNanoUsd: 0, outcome: 'failed', costBasis: 'unknown' },
]

describe('gateway spend', () => {
  it('shows who spent what, exactly, with the total', async () => {
    fill(SAMPLE)
    const { code, stdout, stderr } = await run('spend', '--by', 'user')
    expect(code).toBe(0)
    expect(`${stdout}---\n${stderr}`).toMatchInlineSnapshot(`
      "USER   CALLS  FAILED  ORPHANED   IN  CACHED  WRITTEN  OUT  REASON       COST $  EST
      ada        2       0         0  200      40       14  100      14  1.000020001  <1%
      bob        1       0         0  100      20        7   50       7  0.000000300   0%
      –          1       1         0  100      20        7   50       7  0.000000000
      total      4       1         0  400      80       28  200      28  1.000020301  <1%
      ---
      note: the cost of 1 call is not known and in no sum
      note: 1 call not ended yet, in no sum
      the beginning to now, days of UTC; tokens in disjoint buckets
      "
    `)
  })

  it('gives the same as data, with amounts as integers and as exact texts', async () => {
    fill(SAMPLE)
    const { stdout } = await run('spend', '--by', 'model,user', '--json')
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ schema: 'gateway.spend/1', since: null, until: null, by: ['model', 'user'] })
    expect(report.lines[0]).toEqual({
      model: 'gpt-5.4',
      user: 'ada',
      calls: 1,
      failed: 0,
      refused: 0,
      orphaned: 0,
      unknownCost: 0,
      tokens: { input: 100, cacheRead: 20, cacheWrite: 7, output: 50, reasoning: 7 },
      costUsd: '1.000000001',
      costNanoUsd: 1_000_000_001,
      estimatedNanoUsd: 0,
      reservedNanoUsd: 0,
    })
    expect(report.lines.map(({ user }: { user: string | null }) => user)).toEqual(['ada', 'ada', 'bob', null])
    expect(report.total).toMatchObject({ calls: 4, unknownCost: 1, costUsd: '1.000020301', estimatedNanoUsd: 20_000 })
    expect(report.open).toEqual({ attempts: 1, reservedNanoUsd: 70 })
  })

  it('narrows by key alias, model and time, where a day that is named counts whole', async () => {
    fill(SAMPLE)
    const cost = async (...parameters: string[]): Promise<unknown> => {
      const { stdout, stderr } = await run('spend', ...parameters, '--json')
      return stdout === '' ? stderr : JSON.parse(stdout).total.costNanoUsd
    }
    expect(await cost('--key', 'batch')).toBe(300)
    expect(await cost('--key', 'key_b')).toBe(300)
    expect(await cost('--user', 'ada', '--model', 'gpt-5-nano')).toBe(20_000)
    expect(await cost('--group', 'night')).toBe(300)
    expect(await cost('--since', '2024-07-02')).toBe(20_300)
    expect(await cost('--until', '2024-07-01')).toBe(1_000_000_001)
    expect(await cost('--since', '2024-07-02', '--until', '2024-07-02')).toBe(20_300)
    expect(await cost('--since', '2024-07-02T00:00:30Z')).toBe(300)
    expect(await cost('--until', '2024-07-02T02:00:30+02:00')).toBe(1_000_020_001)
    expect(await cost('--since', '1h')).toBe(0)
    expect(await cost('--user', 'nobody')).toBe(0)
    expect(await cost('--user', "' OR 1=1 --")).toBe(0)
  })

  it('writes CSV that no spreadsheet runs', async () => {
    fill([
      { user: '=cmd|"/c calc"!A1', costNanoUsd: 3 },
      { user: '@SUM(1)', costNanoUsd: 2 },
      { user: 'plain, with comma', costNanoUsd: 1 },
    ])
    const { code, stdout } = await run('spend', '--by', 'user', '--csv')
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toBe(
      'user,calls,failed,refused,orphaned,unknown_cost,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens,reasoning_tokens,cost_usd,cost_nano_usd,estimated_nano_usd,reserved_nano_usd',
    )
    expect(lines.slice(1)).toEqual([
      `"'=cmd|""/c calc""!A1",1,0,0,0,0,100,20,7,50,7,0.000000003,3,0,0`,
      `'@SUM(1),1,0,0,0,0,100,20,7,50,7,0.000000002,2,0,0`,
      `"plain, with comma",1,0,0,0,0,100,20,7,50,7,0.000000001,1,0,0`,
    ])
  })

  it('lets no name steer the terminal', async () => {
    fill([{ user: '\u001b]0;owned\u0007\u001b[2Jeve\nroot' }])
    const { stdout, stderr } = await run('spend', '--by', 'user')
    expect(stdout).toContain('eve root')
    expect(`${stdout}${stderr}`).not.toContain('\u001b')
  })

  it('shows the most expensive lines with --top, and the total of all', async () => {
    fill(SAMPLE)
    const { stdout, stderr } = await run('spend', '--by', 'day', '--top', '2', '--json')
    const report = JSON.parse(stdout)
    expect(report.lines.map(({ day }: { day: string }) => day)).toEqual(['2024-07-01', '2024-07-02'])
    expect(report.total.calls).toBe(4)
    expect(stderr).toContain('1 more line')
  })

  it('shows single calls with --rows, the newest first, whole in CSV and JSON', async () => {
    fill(SAMPLE)
    const table = await run('spend', '--rows', '--top', '3')
    expect(table.stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3).join('|'))).toEqual([
      'TIME|KEY|USER',
      '2024-07-03 00:00:00|team-a|–',
      '2024-07-02 00:01:00|batch|bob',
      '2024-07-02 00:00:00|team-a|ada',
      '',
    ])
    expect(table.stdout).toMatch(/unknown +failed\n/u)
    expect(table.stdout).toContain('~0.00002 ')
    const { rows } = JSON.parse((await run('spend', '--rows', '--json', '--user', 'ada')).stdout)
    expect(rows.map(({ costNanoUsd }: { costNanoUsd: number }) => costNanoUsd)).toEqual([20_000, 1_000_000_001])
    const csv = (await run('spend', '--rows', '--csv')).stdout.trimEnd().split('\n')
    expect(csv).toHaveLength(5)
    expect(csv[1]?.split(',')).toHaveLength(csv[0]?.split(',').length ?? 0)
    rmSync(join(directory, '.gateway'), { recursive: true })
    expect(JSON.parse((await run('spend', '--rows', '--json')).stdout)).toMatchObject({ rows: [] })
  })

  it('is empty, not an error, where nothing was spent, and leaves no file behind', async () => {
    const { code, stdout, stderr } = await run('spend')
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toContain('no call on record')
    expect(existsSync(join(directory, '.gateway'))).toBe(false)
    const json = JSON.parse((await run('spend', '--json')).stdout)
    expect(json).toMatchObject({ lines: [], total: { calls: 0, costUsd: '0' } })
    openDatabase(path()).close()
    expect(JSON.parse((await run('spend', '--json')).stdout)).toEqual(json)
  })

  it.each([
    [['--by', 'modle'], /split by "modle"[\s\S]*did you mean "model"/u],
    [['--since', 'yesterday'], /`--since` does not understand "yesterday"/u],
    [['--since', '2025-02-31'], /does not understand "2025-02-31"/u],
    [['--since', '2024-07-03', '--until', '2024-07-01'], /not before/u],
    [['--top', '0'], /`--top` takes a whole number/u],
    [['--budgets', '--csv'], /no CSV/u],
  ])('refuses %j in one sentence', async (parameters, message) => {
    const { code, stderr } = await run('spend', ...parameters)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })

  it('works without a valid config, which it does not need', async () => {
    fill(SAMPLE)
    writeFileSync(join(directory, 'gateway.yaml'), 'tires: [free]\n')
    expect((await run('spend')).code).toBe(0)
  })
})

describe('gateway spend --budgets', () => {
  const CONFIG = `version: 1
budgets:
  - { name: everybody, scope: global, limit: 2 USD, window: total }
  - { name: each, scope: user, limit: 1 USD, window: total, warn_at: 1% }
  - { name: dear, scope: global, model_class: "tier:standard", limit: 5 USD, window: month }
  - { name: named, scope: key, limit: 7 USD, window: total, apply: referenced }
`

  it('shows limit, spend, what is held and what is left for everybody known, by the rules of the proxy', async () => {
    fill(SAMPLE)
    writeFileSync(join(directory, 'gateway.yaml'), CONFIG)
    const created = await run('keys', 'create', '--alias', 'web', '--budgets', 'named')
    expect(created.code, created.stderr).toBe(0)
    const { code, stdout, stderr } = await run('spend', '--budgets', '--json')
    expect(code, stderr).toBe(0)
    const lines = JSON.parse(stdout).budgets.map(
      ({ budget, subject, alias, spentUsd, leftUsd, reservedNanoUsd, state }: Record<string, unknown>) => [
        budget,
        alias ?? subject,
        spentUsd,
        leftUsd,
        reservedNanoUsd,
        state,
      ],
    )
    expect(lines).toEqual([
      ['everybody', null, '1.000020301', '0.999979629', 70, 'ok'],
      ['each', 'ada', '1.000020001', '-0.000020071', 70, 'over'],
      ['each', 'bob', '0.0000003', '0.9999997', 0, 'ok'],
      // July is over.
      ['dear', null, '0', '5', 0, 'ok'],
      ['named', 'web', '0', '7', 0, 'ok'],
    ])
    const text = await run('spend', '--budgets')
    expect(text.stdout).toContain('everybody')
    expect(text.stdout).toMatch(/each\s+user ada\s+all\s+total/u)
  })

  it('says so when the config has none', async () => {
    const { code, stderr } = await run('spend', '--budgets')
    expect(code).toBe(0)
    expect(stderr).toContain('no budgets')
  })
})

describe('gateway store', () => {
  it('backs up to a new private file, and never over another', async () => {
    fill(SAMPLE)
    const first = await run('store', 'backup', 'copy.db')
    expect(first.code, first.stderr).toBe(0)
    expect(statSync(join(directory, 'copy.db')).mode & 0o777).toBe(0o600)
    const bytes = readFileSync(join(directory, 'copy.db'))
    const second = await run('store', 'backup', 'copy.db')
    expect(second.code).toBe(2)
    expect(second.stderr).toContain('exists already')
    expect(readFileSync(join(directory, 'copy.db')).equals(bytes)).toBe(true)

    // The copy in the place of a damaged store gives the same answers.
    const before = (await run('spend', '--json')).stdout
    rmSync(join(directory, '.gateway'), { recursive: true })
    mkdirSync(join(directory, '.gateway'))
    writeFileSync(path(), bytes, { mode: 0o600 })
    expect((await run('spend', '--json')).stdout).toBe(before)
  })

  it('checks a sound store', async () => {
    fill(SAMPLE)
    const { code, stdout } = await run('store', 'check')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^store +\.gateway\/gateway\.db, \d+ kB, schema \d+\nintegrity +ok\nledger +4 rows; 1 call not ended\ntotals +ok: \d of \d days? added up again\n$/u,
    )
  })

  it('finds totals that somebody changed, exit 1', async () => {
    fill(SAMPLE)
    const connection = openDatabase(path())
    const { createRollUp } = await import('../../src/store/ledger/roll-up.ts')
    createRollUp(connection).step(100)
    connection.exec('UPDATE spend_day SET cost_nano = cost_nano - 1 WHERE cost_nano = 300')
    connection.close()
    const { code, stdout, stderr } = await run('store', 'check')
    expect(code).toBe(1)
    expect(stdout).toContain('2024-07-02')
    expect(stderr).toContain('damaged')
    expect(JSON.parse((await run('store', 'check', '--json')).stdout)).toMatchObject({ ok: false })
  })

  it.each([
    ['damaged', (file: string) => writeFileSync(file, 'no database at all '.repeat(300)), /damaged or no database/u],
    ['empty', (file: string) => writeFileSync(file, ''), /is empty/u],
  ])('leaves a %s file as it is and says what to do', async (_name, damage, message) => {
    mkdirSync(join(directory, '.gateway'), { mode: 0o700 })
    damage(path())
    chmodSync(path(), 0o600)
    const before = readFileSync(path())
    for (const command of [
      ['store', 'check'],
      ['store', 'vacuum'],
      ['store', 'backup', 'x'],
      ['spend'],
      ['dev', '--', 'true'],
    ]) {
      const { code, stderr } = await run(...command)
      expect(code, command.join(' ')).toBe(3)
      expect(stderr).toMatch(message)
      expect(stderr).toContain('fix:')
    }
    expect(readFileSync(path()).equals(before)).toBe(true)
  })

  it('says where it looked when there is no store', async () => {
    for (const command of [
      ['store', 'check'],
      ['store', 'vacuum'],
      ['store', 'backup', 'x'],
    ]) {
      const { code, stderr } = await run(...command)
      expect(code).toBe(3)
      expect(stderr).toContain('there is no store')
    }
    expect(existsSync(join(directory, '.gateway'))).toBe(false)
  })
})
