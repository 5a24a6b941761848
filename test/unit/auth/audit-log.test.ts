import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chainEntry, verifyAudit } from '../../../src/auth/audit-chain.ts'
import type { AuditEntry } from '../../../src/auth/audit-types.ts'
import { RefusalLog, type RefusalFacts } from '../../../src/auth/refusal-log.ts'
import { T0 } from './make-key.ts'

function logOf(length: number): AuditEntry[] {
  const entries: AuditEntry[] = []
  for (let at = 0; at < length; at += 1)
    entries.push(
      chainEntry(entries.at(-1) ?? null, { at: T0 + at, actor: 'cli', action: 'a', target: `t${at}`, facts: { at } }),
    )
  return entries
}

describe('the chain of the audit log', () => {
  it('is whole as written, and its hash does not depend on the order of facts', () => {
    const entries = logOf(5)
    expect(verifyAudit(entries)).toEqual({ entries: 5, head: entries[4]?.hash, fault: null })
    expect(verifyAudit([])).toEqual({ entries: 0, head: null, fault: null })
    const event = { at: 1, actor: 'a', action: 'b', target: 'c' }
    expect(chainEntry(null, { ...event, facts: { x: 1, y: 2 } })).toEqual(
      chainEntry(null, { ...event, facts: { y: 2, x: 1 } }),
    )
  })

  it('names the first entry that was changed, in whatever member', () => {
    const change = fc.constantFrom<Partial<AuditEntry>>(
      { at: 1 },
      { actor: 'x' },
      { action: 'x' },
      { target: 'x' },
      { facts: {} },
      { facts: { at: '3' } },
      { hash: 'f'.repeat(64) },
      { previous: 'f'.repeat(64) },
    )
    fc.assert(
      fc.property(fc.nat(9), change, (index, changed) => {
        const entries = logOf(10).map((entry, at) => (at === index ? { ...entry, ...changed } : entry))
        expect(verifyAudit(entries).fault).toMatchObject({ seq: index + 1 })
      }),
      { seed: 5 },
    )
  })

  it('notices an entry that was replaced together with its hash', () => {
    const entries = logOf(5)
    const forged = chainEntry(entries[1] ?? null, { at: 0, actor: 'x', action: 'x', target: 'x', facts: {} })
    expect(verifyAudit(entries.with(2, forged)).fault).toEqual({ kind: 'unlinked', seq: 4 })
  })

  it('notices entries that are missing, at the beginning too', () => {
    expect(verifyAudit(logOf(5).toSpliced(2, 2)).fault).toEqual({ kind: 'missing', seq: 3, found: 5 })
    expect(verifyAudit(logOf(5).slice(1)).fault).toEqual({ kind: 'missing', seq: 1, found: 2 })
  })

  it('notices entries in another order, also when their numbers were swapped with them', () => {
    const entries = logOf(5)
    const [second, third] = [entries[1], entries[2]]
    if (second === undefined || third === undefined) throw new Error('too short')
    expect(verifyAudit(entries.with(1, third).with(2, second)).fault).toEqual({ kind: 'missing', seq: 2, found: 3 })
    const renumbered = entries.with(1, { ...third, seq: 2 }).with(2, { ...second, seq: 3 })
    expect(verifyAudit(renumbered).fault).toEqual({ kind: 'edited', seq: 2 })
  })

  it('notices a cut end, and a log that was made anew, by a hash that was noted elsewhere', () => {
    const entries = logOf(5)
    const anchor = { hash: entries[4]?.hash ?? '', from: 'elsewhere' }
    expect(verifyAudit(entries, [anchor]).fault).toBeNull()
    expect(verifyAudit(entries.slice(0, 4), [anchor]).fault).toEqual({ kind: 'cut', anchor, last: 4 })
    expect(verifyAudit(entries.slice(0, 4)).fault).toBeNull()
    expect(verifyAudit([], [anchor]).fault).toEqual({ kind: 'cut', anchor, last: 0 })
    const anew = logOf(6).map((entry, at, all) => chainEntry(all[at - 1] ?? null, { ...entry, actor: 'x' }))
    expect(verifyAudit(anew, [anchor]).fault).not.toBeNull()
  })

  it('takes an older anchor as good, but only for its own entry', () => {
    const entries = logOf(5)
    const hash = entries[1]?.hash ?? ''
    expect(verifyAudit(entries, [{ hash, from: 'x', seq: 2 }]).fault).toBeNull()
    expect(verifyAudit(entries, [{ hash, from: 'x', seq: 3 }]).fault).toMatchObject({ kind: 'cut' })
  })
})

describe('refusals on their way to the audit log', () => {
  const MINUTE = 60_000
  const facts = (changes: Partial<RefusalFacts> = {}): RefusalFacts => ({
    actor: '-',
    endpoint: 'chat.completions',
    code: 'invalid_api_key',
    reason: 'unknown',
    ...changes,
  })
  const told = (log: RefusalLog, now: number): unknown[] => log.due(now).map((event) => event.facts['count'])

  it('are written at once when they are the first of their kind', () => {
    const log = new RefusalLog()
    log.add(facts(), T0)
    log.add(facts({ actor: 'key_1', code: 'model_not_allowed', reason: null }), T0)
    expect(log.due(T0)).toEqual([
      {
        at: T0,
        actor: '-',
        action: 'request.refused',
        target: 'chat.completions',
        facts: { code: 'invalid_api_key', reason: 'unknown', count: 1 },
      },
      {
        at: T0,
        actor: 'key_1',
        action: 'request.refused',
        target: 'chat.completions',
        facts: { code: 'model_not_allowed', count: 1 },
      },
    ])
    expect(log.due(T0)).toEqual([])
  })

  it('are counted after that, and every one of them is in some count', () => {
    const log = new RefusalLog()
    let sum = 0
    for (let second = 0; second < 600; second += 1) {
      for (let each = 0; each < 50; each += 1) log.add(facts(), T0 + second * 1_000)
      for (const count of told(log, T0 + second * 1_000)) sum += Number(count)
    }
    for (const event of log.rest(T0 + 600_000)) sum += Number(event.facts['count'])
    expect(sum).toBe(600 * 50)
  })

  it('of one kind fill a few lines an hour, however many come', () => {
    const log = new RefusalLog()
    let lines = 0
    for (let second = 0; second < 24 * 3_600; second += 1) {
      log.add(facts(), T0 + second * 1_000)
      lines += log.due(T0 + second * 1_000).length
    }
    expect(lines).toBeGreaterThan(24)
    expect(lines).toBeLessThan(40)
  })

  it('that pause begin anew', () => {
    const log = new RefusalLog()
    log.add(facts(), T0)
    expect(told(log, T0)).toEqual([1])
    expect(told(log, T0 + 2 * MINUTE)).toEqual([])
    log.add(facts(), T0 + 3 * MINUTE)
    expect(told(log, T0 + 3 * MINUTE)).toEqual([1])
  })

  it('of more kinds than fit are one kind, so that neither memory nor disk fills', () => {
    const log = new RefusalLog()
    for (let kind = 0; kind < 10_000; kind += 1) log.add(facts({ actor: `key_${kind}` }), T0)
    const first = log.due(T0)
    expect(first.length).toBeLessThan(600)
    const rest = log.rest(T0)
    const sum = [...first, ...rest].reduce((total, event) => total + Number(event.facts['count']), 0)
    expect(sum).toBe(10_000)
    expect(rest.map((event) => event.facts['code'])).toEqual(['others'])
  })
})
