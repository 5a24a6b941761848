import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gateway, ROOT, type Finished } from './run-gateway.ts'

const CONFIGS = join(ROOT, 'fixtures', 'configs')
const BUNDLED = [join(ROOT, 'fixtures', 'zeroeval-gsm.jsonl'), join(ROOT, 'fixtures', 'zeroeval-crux.jsonl')]
const OFFLINE = { NODE_OPTIONS: `--import ${join(ROOT, 'test', 'e2e', 'no-network.mjs')}` }
const ESCAPE = String.fromCodePoint(27)

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-replay-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function project(name: string): string {
  const path = join(directory, name)
  mkdirSync(path, { recursive: true })
  return path
}

const replay = (parameters: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Finished> =>
  gateway(['replay', ...parameters], { cwd, env: { ...OFFLINE, ...env } })

describe('gateway replay without a config in sight', () => {
  it('runs the bundled example offline, says so, and ends with a verdict', async () => {
    const { code, stdout, stderr } = await replay([], project('bundled'))
    expect(stderr).toContain('bundled example')
    expect(stdout).toContain('by-intent')
    expect(stdout).toMatch(/cost total.*better/u)
    expect(stdout).toMatch(/quality score.*(equivalent|better)/u)
    expect(stdout).toContain('not compared: latency is an estimate')
    expect(code).toBe(0)
  })

  it('writes no escape byte into a pipe, also when colours would be allowed', async () => {
    const { stdout, stderr } = await replay(['-k', join(CONFIGS, 'cheap-first.yaml'), ...BUNDLED], project('pipe'))
    expect(stdout).not.toContain(ESCAPE)
    expect(stderr).not.toContain(ESCAPE)
  })

  it('gives the same bytes twice for the same seed, in every format', async () => {
    const cwd = project('same')
    const files = ['a', 'b'].map((run) => ({ md: `${run}.md`, junit: `${run}.xml`, json: `${run}.json` }))
    for (const { md, junit, json } of files) {
      await replay(
        ['--seed', '7', '--report', `md=${md}`, '--report', `junit=${junit}`, '--report', `json=${json}`, '--no-store'],
        cwd,
      )
    }
    const read = (name: string): string => readFileSync(join(cwd, name), 'utf8')
    const [a, b] = files
    for (const format of ['md', 'junit', 'json'] as const) {
      const first = read(a?.[format] ?? '')
      expect(first.length).toBeGreaterThan(500)
      // The command that reproduces a run names the report files, which differ here.
      expect(
        read(b?.[format] ?? '')
          .replaceAll('b.md', 'a.md')
          .replaceAll('b.xml', 'a.xml')
          .replaceAll('b.json', 'a.json'),
      ).toBe(first)
    }
  })
})

describe('exit codes', () => {
  it('1 when a gate fails, 0 with --exit-zero', async () => {
    const cwd = project('gates')
    const failing = [...BUNDLED, '-k', join(CONFIGS, 'cheap-first.yaml')]
    const { code, stdout } = await replay(failing, cwd)
    expect(stdout).toMatch(/FAIL\s+quality\.score/u)
    expect(code).toBe(1)
    expect((await replay([...failing, '--exit-zero'], cwd)).code).toBe(0)
  })

  it.each([
    ['an unknown option', ['--frobnicate'], 'unknown option'],
    ['an unknown metric in a gate', ['--gate', 'cost.totl<=5%'], 'cost.total'],
    ['two gates on one metric', ['--gate', 'errors.rate<=1%', '--gate', 'errors.rate<=2%'], 'second gate'],
    ['a contradictory shard', ['--shard', '5/4'], '--shard'],
    ['a filter without a value', ['--where', 'intent'], '--where'],
    ['an unknown scorer', ['--scorer', 'jsonvalid'], 'json_valid'],
    ['an unknown report format', ['--report', 'pdf=x.pdf'], '--report'],
    ['a missing config', ['-k', 'nowhere.yaml'], 'nowhere.yaml'],
    ['a missing fixture file', ['nothing.jsonl', '-k', join(CONFIGS, 'by-intent.yaml')], 'nothing.jsonl'],
    [
      'a git baseline outside a repository',
      ['-b', 'git:main', '-c', join(CONFIGS, 'by-intent.yaml'), ...BUNDLED],
      'git',
    ],
  ])('2 for %s, before anything runs', async (_name, parameters, message) => {
    const { code, stdout, stderr } = await replay(parameters, project('usage'))
    expect(stderr).toContain(message)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('2 for a file that is no fixture file at all', async () => {
    const cwd = project('nofixture')
    writeFileSync(join(cwd, 'package.jsonl'), '{"name":"x"}\n')
    const { code, stderr } = await replay(['package.jsonl', '-k', join(CONFIGS, 'by-intent.yaml')], cwd)
    expect(stderr).toContain('fixture_invalid')
    expect(code).toBe(2)
  })

  it('3 for bad lines, each named by its number, while the rest is still judged', async () => {
    const cwd = project('badlines')
    const lines = readFileSync(BUNDLED[0] ?? '', 'utf8')
      .trimEnd()
      .split('\n')
    lines.splice(3, 0, '{"not": "a fixture"}', `{"id":"${'x'.repeat(9 * 1024 * 1024)}"}`)
    const last = lines.at(-1) ?? ''
    writeFileSync(join(cwd, 'bad.jsonl'), `${lines.join('\n')}\n${last.slice(0, 200)}`)
    const { code, stdout } = await replay(['bad.jsonl', '-k', join(CONFIGS, 'by-intent.yaml'), '--json'], cwd)
    const summary = JSON.parse(stdout)
    expect(summary.fixtures.problems.map(({ line }: { line: number }) => line)).toEqual([4, 5, lines.length + 1])
    expect(summary.fixtures.count).toBe(60)
    expect(code).toBe(3)
    expect((await replay(['bad.jsonl', '-k', join(CONFIGS, 'by-intent.yaml'), '--max-errors', '3'], cwd)).code).toBe(0)
  })

  it('3 when the candidate can not route what the baseline answered', async () => {
    const cwd = project('unroutable')
    writeFileSync(
      join(cwd, 'gateway.yaml'),
      'version: 1\nproviders: { simulated: { kind: simulated } }\nmodels: { tiny: { provider: simulated, tier: free, context_window: 20, max_output: 10, price: { input: 1, output: 1 } } }\n',
    )
    const { code, stdout } = await replay([...BUNDLED, '--json'], cwd)
    expect(JSON.parse(stdout).exit.reasons[0]).toMatchObject({ code: 'not_routable', count: 120 })
    expect(code).toBe(3)
  })

  it('3 when budgets refuse what the baseline answered, with what they spent and refused', async () => {
    const cwd = project('budgets')
    const budgets = 'budgets: [{ name: hard stop, scope: global, limit: 0.1 USD, window: month, on_exceed: block }]'
    const config = readFileSync(join(CONFIGS, 'all-to-one.yaml'), 'utf8').replace('routing:', `${budgets}\nrouting:`)
    writeFileSync(join(cwd, 'gateway.yaml'), config)
    const { code, stdout } = await replay([...BUNDLED, '--json'], cwd)
    const { candidates, exit } = JSON.parse(stdout)
    const [{ baseline, candidate }] = candidates[0].budgets
    expect(candidate).toMatchObject({ budget: 'hard stop', limitNanoUsd: 100_000_000, estimatedNanoUsd: 0 })
    expect(candidate.chargedNanoUsd).toBeLessThanOrEqual(100_000_000)
    expect(baseline.chargedNanoUsd).toBeGreaterThan(300_000_000)
    expect(exit.reasons[0]).toEqual({ code: 'budget_refused', count: candidate.refusals, candidate: 'gateway' })
    expect(code).toBe(3)
    const planned = await replay([...BUNDLED, '--plan'], cwd)
    expect(planned.stdout).toMatch(/^budgets +spent +evidence +fullest +downgraded +refused$/mu)
    expect(planned.stdout).toMatch(/^ {2}gateway +\$0\.\d+ +E +\$0\.\d+ \(\d+%\) +0 +\d+$/mu)
    expect(planned.stdout).toContain('requests refused by a budget')
  })

  it('4 for an undecided gate under --strict, 0 without', async () => {
    const cwd = project('strict')
    const undecided = [
      ...BUNDLED,
      '-k',
      join(CONFIGS, 'by-intent.yaml'),
      '--sample',
      '20',
      '--gate',
      'quality.tone non-inferior 0.05',
    ]
    expect((await replay(undecided, cwd)).code).toBe(0)
    expect((await replay([...undecided, '--strict'], cwd)).code).toBe(4)
  })

  it('70 for a bug of ours: here a broken installation', async () => {
    const cwd = project('bug')
    for (const part of ['bin', 'dist', 'fixtures', 'package.json'])
      cpSync(join(ROOT, part), join(cwd, part), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(cwd, 'node_modules'))
    rmSync(join(cwd, 'dist', 'engine', 'decide.js'))
    const { spawnSync } = await import('node:child_process')
    const run = spawnSync(process.execPath, [join(cwd, 'bin', 'gateway.js'), 'replay'], { cwd, encoding: 'utf8' })
    expect(run.stderr).toContain('internal_error')
    expect(run.status).toBe(70)
  })
})

describe('baselines', () => {
  it('compares this config with the one at a git ref', async () => {
    const cwd = project('git')
    const { execFileSync } = await import('node:child_process')
    const git = (...parameters: string[]): void => {
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...parameters], {
        cwd,
        stdio: 'ignore',
      })
    }
    git('init', '-q', '-b', 'main')
    cpSync(join(CONFIGS, 'all-to-one.yaml'), join(cwd, 'gateway.yaml'))
    git('add', '.')
    git('commit', '-q', '-m', 'start')
    cpSync(join(CONFIGS, 'cheap-first.yaml'), join(cwd, 'gateway.yaml'))
    const { code, stdout } = await replay([...BUNDLED, '-b', 'git:main', '--json'], cwd)
    const summary = JSON.parse(stdout)
    expect(summary.baseline.label).toMatch(/^git:main [0-9a-f]{7,}$/u)
    expect(summary.candidates[0].routes.changed).toBe(120)
    expect(code).toBe(1)
    const missing = await replay([...BUNDLED, '-b', 'git:nowhere'], cwd)
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('no ref "nowhere"')])
  })

  it('a config against itself differs by exactly nothing', async () => {
    const config = join(CONFIGS, 'by-intent.yaml')
    const { stdout, code } = await replay([...BUNDLED, '-b', config, '-k', `same=${config}`, '--json'], project('self'))
    const [candidate] = JSON.parse(stdout).candidates
    expect(candidate.routes.changed).toBe(0)
    expect(candidate.evidence.candidate['=']).toBe(120)
    for (const metric of candidate.metrics.filter((entry: { metric: string }) => entry.metric.startsWith('cost')))
      expect(metric.change).toBe(0)
    expect(code).toBe(0)
  })
})

describe('stored runs', () => {
  it('lists, shows, compares, accepts and removes', async () => {
    const cwd = project('stored')
    const first = JSON.parse((await replay([...BUNDLED, '-k', join(CONFIGS, 'by-intent.yaml'), '--json'], cwd)).stdout)
    const second = JSON.parse(
      (await replay([...BUNDLED, '-k', join(CONFIGS, 'cheap-first.yaml'), '--json'], cwd)).stdout,
    )
    expect((await replay(['list'], cwd)).stdout).toContain(first.runId)
    expect(JSON.parse((await replay(['show', second.runId.slice(0, 6), '--json'], cwd)).stdout)).toEqual(second)
    expect((await replay(['diff', first.runId, second.runId], cwd)).stdout).toContain('cost.total')
    expect((await replay(['accept', first.runId], cwd)).code).toBe(0)
    expect(JSON.parse(readFileSync(join(cwd, 'gateway.baseline.json'), 'utf8')).run).toBe(first.runId)
    expect((await replay(['rm', first.runId], cwd)).code).toBe(0)
    expect((await replay(['show', first.runId], cwd)).code).toBe(2)
  })
})

describe('interruption', () => {
  const COUNT = 6_000

  function manyFixtures(cwd: string): string {
    const [header = '', ...lines] = readFileSync(BUNDLED[0] ?? '', 'utf8')
      .trimEnd()
      .split('\n')
    const many = Array.from({ length: COUNT }, (_, index) => {
      const fixture = JSON.parse(lines[index % lines.length] ?? '{}')
      const now = fixture.ctx.now + index * 1000
      return JSON.stringify({
        ...fixture,
        id: `fx_${index.toString(16).padStart(12, '0')}`,
        session: `s_${index}`,
        ts: new Date(now).toISOString(),
        ctx: { ...fixture.ctx, now },
      })
    })
    writeFileSync(join(cwd, 'many.jsonl'), `${[header, ...many].join('\n')}\n`)
    return 'many.jsonl'
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s keeps the partial run (exit %i), and --resume ends with the bytes of an uninterrupted one',
    async (signal, exit) => {
      const cwd = project(signal)
      const parameters = ['replay', manyFixtures(cwd), '-k', join(CONFIGS, 'cheap-first.yaml'), '--json']
      const stopped = await gateway(parameters, {
        cwd,
        onStart(child) {
          // The plan line is printed right before the first fixture runs.
          child.stderr?.on('data', (text: string) => {
            if (text.includes('plan  ')) setTimeout(() => child.kill(signal), 30)
          })
        },
      })
      expect(stopped.code).toBe(exit)
      const partial = JSON.parse(stopped.stdout)
      expect(partial.complete).toBe(false)
      expect(partial.fixtures.count).toBeLessThan(COUNT)
      const resumed = await gateway([...parameters, '--resume'], { cwd })
      const whole = await gateway([...parameters, '--no-store'], { cwd })
      expect(JSON.parse(resumed.stdout)).toEqual({
        ...JSON.parse(whole.stdout),
        reproduce: JSON.parse(resumed.stdout).reproduce,
      })
      expect(resumed.code).toBe(whole.code)
    },
  )
})
