import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runExport } from '../../../src/cli/audit/export.ts'
import { runTail } from '../../../src/cli/audit/tail.ts'
import { runVerify } from '../../../src/cli/audit/verify.ts'
import { openKeyStores } from '../../../src/cli/open-store.ts'
import { openDatabase, type Connection } from '../../../src/store/open.ts'
import { captured, temporaryDirectory } from './test-context.ts'

const NOW = Date.UTC(2026, 10, 22, 12)

let cwd: string
let connection: Connection
let heads: string[]
beforeEach(() => {
  cwd = temporaryDirectory()
  connection = openDatabase(join(cwd, '.gateway/gateway.db'))
  const { audit } = openKeyStores(connection, cwd)
  heads = []
  for (let at = 1; at <= 6; at += 1) {
    audit.append([
      { at: NOW + at, actor: 'cli', action: 'key.create', target: `key_${at}`, facts: { alias: `k ${at}` } },
    ])
    heads.push(audit.head()?.hash ?? '')
  }
})

afterEach(() => {
  connection.close()
  rmSync(cwd, { recursive: true, force: true })
})

/** What somebody does who can write the file: this program's own guards are no hindrance. */
function tamper(...statements: readonly string[]): void {
  connection.exec('DROP TRIGGER audit_is_kept; DROP TRIGGER audit_is_final')
  for (const sql of statements) connection.exec(sql)
}

function verify(head?: string) {
  const { context, stdout, stderr } = captured(cwd)
  const code = runVerify(context, head)
  return { code, text: stdout.join('\n'), notes: stderr.join('\n') }
}

describe('gateway audit verify', () => {
  it('finds a log whole as it was written', () => {
    expect(verify()).toMatchObject({ code: 0, text: `whole: 6 entries, head ${heads[5]}` })
    expect(verify(heads[5]).code).toBe(0)
    expect(verify(heads[2]?.toUpperCase()).code).toBe(0)
  })

  it.each<[string, string[], string]>([
    ['an edited entry', [`UPDATE audit SET actor = 'nobody' WHERE seq = 3`], 'entry 3 was changed'],
    ['an edited fact', [`UPDATE audit SET facts = '{"alias":"k 9"}' WHERE seq = 4`], 'entry 4 was changed'],
    ['a missing entry', ['DELETE FROM audit WHERE seq = 3'], 'entry 3 is missing; 4 comes next'],
    ['a missing beginning', ['DELETE FROM audit WHERE seq < 3'], 'entry 1 is missing; 3 comes next'],
    [
      'entries that changed places',
      [
        'UPDATE audit SET seq = 99 WHERE seq = 2',
        'UPDATE audit SET seq = 2 WHERE seq = 3',
        'UPDATE audit SET seq = 3 WHERE seq = 99',
      ],
      'entry 2 was changed or moved there',
    ],
    [
      'a cut end',
      ['DELETE FROM audit WHERE seq > 4'],
      'ends with entry 4, and the one whose hash .gateway/audit-head has',
    ],
    ['an emptied log', ['DELETE FROM audit'], 'ends with entry 0'],
  ])('names %s', (_what, statements, message) => {
    tamper(...statements)
    const { code, text } = verify()
    expect(code).toBe(1)
    expect(text).toContain(`broken: `)
    expect(text).toContain(message)
  })

  it('finds a cut end by a hash that was noted elsewhere, even if the second place was made to fit', () => {
    tamper('DELETE FROM audit WHERE seq > 4')
    writeFileSync(join(cwd, '.gateway/audit-head'), `4 ${heads[3]}\n`)
    expect(verify().code).toBe(0)
    const found = verify(heads[5])
    expect([found.code, found.text]).toEqual([1, expect.stringContaining('whose hash --head has')])
  })

  it('says when there is no second place to compare with', () => {
    rmSync(join(cwd, '.gateway/audit-head'))
    expect(verify()).toMatchObject({ code: 0, notes: expect.stringContaining('audit-head is missing') })
  })

  it('does not say whole when the second place can not be read', () => {
    rmSync(join(cwd, '.gateway/audit-head'))
    mkdirSync(join(cwd, '.gateway/audit-head'))
    expect(() => verify()).toThrow(expect.objectContaining({ code: 'store_failed' }))
  })

  it('takes hashes only', () => {
    expect(() => verify('abc')).toThrow('64 hexadecimal digits')
  })

  it('is one document with --json', () => {
    tamper(`UPDATE audit SET target = 'x' WHERE seq = 5`)
    const { context, stdout } = captured(cwd, { json: true })
    expect(runVerify(context, undefined)).toBe(1)
    expect(JSON.parse(stdout.join(''))).toEqual({
      whole: false,
      entries: 4,
      head: heads[3],
      fault: { kind: 'edited', seq: 5 },
    })
  })
})

describe('gateway audit tail and export', () => {
  it('shows the newest entries, a line each, that nobody can forge', async () => {
    const { audit } = openKeyStores(connection, cwd)
    audit.append([
      { at: NOW, actor: 'cli', action: 'a', target: 't', facts: { text: 'x\n2026 forged \u001b[2J', n: 1 } },
    ])
    const { context, stdout } = captured(cwd)
    await runTail(context, { lines: '2' })
    expect(stdout).toHaveLength(2)
    expect(stdout[0]).toBe(`2026-11-22T12:00:00.006Z 6 ${heads[5]?.slice(0, 12)} cli key.create key_6 alias="k 6"`)
    for (const steering of ['\n', '\u001b']) expect(stdout[1]).not.toContain(steering)
    expect(stdout[1]).toContain(' n=1')
    await expect(runTail(context, { lines: 'many' })).rejects.toMatchObject({ code: 'usage_error' })
  })

  it('follows the log until it is told to stop', async () => {
    const { context, stdout } = captured(cwd)
    const done = runTail(context, { lines: '1', follow: true })
    expect(stdout).toHaveLength(1)
    const { audit } = openKeyStores(connection, cwd)
    for (const target of ['next', 'last']) audit.append([{ at: NOW, actor: 'cli', action: 'a', target, facts: {} }])
    await expect.poll(() => stdout.length, { timeout: 5_000 }).toBe(3)
    expect(stdout[2]).toContain(' a last')
    process.emit('SIGINT')
    await done
  })

  it('exports all entries with their hashes, to a file of its own', () => {
    const { context, stdout } = captured(cwd)
    runExport(context, undefined)
    expect(stdout.map((line) => JSON.parse(line).hash)).toEqual(heads)
    runExport(context, 'log.jsonl')
    expect(readFileSync(join(cwd, 'log.jsonl'), 'utf8').split('\n')).toHaveLength(7)
    expect(statSync(join(cwd, 'log.jsonl')).mode & 0o777).toBe(0o600)
    expect(() => runExport(context, 'log.jsonl')).toThrow('exists already')
  })
})
