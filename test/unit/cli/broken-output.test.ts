import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { watchOutput } from '../../../src/cli/broken-output.ts'

class FakeProcess extends EventEmitter {
  readonly stdout = new EventEmitter()
  readonly said: string[] = []
  readonly stderr = Object.assign(new EventEmitter(), { write: (text: string) => this.said.push(text) })
  exitCode: number | undefined = undefined
  readonly exits: number[] = []
  exit(code: number): void {
    this.exits.push(code)
  }
}

const failure = (code: string): Error => Object.assign(new Error(code), { code })

function watched(): FakeProcess {
  const fake = new FakeProcess()
  watchOutput(fake)
  return fake
}

it('ends quietly when the reader has gone', () => {
  const fake = watched()
  fake.stdout.emit('error', failure('EPIPE'))
  expect(fake.exits).toEqual([0])
  expect(fake.said).toEqual([])
})

it('stops whoever serves as a signal would, once, so that what is under way is settled', () => {
  const fake = watched()
  const stops: string[] = []
  fake.on('SIGTERM', () => stops.push('stop'))
  fake.stdout.emit('error', failure('EPIPE'))
  fake.stdout.emit('error', failure('EPIPE'))
  expect(stops).toEqual(['stop'])
  expect(fake.exits).toEqual([])
})

it('goes on when the disk behind the output is full, says so once, and in the exit code', () => {
  const fake = watched()
  fake.stdout.emit('error', failure('ENOSPC'))
  fake.stdout.emit('error', failure('ENOSPC'))
  fake.stderr.emit('error', failure('ENOSPC'))
  expect(fake.exits).toEqual([])
  expect(fake.said.join('')).toMatch(/^error usage_error {2}the output can not be written \(ENOSPC\)\n[^\n]+\n$/)
  fake.exitCode = 0
  fake.emit('exit')
  expect(fake.exitCode).toBe(2)
})
