import { describe, expect, it } from 'vitest'
import { devOptions, isLoopback, type RawDevOptions } from '../../../src/cli/dev/options.ts'
import { GatewayError } from '../../../src/wire/errors.ts'

const defaults: RawDevOptions = { port: '4100', host: '127.0.0.1', record: 'off', seed: '1' }
const quiet = { verbose: false }

function refusal(raw: Partial<RawDevOptions>, command: readonly string[] = []): string {
  try {
    devOptions({ ...defaults, ...raw }, command, quiet)
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'usage_error') return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  return 'accepted'
}

describe('options of dev', () => {
  it('have the defaults of the specification', () => {
    expect(devOptions(defaults, [], quiet)).toMatchObject({
      port: 4100,
      host: '127.0.0.1',
      upstream: null,
      onMiss: 'error',
      record: { mode: 'off', file: 'fixtures/recorded.jsonl', sample: 1, profile: 'strict' },
      streamSpeed: 1,
      maxSpendNanoUsd: null,
    })
  })

  it('reads dollars without a float', () => {
    const cap = (maxSpend: string): number | null => devOptions({ ...defaults, maxSpend }, [], quiet).maxSpendNanoUsd
    expect([cap('0.1'), cap('$0.30'), cap('12'), cap('0.000000001')]).toEqual([100_000_000, 300_000_000, 12e9, 1])
    expect(refusal({ maxSpend: 'lots' })).toContain('--max-spend')
    expect(refusal({ maxSpend: '-1' })).toContain('--max-spend')
  })

  it('makes `--offline` mean recorded answers and errors on a miss', () => {
    expect(devOptions({ ...defaults, offline: true }, [], quiet)).toMatchObject({
      upstream: 'recorded',
      onMiss: 'error',
    })
  })

  it.each<[Partial<RawDevOptions>, readonly string[], string]>([
    [{ port: '70000' }, [], '--port'],
    [{ port: '4100x' }, [], '--port'],
    [{ port: '-1' }, [], '--port'],
    [{ recordSample: '1.5', record: 'all' }, [], '--record-sample'],
    [{ host: '0.0.0.0' }, [], '--allow-remote'],
    [{ host: '::' }, [], '--allow-remote'],
    [{ host: '192.168.1.4' }, [], '--allow-remote'],
    [{ host: '127.evil.example' }, [], '--allow-remote'],
    [{ offline: true, upstream: 'live' }, [], 'contradict'],
    [{ offline: true, onMiss: 'live' }, [], 'contradict'],
    [{ onMiss: 'simulated' }, [], '--upstream recorded'],
    [{ upstream: 'simulated', fixtures: ['x.jsonl'] }, [], '--upstream recorded'],
    [{ recordTo: 'x.jsonl' }, [], '--record new'],
    [{ redact: 'secrets' }, [], '--record new'],
    [{ printEnv: true }, ['npm', 'test'], 'contradict'],
    [{ printEnv: true, port: '0' }, [], '--port'],
  ])('refuses %o %o and says what to do', (raw, command, expected) => {
    expect(refusal(raw, command)).toContain(expected)
  })

  it('lets other addresses through with leave', () => {
    expect(refusal({ host: '0.0.0.0', allowRemote: true })).toBe('accepted')
  })

  it('knows which addresses only this machine reaches', () => {
    expect(['127.0.0.1', '127.1.2.3', 'localhost', '::1'].every(isLoopback)).toBe(true)
    expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example', 'localhost.evil.example'].some(isLoopback)).toBe(
      false,
    )
  })
})
