import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SECRETS } from '../unit/guardrails/secrets.ts'
import { BATCH_REQUEST, BATCH_RESULT, LITELLM_STREAM } from '../unit/replay/import/sources.ts'
import { gateway, ROOT } from './run-gateway.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'gateway-fixtures-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function put(name: string, ...lines: readonly unknown[]): void {
  writeFileSync(
    join(cwd, name),
    `${lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')}\n`,
  )
}

describe('gateway fixtures', () => {
  it('check passes the bundled fixtures and prints no escape byte', async () => {
    const { code, stdout, stderr } = await gateway(['fixtures', 'check', join(ROOT, 'fixtures')], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain('4 files, 120 exchanges, 1080 answers of other models: 0 errors, 0 unreadable lines')
    expect(stdout + stderr).not.toContain('\u001B')
  })

  it('import, check, stats and redact work on each other’s files', async () => {
    put('in.jsonl', BATCH_REQUEST)
    put('out.jsonl', BATCH_RESULT)
    const imported = await gateway(['fixtures', 'import', 'in.jsonl', 'out.jsonl', '--ask', 'auto'], { cwd })
    expect([imported.code, imported.stdout]).toEqual([0, expect.stringContaining('1 exchanges written to')])
    expect(statSync(join(cwd, 'fixtures', 'imported.jsonl')).mode & 0o777).toBe(0o600)
    expect((await gateway(['fixtures', 'check'], { cwd })).code).toBe(0)
    const stats = await gateway(['fixtures', 'stats', '--json'], { cwd })
    expect(JSON.parse(stats.stdout)).toMatchObject({ exchanges: 1, recorded: { 'gpt-4o-mini': { inputTokens: 24 } } })
    const redact = ['fixtures', 'redact', 'fixtures/imported.jsonl', '--to', 'clean.jsonl', '--redact', 'shape']
    expect((await gateway(redact, { cwd })).code).toBe(0)
    expect(readFileSync(join(cwd, 'clean.jsonl'), 'utf8')).not.toContain('river')
  })

  it('a planted key makes check exit 1 and is not printed', async () => {
    put('log.jsonl', LITELLM_STREAM)
    await gateway(['fixtures', 'import', 'log.jsonl', '--to', 'f.jsonl'], { cwd })
    const [key = ''] = fc.sample(SECRETS['anthropic'] ?? fc.constant(''), { seed: 43, numRuns: 1 })
    const planted = readFileSync(join(cwd, 'f.jsonl'), 'utf8').replace('about the weather', `with ${key}`)
    writeFileSync(join(cwd, 'f.jsonl'), planted)
    const { code, stdout, stderr } = await gateway(['fixtures', 'check', 'f.jsonl'], { cwd })
    expect(code).toBe(1)
    expect(stdout).toMatch(/secret_found +f\.jsonl:2 /u)
    expect(stdout + stderr).not.toContain(key)
  })

  it('keeps apart bad lines (3), files that are none (2) and files that are not there (2)', async () => {
    put('other.jsonl', '{"a": 1}', 'text')
    put('bad.jsonl', readFileSync(join(ROOT, 'fixtures', 'zeroeval-gsm.jsonl'), 'utf8').slice(0, 9_000))
    expect((await gateway(['fixtures', 'check', 'bad.jsonl'], { cwd })).code).toBe(3)
    const none = await gateway(['fixtures', 'check', 'other.jsonl'], { cwd })
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('error fixture_invalid  "other.jsonl"')])
    const missing = await gateway(['fixtures', 'stats', 'gone.jsonl'], { cwd })
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('error fixture_not_found')])
  })

  it('does not write over a file, and says so', async () => {
    put('in.jsonl', BATCH_REQUEST)
    put('there.jsonl', 'mine')
    const { code, stderr } = await gateway(['fixtures', 'import', 'in.jsonl', '--to', 'there.jsonl'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining('"there.jsonl" exists already')])
    expect(readFileSync(join(cwd, 'there.jsonl'), 'utf8')).toBe('mine\n')
  })
})
