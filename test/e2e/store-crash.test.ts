import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gateway, ROOT } from './run-gateway.ts'

const ROUNDS = 6

let directory = ''
const children: ChildProcess[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-crash-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

const path = (): string => join(directory, '.gateway', 'gateway.db')

interface Writer {
  readonly child: ChildProcess
  /** Request ids and amounts that the writer was told are durable. */
  readonly durable: Map<string, number>
  readonly said: () => string
}

async function startWriter(): Promise<Writer> {
  const child = spawn(process.execPath, [join(ROOT, 'test', 'e2e', 'ledger-writer.mjs'), path()], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const durable = new Map<string, number>()
  let errors = ''
  let rest = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [id = '', amount] = line.split(' ')
      if (amount !== undefined) durable.set(id, Number(amount))
    }
  })
  await expect.poll(() => durable.size, { timeout: 20_000, message: errors }).toBeGreaterThan(0)
  return { child, durable, said: () => errors }
}

/** Amounts of the answered rows by request id, and the sum over all orphans. */
function rows(): { readonly answered: Map<string, number>; readonly orphans: readonly number[] } {
  const database = new Database(path(), { readonly: true })
  const all = database
    .prepare<[], { request: Buffer; cost_nano: number; outcome: number }>(
      'SELECT request, cost_nano, outcome FROM attempt',
    )
    .all()
  database.close()
  const answered = all.filter(({ outcome }) => outcome === 0)
  return {
    answered: new Map(answered.map(({ request, cost_nano: cost }) => [`req_${request.toString('hex')}`, cost])),
    orphans: all.filter(({ outcome }) => outcome === 4).map(({ cost_nano: cost }) => cost),
  }
}

describe('a proxy that is killed', () => {
  it('has everything on disk that it was told is durable, and the next one charges what was under way', async () => {
    const durable = new Map<string, number>()
    let orphansSeen = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const writer = await startWriter()
      await new Promise((resolve) => setTimeout(resolve, 40 + round * 37))
      writer.child.kill('SIGKILL')
      await once(writer.child, 'close')
      expect(writer.said()).toBe('')
      for (const [id, amount] of writer.durable) durable.set(id, amount)
      const { answered, orphans } = rows()
      for (const [id, amount] of durable) expect(answered.get(id), `round ${round}, ${id}`).toBe(amount)
      // The next writer charged what the one before had left open.
      expect(orphans.length).toBeGreaterThanOrEqual(orphansSeen)
      expect(new Set(orphans).size).toBeLessThanOrEqual(1)
      orphansSeen = orphans.length
    }
    expect(durable.size).toBeGreaterThan(ROUNDS * 10)
    expect(orphansSeen).toBeGreaterThan(0)
    const check = await gateway(['store', 'check', '--json'], { cwd: directory })
    expect(check.code, check.stdout).toBe(0)
    expect(JSON.parse(check.stdout)).toMatchObject({ ok: true, ledger: { rows: rows().answered.size + orphansSeen } })
    const spend = await gateway(['spend', '--by', 'user', '--json'], { cwd: directory })
    const { total } = JSON.parse(spend.stdout)
    const { answered, orphans } = rows()
    const sum = (amounts: Iterable<number>): number => [...amounts].reduce((all, one) => all + one, 0)
    expect(total.costNanoUsd).toBe(sum(answered.values()) + sum(orphans))
    expect(total.orphaned).toBe(orphans.length)
  })

  it('frees its lock by dying; while it lives a second one is refused by name', async () => {
    const { child } = await startWriter()
    const second = spawn(process.execPath, [join(ROOT, 'test', 'e2e', 'ledger-writer.mjs'), path()], { stdio: 'pipe' })
    children.push(second)
    let errors = ''
    second.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    await once(second, 'close')
    expect(errors).toContain('store_locked')
    expect(errors).toContain(`process ${child.pid}, port 4100`)
    const vacuum = await gateway(['store', 'vacuum'], { cwd: directory })
    expect(vacuum.code).toBe(3)
    expect(vacuum.stderr).toContain(`process ${child.pid}, port 4100`)
    child.kill('SIGKILL')
    await once(child, 'close')
    const again = await gateway(['store', 'vacuum'], { cwd: directory })
    expect(again.code, again.stderr).toBe(0)
  })

  it('can be read, checked and backed up by the command line while it writes', async () => {
    const { child, durable } = await startWriter()
    const before = durable.size
    const [spend, check, backup] = await Promise.all([
      gateway(['spend', '--json'], { cwd: directory }),
      gateway(['store', 'check'], { cwd: directory }),
      gateway(['store', 'backup', 'copy.db'], { cwd: directory }),
    ])
    expect([spend.code, check.code, backup.code], check.stdout + backup.stderr).toEqual([0, 0, 0])
    expect(JSON.parse(spend.stdout).total.calls).toBeGreaterThanOrEqual(before)
    expect(child.exitCode).toBeNull()
    await expect.poll(() => durable.size, { timeout: 10_000 }).toBeGreaterThan(before + 50)
    child.kill('SIGKILL')
    await once(child, 'close')
    const copy = new Database(join(directory, 'copy.db'), { readonly: true })
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(Number(copy.prepare('SELECT count(*) FROM attempt').pluck().get())).toBeGreaterThanOrEqual(before)
    copy.close()
  })

  it('makes one whole store when several start at once where there is none', async () => {
    const script = `const { openDatabase } = await import(${JSON.stringify(join(ROOT, 'dist', 'store', 'open.js'))})
      openDatabase(${JSON.stringify(path())}); process.stdout.write('ok'); process.exit(0)`
    const runs = Array.from({ length: 5 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      children.push(child)
      const [code] = (await once(child, 'close')) as [number]
      return code
    })
    expect(await Promise.all(runs)).toEqual([0, 0, 0, 0, 0])
    const check = await gateway(['store', 'check'], { cwd: directory })
    expect(check.code, check.stdout).toBe(0)
  })
})
